// SPDX-License-Identifier: BSD-3-Clause

//! The deprecated calls (§11): INIT_SEND, INIT_ASYNC_RECV and SYNC_RECV.

use knem_abi::{request, Cookie, InitAsyncRecv, InitSend, Iovec, SyncRecv};

use crate::copy::{Outcome, Status};
use crate::device::Device;
use crate::errno::Errno;
use crate::region::GARBAGE;

/// Declares a region that can be read once.
///
/// # Errors
/// What the device answers.
///
/// # Panics
/// Where the device touched a field that it must not touch.
pub fn send(device: &Device, segments: &[Iovec], flags: u32) -> Result<Cookie, Errno> {
    let before = InitSend {
        send_iovec_array: segments.as_ptr() as u64,
        send_iovec_nr: segments.len() as u32,
        flags,
        send_cookie: u64::from(GARBAGE),
    };
    let mut block = before;
    let answer = device.call(request::INIT_SEND, &mut block);
    let cookie = block.send_cookie;
    if answer.is_ok() {
        block.send_cookie = before.send_cookie;
    }
    assert_eq!(block, before, "INIT_SEND changed what it must not");
    answer.map(|()| cookie)
}

/// Copies from a region in the call.
///
/// # Errors
/// What the device answers.
///
/// # Panics
/// Where the device touched a field that it must not touch.
pub fn receive(device: &Device, cookie: Cookie, segments: &[Iovec], flags: u32) -> Outcome {
    let before = SyncRecv {
        recv_iovec_array: segments.as_ptr() as u64,
        recv_iovec_nr: segments.len() as u32,
        status: GARBAGE,
        send_cookie: cookie,
        flags,
        pad: GARBAGE,
    };
    let mut block = before;
    let answer = device.call(request::SYNC_RECV, &mut block);
    let status = Status(block.status);
    if answer.is_ok() {
        block.status = before.status;
    }
    assert_eq!(block, before, "SYNC_RECV changed what it must not");
    answer.map(|()| status)
}

/// Starts a copy from a region whose result comes in a slot.
///
/// # Errors
/// What the device answers.
///
/// # Panics
/// Where the device touched the block, which it never may.
pub fn start(
    device: &Device,
    cookie: Cookie,
    segments: &[Iovec],
    flags: u32,
    slot: u32,
) -> Result<(), Errno> {
    let before = InitAsyncRecv {
        recv_iovec_array: segments.as_ptr() as u64,
        recv_iovec_nr: segments.len() as u32,
        status_index: slot,
        send_cookie: cookie,
        flags,
        pad: GARBAGE,
    };
    let mut block = before;
    let answer = device.call(request::INIT_ASYNC_RECV, &mut block);
    assert_eq!(block, before, "INIT_ASYNC_RECV changed its block");
    answer
}
