// SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause

//! Kernel threads.

use core::{ffi::CStr, ptr::NonNull};

use kernel::{
    bindings,
    error::from_err_ptr,
    ffi::{c_int, c_uint, c_void},
    prelude::*,
    sync::Arc,
    types::NotThreadSafe,
};

use super::cpus::CpuMask;

/// What a kernel thread does.
pub(crate) trait Body: Send + Sync {
    /// Works until [`Running::should_stop`] says so; a sleep of the thread ends then.
    fn run(&self, thread: &Running);
}

/// The calling thread, which is a [`Thread`]; it stays with it.
pub(crate) struct Running(NotThreadSafe);

impl Running {
    /// Whether the thread has been told to end.
    pub(crate) fn should_stop(&self) -> bool {
        // SAFETY: Only a kernel thread has this object.
        unsafe { bindings::kthread_should_stop() }
    }
}

/// A kernel thread, stopped when dropped.
///
/// # Invariants
///
/// `task` is a thread that was started with a pointer to `plan` and ends only when it is stopped.
pub(crate) struct Thread<T: Body> {
    task: NonNull<bindings::task_struct>,
    /// Read by the thread.
    _plan: KBox<Plan<T>>,
}

// SAFETY: The thread may be stopped by any task.
unsafe impl<T: Body> Send for Thread<T> {}
// SAFETY: Shared references give access to nothing.
unsafe impl<T: Body> Sync for Thread<T> {}

/// What the thread is told.
struct Plan<T> {
    body: Arc<T>,
    cpus: Option<Arc<CpuMask>>,
}

impl<T: Body> Thread<T> {
    /// Starts a thread. Its name is `prefix`, with `number` in hexadecimal. It runs on `cpus`, or, if
    /// that is not possible or not given, anywhere.
    ///
    /// # Errors
    ///
    /// [`ENOMEM`] if there can be no further thread.
    pub(crate) fn start(
        body: Arc<T>,
        prefix: &'static CStr,
        number: u32,
        cpus: Option<Arc<CpuMask>>,
    ) -> Result<Self> {
        let plan = KBox::new(Plan { body, cpus }, super::for_caller())?;
        let argument = (&raw const *plan).cast::<c_void>().cast_mut();
        // SAFETY: The format consumes one string and one unsigned integer. The plan stays where it is
        // until the thread has ended.
        let task = from_err_ptr(unsafe {
            bindings::kthread_create_on_node(
                Some(Self::main),
                argument,
                bindings::NUMA_NO_NODE,
                c"%s%x".as_ptr().cast(),
                prefix.as_ptr(),
                number as c_uint,
            )
        })
        // Also if the caller is about to die.
        .map_err(|_| ENOMEM)?;
        // SAFETY: The thread was just created; it does not end by itself.
        unsafe { bindings::wake_up_process(task) };
        // INVARIANT: `main` ends only when the thread is stopped.
        Ok(Self {
            task: NonNull::new(task).ok_or(ENOMEM)?,
            _plan: plan,
        })
    }

    /// # Safety
    ///
    /// Only called as the main function of a thread, with a plan that outlives it.
    unsafe extern "C" fn main(plan: *mut c_void) -> c_int {
        // SAFETY: By the requirements of this function.
        let plan = unsafe { &*plan.cast::<Plan<T>>() };
        if let Some(cpus) = &plan.cpus {
            // Where it cannot be, it is elsewhere.
            let _ = cpus.confine_caller();
        }
        let thread = Running(NotThreadSafe);
        while !thread.should_stop() {
            plan.body.run(&thread);
        }
        0
    }
}

impl<T: Body> Drop for Thread<T> {
    fn drop(&mut self) {
        // SAFETY: By the invariants, the thread has not ended yet. Afterwards it has, so nobody uses
        // the plan any more.
        unsafe { bindings::kthread_stop(self.task.as_ptr()) };
    }
}
