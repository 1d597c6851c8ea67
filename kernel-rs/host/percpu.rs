// SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause

//! Counters that no two CPUs share.

use core::{mem, ptr::NonNull};

use kernel::{bindings, prelude::*};

use super::helpers;

/// `N` counters on each CPU.
///
/// # Invariants
///
/// The pointer is a per-CPU allocation of `N` counters, owned by this object.
pub(crate) struct PerCpuCounters<const N: usize>(NonNull<u64>);

// SAFETY: A per-CPU allocation may be used from any task, and is only reached through atomic
// operations on the CPU's own part and plain reads of the others'.
unsafe impl<const N: usize> Send for PerCpuCounters<N> {}
// SAFETY: As above.
unsafe impl<const N: usize> Sync for PerCpuCounters<N> {}

impl<const N: usize> PerCpuCounters<N> {
    /// Allocates counters that are all 0.
    pub(crate) fn new() -> Result<Self> {
        let bytes = N * mem::size_of::<u64>();
        // SAFETY: The size is not 0 and the alignment is a power of two.
        let counters = unsafe {
            bindings::pcpu_alloc_noprof(bytes, mem::align_of::<u64>(), false, bindings::GFP_KERNEL)
        };
        // INVARIANT: Just allocated, zeroed, for `N` counters.
        Ok(Self(NonNull::new(counters.cast()).ok_or(ENOMEM)?))
    }

    /// Adds to the counter at `index` on this CPU; wraps.
    #[inline]
    pub(crate) fn add(&self, index: usize, value: u64) {
        if let Some(counter) = self.at(index) {
            // SAFETY: `at` gives a per-CPU counter.
            unsafe { helpers::knem_this_cpu_add(counter, value) }
        }
    }

    /// Adds to two counters on this CPU; wraps.
    #[inline]
    pub(crate) fn add_both(&self, first: (usize, u64), second: (usize, u64)) {
        if let (Some(counter), Some(another)) = (self.at(first.0), self.at(second.0)) {
            // SAFETY: `at` gives per-CPU counters.
            unsafe { helpers::knem_this_cpu_add_both(counter, first.1, another, second.1) }
        }
    }

    /// The sum of the counter at `index` over all CPUs; wraps. There is nothing beyond the last.
    pub(crate) fn sum(&self, index: usize) -> u64 {
        self.at(index).map_or(0, |counter| {
            // SAFETY: `at` gives a per-CPU counter.
            unsafe { helpers::knem_per_cpu_sum(counter) }
        })
    }

    fn at(&self, index: usize) -> Option<*mut u64> {
        (index < N).then(|| self.0.as_ptr().wrapping_add(index))
    }
}

impl<const N: usize> Drop for PerCpuCounters<N> {
    fn drop(&mut self) {
        // SAFETY: By the invariants; nobody else can use it any more.
        unsafe { bindings::free_percpu(self.0.as_ptr().cast()) }
    }
}
