// SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause

//! The calling task.

use core::ptr::NonNull;

use kernel::{bindings, ffi::c_int};

use super::helpers;

/// A user id, independent of namespaces.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Kuid(bindings::uid_t);

/// The real user id of the calling thread.
pub(crate) fn uid() -> Kuid {
    // SAFETY: Takes no pointers; the caller is a task.
    Kuid(unsafe { helpers::knem_current_uid() })
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

/// Whether the caller is a process that is not about to end.
pub(crate) fn goes_on() -> bool {
    // SAFETY: Takes no pointers.
    !is_dying() && unsafe { helpers::knem_current_goes_on() }
}

/// The identity of a process, also when the process is gone.
///
/// # Invariants
///
/// This object owns a reference to the pointer's target.
pub(crate) struct Process(NonNull<bindings::pid>);

// SAFETY: Identities belong to no task, and their references are counted atomically.
unsafe impl Send for Process {}
// SAFETY: Shared references only read what never changes.
unsafe impl Sync for Process {}

impl Process {
    /// That of the calling process.
    pub(crate) fn of_caller() -> Option<Self> {
        // SAFETY: Takes no pointers.
        // INVARIANT: The callee took a reference.
        NonNull::new(unsafe { helpers::knem_get_current_process() }).map(Self)
    }

    /// Its number, as the calling process sees it; 0 if it does not see it.
    pub(crate) fn number(&self) -> i32 {
        // SAFETY: By the invariants.
        unsafe { bindings::pid_vnr(self.0.as_ptr()) }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // SAFETY: By the invariants.
        unsafe { bindings::put_pid(self.0.as_ptr()) }
    }
}
