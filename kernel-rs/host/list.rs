// SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause

//! Lists of runs that grow.

use core::{mem::MaybeUninit, slice};

use kernel::prelude::*;

use super::for_caller;
use crate::logic::runs::{self, Growth, Run};

/// A list of runs, of which `N` need no memory of their own.
///
/// # Invariants
///
/// If there are no `many`, then the first `used` of the `few` are initialised; otherwise the runs are
/// those.
pub(crate) struct RunList<const N: usize> {
    few: [MaybeUninit<Run>; N],
    used: usize,
    many: Option<KVVec<Run>>,
}

impl<const N: usize> RunList<N> {
    /// An empty list.
    pub(crate) fn new() -> Self {
        // INVARIANT: No run is used.
        Self {
            few: [const { MaybeUninit::uninit() }; N],
            used: 0,
            many: None,
        }
    }

    /// The runs.
    #[inline]
    pub(crate) fn as_slice(&self) -> &[Run] {
        match &self.many {
            Some(many) => many,
            // SAFETY: By the invariants, so many are initialised.
            None => unsafe { slice::from_raw_parts(self.few.as_ptr().cast(), self.used) },
        }
    }

    /// All bytes of the list.
    #[inline]
    pub(crate) fn length(&self) -> u64 {
        runs::length(self.as_slice())
    }

    /// Adds a run to the end. If that takes more memory, there will be room for `expected` runs.
    #[inline]
    pub(crate) fn push(&mut self, run: Run, expected: usize) -> Result {
        match self.few.get_mut(self.used) {
            Some(place) if self.many.is_none() => {
                // INVARIANT: One more is initialised.
                place.write(run);
                self.used += 1;
                Ok(())
            }
            _ => self.push_to_many(run, expected),
        }
    }

    /// Adds runs of `bytes` bytes each, which is not 0, that start at these addresses: all, or none.
    ///
    /// # Errors
    ///
    /// [`ENOMEM`], [`EFAULT`] if the length overflows.
    pub(crate) fn extend(&mut self, addresses: &[u64], bytes: u64, expected: usize) -> Result {
        let mut end = self.length();
        let added = bytes.checked_mul(addresses.len() as u64);
        added
            .and_then(|added| end.checked_add(added))
            .ok_or(EFAULT)?;
        let many = self.many(expected)?;
        many.reserve(addresses.len(), for_caller())?;
        for (place, &address) in many.spare_capacity_mut().iter_mut().zip(addresses) {
            end = end.wrapping_add(bytes);
            place.write(Run { address, end });
        }
        // SAFETY: There was room for so many, and they were written.
        unsafe { many.inc_len(addresses.len()) };
        Ok(())
    }

    /// Does to the list what a piece does. If that takes more memory, there will be room for
    /// `expected` runs.
    pub(crate) fn grow(&mut self, growth: Growth, expected: usize) -> Result {
        match growth {
            Growth::Longer(end) => {
                self.last_mut().ok_or(EINVAL)?.end = end;
                Ok(())
            }
            Growth::Another(run) => self.push(run, expected),
        }
    }

    fn last_mut(&mut self) -> Option<&mut Run> {
        match &mut self.many {
            Some(many) => many.last_mut(),
            None => {
                let last = self.few.get_mut(self.used.checked_sub(1)?)?;
                // SAFETY: By the invariants, it is initialised.
                Some(unsafe { last.assume_init_mut() })
            }
        }
    }

    fn push_to_many(&mut self, run: Run, expected: usize) -> Result {
        let many = self.many(expected)?;
        if many.len() == many.capacity() {
            many.reserve(expected.max(1), for_caller())?;
        }
        many.push_within_capacity(run).map_err(|_| ENOMEM)
    }

    /// The list in memory of its own, where there is room for `expected` runs if it was not there yet.
    fn many(&mut self, expected: usize) -> Result<&mut KVVec<Run>> {
        if self.many.is_none() {
            let mut many = KVVec::with_capacity(N + expected.max(1), for_caller())?;
            many.extend_from_slice(self.as_slice(), for_caller())?;
            // INVARIANT: These are the same runs.
            self.many = Some(many);
        }
        self.many.as_mut().ok_or(ENOMEM)
    }
}
