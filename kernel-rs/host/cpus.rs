// SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause

//! Sets of CPUs.

use kernel::{bindings, cpumask::CpumaskVar, error::to_result, prelude::*};

use super::{
    for_caller, helpers,
    user::{UserPtr, UserSlice},
};

/// A set of CPUs.
pub(crate) struct CpuMask(CpumaskVar);

// SAFETY: The set is a plain bitmap that this object owns.
unsafe impl Send for CpuMask {}
// SAFETY: Shared references only read it.
unsafe impl Sync for CpuMask {}

impl CpuMask {
    fn empty() -> Result<Self> {
        Ok(Self(CpumaskVar::new_zero(for_caller())?))
    }

    /// The CPUs on which the calling thread may run.
    pub(crate) fn of_caller() -> Result<Self> {
        let mask = Self::empty()?;
        // SAFETY: The mask is valid, and nobody else knows it.
        unsafe { helpers::knem_cpus_of_current(mask.0.as_raw()) };
        Ok(mask)
    }

    /// The CPUs on which the calling thread may not run.
    pub(crate) fn except_caller() -> Result<Self> {
        let mask = Self::of_caller()?;
        // SAFETY: As above.
        unsafe { helpers::knem_cpus_complement(mask.0.as_raw()) };
        Ok(mask)
    }

    /// A set as `sched_setaffinity` takes it, of `bytes` bytes in user memory. What is missing is 0,
    /// and what is too much is not looked at.
    ///
    /// # Errors
    ///
    /// [`EFAULT`] if it cannot be read.
    pub(crate) fn read(address: UserPtr, bytes: usize) -> Result<Self> {
        let mask = Self::empty()?;
        // SAFETY: Takes no pointers.
        let size = unsafe { helpers::knem_cpus_bytes() };
        let mut content = KVec::from_elem(0u8, size, for_caller())?;
        let bytes = bytes.min(size);
        UserSlice::new(address, bytes)
            .reader()
            .read_slice(&mut content[..bytes])?;
        // SAFETY: The mask has `size` bytes, any bits are valid, and nobody else knows it.
        unsafe {
            core::ptr::copy_nonoverlapping(content.as_ptr(), mask.0.as_raw().cast(), size);
        }
        Ok(mask)
    }

    /// Lets the calling thread run on these CPUs only.
    ///
    /// # Errors
    ///
    /// [`EINVAL`] if it can run on none of them; it goes on as before.
    pub(super) fn confine_caller(&self) -> Result {
        // SAFETY: The mask is valid; the caller may change its own CPUs.
        to_result(unsafe {
            bindings::set_cpus_allowed_ptr(bindings::get_current(), self.0.as_raw())
        })
    }
}
