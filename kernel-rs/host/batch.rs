// SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause

//! Pinning pages, a few at a time.

use core::ptr;

use kernel::{bindings, ffi::c_int, page::PAGE_SIZE, prelude::*};

use super::helpers;
use crate::logic::runs;

/// The most pages that are pinned with one call: as many pointers as fit the stack.
pub(super) const BATCH: usize = 128;

/// Pinned pages that nobody has taken over yet. Those that nobody takes are unpinned.
///
/// # Invariants
///
/// The pages from `taken` to `pinned` are pinned, each once for this batch.
pub(super) struct Batch {
    pages: [*mut bindings::page; BATCH],
    taken: usize,
    pinned: usize,
}

/// The first pages of a batch, as far as they are consecutive and of one folio.
pub(super) struct Stretch {
    /// The physical address of the first page.
    pub(super) address: u64,
    /// How many pages there are.
    pub(super) pages: usize,
    /// Where their folio ends.
    pub(super) folio_end: u64,
}

impl Batch {
    /// Pins the caller's pages from the one at `address` on, at most [`BATCH`]; it may be fewer than
    /// `wanted`.
    ///
    /// # Errors
    ///
    /// [`EFAULT`] if the first page is not there or may not be accessed so, [`ENOMEM`].
    pub(super) fn pin(address: usize, wanted: usize, flags: u32) -> Result<Self> {
        // INVARIANT: Nothing is pinned yet.
        let mut batch = Self {
            pages: [ptr::null_mut(); BATCH],
            taken: 0,
            pinned: 0,
        };
        let wanted = wanted.min(BATCH) as c_int;
        // SAFETY: The array has room for as many pointers.
        let pinned = unsafe {
            bindings::pin_user_pages_fast(address, wanted, flags, batch.pages.as_mut_ptr())
        };
        match pinned {
            1.. => {
                // INVARIANT: So many pages were pinned just now.
                batch.pinned = pinned as usize;
                Ok(batch)
            }
            error if error == ENOMEM.to_errno() => Err(ENOMEM),
            _ => Err(EFAULT),
        }
    }

    /// The pages that come next.
    ///
    /// # Errors
    ///
    /// [`ENOMEM`] if they are pinned so often that their reference count is not far from its end.
    pub(super) fn next(&self) -> Result<Option<Stretch>> {
        let pages = &self.pages[self.taken..self.pinned];
        let Some(&first) = pages.first() else {
            return Ok(None);
        };
        // SAFETY: By the invariants, the page is pinned.
        let (address, folio_pages, crowded) = unsafe {
            (
                helpers::knem_page_to_phys(first),
                helpers::knem_folio_pages_from(first),
                helpers::knem_folio_is_crowded(first),
            )
        };
        if crowded {
            return Err(ENOMEM);
        }
        Ok(Some(Stretch {
            address,
            pages: runs::consecutive(pages, folio_pages),
            folio_end: address + (folio_pages * PAGE_SIZE) as u64,
        }))
    }

    /// Gives the pins of the next pages to the caller, who has to unpin them.
    pub(super) fn take(&mut self, pages: usize) {
        // INVARIANT: These pages leave the range.
        self.taken += pages.min(self.pinned - self.taken);
    }
}

impl Drop for Batch {
    fn drop(&mut self) {
        let rest = &mut self.pages[self.taken..self.pinned];
        if !rest.is_empty() {
            // SAFETY: By the invariants, these pages are pinned for this batch.
            unsafe { bindings::unpin_user_pages(rest.as_mut_ptr(), rest.len()) }
        }
    }
}
