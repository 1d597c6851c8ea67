// SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause

//! The calling task.

use kernel::{bindings, current, ffi::c_int};

use super::helpers;

pub(crate) use kernel::task::Kuid;

/// The real user id of the calling thread, independent of namespaces.
pub(crate) fn uid() -> Kuid {
    current!().uid()
}

/// Whether the caller administers the machine.
pub(crate) fn is_administrator() -> bool {
    // SAFETY: Takes no pointers; the caller is a task.
    unsafe { bindings::capable(bindings::CAP_SYS_ADMIN as c_int) }
}

/// Gives other tasks a chance to run in the middle of long work.
pub(crate) fn reschedule() {
    // SAFETY: Callers may sleep: they hold neither a spinlock nor the RCU read lock.
    unsafe { helpers::knem_cond_resched() }
}

/// Whether the calling thread is about to die.
pub(crate) fn is_dying() -> bool {
    // SAFETY: Takes no pointers.
    unsafe { helpers::knem_fatal_signal_pending() }
}
