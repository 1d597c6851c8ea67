// SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause

//! Channels.

use core::{
    ffi::{c_void, CStr},
    fmt,
    mem::MaybeUninit,
    ptr::{self, NonNull},
};

use kernel::{
    bindings,
    error::to_result,
    new_mutex,
    prelude::*,
    str::CString,
    sync::{
        atomic::{
            ordering::{Acquire, Relaxed, Release},
            Atomic,
        },
        Arc, Mutex,
    },
};

use super::helpers::{self, Facts, RawChannel, RawTransfer};
use crate::logic::dma::Limits;

/// A channel that copies memory, for this module alone.
///
/// # Invariants
///
/// `raw` was requested by this object, and is not released before `service` says so. A reference to
/// `device`, the one that accesses memory, is held.
#[pin_data(PinnedDrop)]
pub(crate) struct Channel {
    raw: NonNull<RawChannel>,
    /// As sysfs has it.
    name: CString,
    device: *mut bindings::device,
    node: i32,
    limits: Limits,
    /// How many transfers have landed, more or less: whether it changes tells whether the channel
    /// lives.
    landings: Atomic<u64>,
    /// How many transfers are given to the channel and not settled.
    pending: Atomic<usize>,
    /// Nothing is under way, nor will be, and no callback will come.
    over: Atomic<bool>,
    /// Held while the channel is given transfers, started, stopped or released.
    #[pin]
    service: Mutex<Service>,
}

/// What may be done with a channel.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Service {
    /// It takes transfers.
    Open,
    /// It cannot be stopped, and what it was given may still be under way.
    Lost,
    /// Nothing is under way, nor will be.
    Stopped,
    /// The same, and the channel belongs to others.
    Released,
}

// SAFETY: Channels belong to no task, and their drivers have locks of their own.
unsafe impl Send for Channel {}
// SAFETY: As above; what must not be done at once is done under `service`.
unsafe impl Sync for Channel {}

impl Channel {
    /// Takes a channel whose node `accepts` is content with, if one is free.
    ///
    /// # Errors
    ///
    /// [`ENOMEM`].
    pub(crate) fn request(mut accepts: impl FnMut(i32) -> bool) -> Result<Option<Arc<Self>>> {
        let mut accepts: &mut dyn FnMut(i32) -> bool = &mut accepts;
        let argument = ptr::from_mut(&mut accepts).cast::<c_void>();
        // SAFETY: The callee asks during the call alone, with this argument, as `accepted` needs it.
        let raw = unsafe { helpers::knem_dma_request(accepted, argument) };
        let Some(raw) = NonNull::new(raw) else {
            return Ok(None);
        };
        // SAFETY: The channel was just requested.
        let facts = unsafe { facts(raw.as_ptr()) };
        // SAFETY: As above.
        unsafe { helpers::knem_dma_keep(facts.device) };
        // SAFETY: The name is one as long as the channel is ours, and is copied at once.
        let name = CString::try_from(unsafe {
            CStr::from_ptr(helpers::knem_dma_name(raw.as_ptr()).cast())
        });
        // INVARIANT: Requested, and the reference taken, just now.
        let channel = name.map_err(Error::from).and_then(|name| {
            Arc::pin_init(
                pin_init!(Self {
                    raw,
                    name,
                    device: facts.device,
                    node: facts.node,
                    limits: Limits::new(facts.both, facts.target, facts.most),
                    landings: Atomic::new(0),
                    pending: Atomic::new(0),
                    over: Atomic::new(false),
                    service <- new_mutex!(Service::Open, "Channel::service"),
                }),
                GFP_KERNEL,
            )
        });
        // SAFETY: Nobody got to know the channel; both are given back once.
        channel.map(Some).inspect_err(|_: &Error| unsafe {
            helpers::knem_dma_release(raw.as_ptr());
            helpers::knem_dma_let_go(facts.device);
        })
    }

    /// The node at which it is; negative if it is at none.
    pub(crate) fn node(&self) -> i32 {
        self.node
    }

    /// What it can do.
    pub(crate) fn limits(&self) -> Limits {
        self.limits
    }

    /// Whether it takes transfers.
    pub(crate) fn in_service(&self) -> bool {
        *self.service.lock() == Service::Open
    }

    /// Starts what it was given.
    pub(crate) fn issue(&self) {
        let service = self.service.lock();
        if *service == Service::Open {
            // SAFETY: By the invariants.
            unsafe { helpers::knem_dma_issue(self.raw.as_ptr()) }
        }
    }

    /// A number that changes whenever a transfer lands.
    pub(crate) fn landings(&self) -> u64 {
        self.landings.load(Relaxed)
    }

    /// Whether it has transfers that are not settled, whosever they are.
    pub(crate) fn is_busy(&self) -> bool {
        self.pending.load(Relaxed) > 0
    }

    /// Ends all that is under way and takes the channel out of service; false if it was already. If
    /// the hardware cannot be stopped, what is under way is not settled before the channel is
    /// released.
    pub(crate) fn retire(&self) -> bool {
        let mut service = self.service.lock();
        if *service != Service::Open {
            return false;
        }
        // SAFETY: By the invariants. No lock of ours is held that a callback needs.
        let stopped = unsafe { helpers::knem_dma_stop(self.raw.as_ptr()) } == 0;
        *service = if stopped {
            Service::Stopped
        } else {
            Service::Lost
        };
        self.over.store(stopped, Release);
        true
    }

    /// Gives the channel back. Its driver ends what is under way.
    pub(crate) fn release(&self) {
        let mut service = self.service.lock();
        if *service != Service::Released {
            *service = Service::Released;
            // SAFETY: By the invariants. It is not used any more after this.
            unsafe { helpers::knem_dma_release(self.raw.as_ptr()) };
            self.over.store(true, Release);
        }
    }

    /// Whether it cannot be stopped: what it was given may be under way for longer than anybody waits.
    pub(crate) fn is_lost(&self) -> bool {
        *self.service.lock() == Service::Lost
    }

    /// Whether nothing is under way, nor will be, and no callback will come.
    pub(super) fn is_over(&self) -> bool {
        self.over.load(Acquire)
    }

    /// Gives a transfer of so many bytes between two physical addresses to the channel.
    ///
    /// # Errors
    ///
    /// [`EAGAIN`] if the channel has no room, [`ENOMEM`] if its device has no addresses, [`ENODEV`] if
    /// it is out of service, others if it does not want the transfer. Then the transfer is not used.
    ///
    /// # Safety
    ///
    /// The memory stays pinned, and the transfer and its landing stay where they are, until the
    /// transfer is settled or this channel [is over](Self::is_over).
    pub(super) unsafe fn submit(
        &self,
        transfer: *mut RawTransfer,
        target: u64,
        source: u64,
    ) -> Result {
        let service = self.service.lock();
        if *service != Service::Open {
            return Err(ENODEV);
        }
        // SAFETY: The transfer is not under way, so only the caller knows it.
        unsafe {
            (*transfer).channel = self.raw.as_ptr();
            (*transfer).device = self.device;
            (*transfer).landings = self.landings.as_ptr();
        }
        // SAFETY: By the requirements of this function, and the invariants.
        to_result(unsafe { helpers::knem_dma_submit(transfer, target, source) })?;
        self.pending.fetch_add(1, Relaxed);
        Ok(())
    }

    /// Whether the hardware says that a transfer is over.
    ///
    /// # Safety
    ///
    /// The transfer was given to this channel.
    pub(super) unsafe fn is_complete(&self, transfer: *mut RawTransfer) -> bool {
        let service = self.service.lock();
        // SAFETY: By the requirements of this function; the channel is ours.
        *service == Service::Open && unsafe { helpers::knem_dma_is_complete(transfer) }
    }

    /// Unmaps the memory of a transfer that is over.
    ///
    /// # Safety
    ///
    /// The transfer was given to this channel, and the hardware is done with it.
    pub(super) unsafe fn settle(&self, transfer: *mut RawTransfer) {
        // SAFETY: By the requirements of this function.
        unsafe { helpers::knem_dma_unmap(transfer) };
        self.pending.fetch_sub(1, Relaxed);
    }
}

/// Its name. No lock is taken: the kernel's log is written with interrupts off.
impl fmt::Debug for Channel {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.name.to_str().unwrap_or("?"))
    }
}

#[pinned_drop]
impl PinnedDrop for Channel {
    fn drop(self: Pin<&mut Self>) {
        self.release();
        // SAFETY: By the invariants; all that was mapped for the device is unmapped.
        unsafe { helpers::knem_dma_let_go(self.device) }
    }
}

/// Asks the closure that `argument` points to.
///
/// # Safety
///
/// The channel exists, and `argument` is a valid pointer to a `&mut dyn FnMut(i32) -> bool`.
unsafe extern "C" fn accepted(channel: *mut RawChannel, argument: *mut c_void) -> bool {
    // SAFETY: By the requirements of this function.
    let (facts, accepts) = unsafe {
        let accepts = argument.cast::<&mut dyn FnMut(i32) -> bool>();
        (facts(channel), &mut *accepts)
    };
    accepts(facts.node)
}

/// # Safety
///
/// The channel exists.
unsafe fn facts(channel: *mut RawChannel) -> Facts {
    let mut facts = MaybeUninit::uninit();
    // SAFETY: By the requirements of this function. The callee fills all fields.
    unsafe {
        helpers::knem_dma_facts(channel, facts.as_mut_ptr());
        facts.assume_init()
    }
}
