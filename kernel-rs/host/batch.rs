// SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause

//! Pinning pages, some at a time.

use core::{mem::MaybeUninit, ptr, slice};

use kernel::{bindings, ffi::c_int, page::PAGE_SIZE, prelude::*};

use super::{
    for_caller,
    helpers::{self, PageFacts},
};
use crate::logic::runs;

/// The most pages that are pinned with one call: their pointers fill a page.
const MOST: usize = PAGE_SIZE / size_of::<PagePointer>();

/// As many pointers as are kept without an allocation.
const FEW: usize = 64;

type PagePointer = *mut bindings::page;

/// Room for the pointers to the pages of a batch.
pub(super) struct Room {
    few: [MaybeUninit<PagePointer>; FEW],
    many: Option<KVec<PagePointer>>,
}

impl Room {
    /// Room to pin `pages` pages, in several batches if they are very many.
    pub(super) fn new(pages: usize) -> Result<Self> {
        let many = if pages > FEW {
            Some(KVec::with_capacity(pages.min(MOST), for_caller())?)
        } else {
            None
        };
        Ok(Self {
            few: [const { MaybeUninit::uninit() }; FEW],
            many,
        })
    }

    fn pointers(&mut self) -> &mut [MaybeUninit<PagePointer>] {
        match &mut self.many {
            Some(many) => many.spare_capacity_mut(),
            None => &mut self.few,
        }
    }
}

/// Pinned pages that nobody has taken over yet. Those that nobody takes are unpinned.
///
/// # Invariants
///
/// The pages are pinned, each once for this batch.
pub(super) struct Batch<'a> {
    pages: &'a [PagePointer],
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

impl<'a> Batch<'a> {
    /// Pins the caller's pages from the one at `address` on, as many as there is room for; it may be
    /// fewer than `wanted`.
    ///
    /// # Errors
    ///
    /// [`EFAULT`] if the first page is not there or may not be accessed so, [`ENOMEM`].
    pub(super) fn pin(
        room: &'a mut Room,
        address: usize,
        wanted: usize,
        flags: u32,
    ) -> Result<Self> {
        let pointers = room.pointers();
        let wanted = wanted.min(pointers.len()) as c_int;
        let first = pointers.as_mut_ptr().cast();
        // SAFETY: There is room for as many pointers.
        match unsafe { bindings::pin_user_pages_fast(address, wanted, flags, first) } {
            // INVARIANT: So many pages were pinned just now.
            pinned @ 1.. => Ok(Self {
                // SAFETY: So many pointers were written, and they stay borrowed.
                pages: unsafe { slice::from_raw_parts(first, pinned as usize) },
            }),
            error if error == ENOMEM.to_errno() => Err(ENOMEM),
            _ => Err(EFAULT),
        }
    }

    /// How many pages there are.
    pub(super) fn len(&self) -> usize {
        self.pages.len()
    }

    /// The pages that come next.
    ///
    /// # Errors
    ///
    /// [`ENOMEM`] if they are pinned so often that their reference count is not far from its end.
    pub(super) fn next(&self) -> Result<Option<Stretch>> {
        let Some(&first) = self.pages.first() else {
            return Ok(None);
        };
        let mut facts = PageFacts::default();
        // SAFETY: By the invariants, the page is pinned.
        unsafe { helpers::knem_page_facts(first, &mut facts) };
        if facts.crowded {
            return Err(ENOMEM);
        }
        Ok(Some(Stretch {
            address: facts.address,
            pages: runs::consecutive(self.pages, facts.folio_rest),
            folio_end: facts.address + (facts.folio_rest * PAGE_SIZE) as u64,
        }))
    }

    /// Gives the pins of the next pages to the caller, who has to unpin them.
    pub(super) fn take(&mut self, pages: usize) {
        // INVARIANT: These pages leave the batch.
        self.pages = self.pages.get(pages..).unwrap_or_default();
    }
}

impl Drop for Batch<'_> {
    fn drop(&mut self) {
        if !self.pages.is_empty() {
            let first = ptr::from_ref(self.pages).cast_mut().cast();
            // SAFETY: By the invariants, these pages are pinned for this batch. The callee does not
            // write to the array.
            unsafe { bindings::unpin_user_pages(first, self.pages.len()) }
        }
    }
}
