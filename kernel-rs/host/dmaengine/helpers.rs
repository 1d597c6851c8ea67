// SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause

//! The C half, as `helpers.h` declares it.

use core::{ffi::c_void, ptr};

use kernel::{bindings, ffi::c_int, types::Opaque};

/// A channel, known to C.
#[repr(transparent)]
pub(super) struct RawChannel(Opaque<u8>);

/// What a channel is and can do.
#[repr(C)]
pub(super) struct Facts {
    /// The device that accesses memory.
    pub(super) device: *mut bindings::device,
    /// Negative if there is none.
    pub(super) node: c_int,
    /// What both addresses and the length are multiples of.
    pub(super) both: u64,
    /// What the target's address and the length are multiples of, for the sake of caches.
    pub(super) target: u64,
    /// The most bytes of one transfer.
    pub(super) most: u64,
}

/// Where transfers land. C writes to it under the lock of the queue.
#[repr(C)]
pub(super) struct RawLanding {
    pub(super) queue: *mut bindings::wait_queue_head,
    pub(super) landed: u32,
    pub(super) enough: u32,
}

/// A transfer. While it is under way, C changes its state whenever it likes.
#[repr(C)]
pub(super) struct RawTransfer {
    pub(super) landing: *mut RawLanding,
    pub(super) landings: *mut u64,
    pub(super) channel: *mut RawChannel,
    pub(super) device: *mut bindings::device,
    source: bindings::dma_addr_t,
    target: bindings::dma_addr_t,
    pub(super) bytes: usize,
    cookie: i32,
    pub(super) state: u32,
}

impl RawTransfer {
    /// None yet.
    pub(super) fn none() -> Self {
        Self {
            landing: ptr::null_mut(),
            landings: ptr::null_mut(),
            channel: ptr::null_mut(),
            device: ptr::null_mut(),
            source: 0,
            target: 0,
            bytes: 0,
            cookie: 0,
            state: 0,
        }
    }
}

/// Values of [`RawTransfer::state`].
pub(super) mod state {
    /// It is not over.
    pub(in super::super) const UNDER_WAY: u32 = 0;
    /// It is over, and the bytes are there.
    pub(in super::super) const ARRIVED: u32 = 1;
}

pub(super) type Accepts = unsafe extern "C" fn(*mut RawChannel, *mut c_void) -> bool;

#[expect(improper_ctypes, reason = "channels are only passed around")]
extern "C" {
    pub(super) fn knem_dma_built_in() -> bool;
    pub(super) fn knem_dma_request(accepts: Accepts, argument: *mut c_void) -> *mut RawChannel;
    pub(super) fn knem_dma_release(channel: *mut RawChannel);
    pub(super) fn knem_dma_facts(channel: *mut RawChannel, facts: *mut Facts);
    pub(super) fn knem_dma_keep(device: *mut bindings::device);
    pub(super) fn knem_dma_let_go(device: *mut bindings::device);
    pub(super) fn knem_dma_name(channel: *mut RawChannel) -> *const kernel::ffi::c_char;
    pub(super) fn knem_dma_submit(transfer: *mut RawTransfer, target: u64, source: u64) -> c_int;
    pub(super) fn knem_dma_issue(channel: *mut RawChannel);
    pub(super) fn knem_dma_expect(landing: *mut RawLanding, enough: u32);
    pub(super) fn knem_dma_state(transfer: *mut RawTransfer) -> u32;
    pub(super) fn knem_dma_is_complete(transfer: *mut RawTransfer) -> bool;
    pub(super) fn knem_dma_unmap(transfer: *mut RawTransfer);
    pub(super) fn knem_dma_stop(channel: *mut RawChannel) -> c_int;
    pub(super) fn knem_dma_node() -> c_int;
}
