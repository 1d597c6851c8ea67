// SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause

//! Unpinning small pages.

use core::mem::MaybeUninit;

use super::helpers;

/// Pages that are unpinned some at a time, where each is a run of its own: one call for each takes half
/// as long again.
pub(super) struct Singles {
    addresses: [MaybeUninit<u64>; Self::MOST],
    count: usize,
}

impl Singles {
    const MOST: usize = 32;

    /// None yet.
    pub(super) fn new() -> Self {
        Self {
            addresses: [const { MaybeUninit::uninit() }; Self::MOST],
            count: 0,
        }
    }

    /// Unpins a page, sooner or later.
    ///
    /// # Safety
    ///
    /// The page must be pinned, and this pin be given up.
    #[inline]
    pub(super) unsafe fn unpin(&mut self, address: u64, dirty: bool) {
        if self.count == Self::MOST {
            // SAFETY: They were handed over.
            unsafe { self.unpin_all(dirty) };
        }
        self.addresses[self.count].write(address);
        self.count += 1;
    }

    /// Unpins those that were handed over.
    ///
    /// # Safety
    ///
    /// As in [`Self::unpin`].
    #[inline]
    pub(super) unsafe fn unpin_all(&mut self, dirty: bool) {
        if self.count == 0 {
            return;
        }
        // SAFETY: So many addresses were written. By the requirements of this function.
        unsafe {
            helpers::knem_unpin_singles(self.addresses.as_mut_ptr().cast(), self.count, dirty)
        };
        self.count = 0;
    }
}
