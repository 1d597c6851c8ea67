// SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause

//! Waiting until something happens.

use kernel::{
    bindings,
    ffi::{c_int, c_long},
    prelude::*,
    time::msecs_to_jiffies,
    types::Opaque,
};

use super::helpers;

/// What ends a sleep besides its reason.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sleep {
    /// Any signal.
    Interruptible,
    /// A fatal signal.
    Killable,
    /// Nothing; for kernel threads, whose sleep is no load.
    Idle,
}

impl Sleep {
    fn state(self) -> c_int {
        let state = match self {
            Self::Interruptible => bindings::TASK_INTERRUPTIBLE,
            Self::Killable => bindings::TASK_KILLABLE,
            Self::Idle => bindings::TASK_IDLE,
        };
        state as c_int
    }
}

/// What ended a sleep.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Woken {
    /// Its reason.
    Reason,
    /// A signal.
    Signal,
    /// Its time was over.
    Time,
}

/// Tasks that wait for something to change.
///
/// # Invariants
///
/// `head` is initialised.
#[pin_data]
pub(crate) struct WaitQueue {
    #[pin]
    head: Opaque<bindings::wait_queue_head>,
}

// SAFETY: The queue has a lock of its own.
unsafe impl Send for WaitQueue {}
// SAFETY: As above.
unsafe impl Sync for WaitQueue {}

impl WaitQueue {
    /// Nobody waits.
    pub(crate) fn new() -> impl PinInit<Self> {
        pin_init!(Self {
            // SAFETY: The slot is valid for writing, and pinned.
            head <- Opaque::ffi_init(|slot| unsafe { helpers::knem_init_waitqueue(slot) }),
        })
    }

    /// Lets all look again at what they wait for.
    pub(crate) fn wake(&self) {
        // SAFETY: By the invariants.
        unsafe { helpers::knem_wake_all(self.head.get()) }
    }

    /// Sleeps until `reason` holds, which must not sleep itself. Whoever makes it hold calls
    /// [`Self::wake`] afterwards.
    ///
    /// # Errors
    ///
    /// [`EINTR`] if a signal came first.
    pub(crate) fn sleep(&self, sleep: Sleep, reason: impl FnMut() -> bool) -> Result {
        // SAFETY: Callers may sleep: they hold neither a spinlock nor the RCU read lock.
        let nap = || unsafe {
            bindings::schedule();
            true
        };
        match self.sleep_by(sleep, reason, nap) {
            Woken::Signal => Err(EINTR),
            _ => Ok(()),
        }
    }

    /// The same, but for so many milliseconds at most.
    pub(crate) fn sleep_for(
        &self,
        sleep: Sleep,
        milliseconds: u32,
        reason: impl FnMut() -> bool,
    ) -> Woken {
        let mut left = msecs_to_jiffies(milliseconds) as c_long;
        let nap = || {
            // SAFETY: As in `sleep`. The time is not negative.
            left = unsafe { bindings::schedule_timeout(left) };
            left > 0
        };
        self.sleep_by(sleep, reason, nap)
    }

    /// Sleeps, with `nap`, which tells whether there is time left.
    #[inline]
    fn sleep_by(
        &self,
        sleep: Sleep,
        mut reason: impl FnMut() -> bool,
        mut nap: impl FnMut() -> bool,
    ) -> Woken {
        if reason() {
            return Woken::Reason;
        }
        let entry = Opaque::uninit();
        // SAFETY: The entry is valid for writing. It stays where it is until `finish_wait` below has
        // taken it from the queue.
        unsafe { bindings::init_wait_entry(entry.get(), 0) };
        let woken = loop {
            // SAFETY: Both are initialised; the entry is on no other queue.
            let interrupted = unsafe {
                bindings::prepare_to_wait_event(self.head.get(), entry.get(), sleep.state())
            };
            if reason() {
                break Woken::Reason;
            }
            if interrupted != 0 {
                break Woken::Signal;
            }
            if !nap() {
                break if reason() { Woken::Reason } else { Woken::Time };
            }
        };
        // SAFETY: As for `prepare_to_wait_event`.
        unsafe { bindings::finish_wait(self.head.get(), entry.get()) };
        woken
    }

    /// The queue, for those who poll.
    pub(super) fn head(&self) -> *mut bindings::wait_queue_head {
        self.head.get()
    }
}
