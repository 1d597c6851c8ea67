// SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause

//! Pinning pages, some at a time.

use core::{mem::MaybeUninit, ptr, slice};

use kernel::{
    bindings,
    ffi::c_int,
    page::PAGE_SIZE,
    prelude::*,
    sync::atomic::{ordering::Full, Atomic},
};

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

/// Pointers on the heap.
type Pointers = [MaybeUninit<PagePointer>; MOST];

/// Keeps the memory of one [`Room`] for the next one, because the kernel would clear it each time.
///
/// # Invariants
///
/// 0, or the address of [`Pointers`] from [`KBox::into_raw`] that this object owns.
pub(crate) struct SpareRoom(Atomic<usize>);

impl SpareRoom {
    /// There is none yet.
    pub(crate) fn new() -> Self {
        // INVARIANT: It is 0.
        Self(Atomic::new(0))
    }

    fn take(&self) -> Option<KBox<Pointers>> {
        // INVARIANT: The box leaves it.
        let address = self.0.xchg(0, Full);
        // SAFETY: By the invariants; nobody else gets this address.
        (address != 0).then(|| unsafe { KBox::from_raw(address as *mut Pointers) })
    }

    fn put(&self, pointers: KBox<Pointers>) {
        let address = KBox::into_raw(pointers) as usize;
        // INVARIANT: The box is given up here.
        let other = self.0.xchg(address, Full);
        if other != 0 {
            // SAFETY: By the invariants; somebody else was faster.
            drop(unsafe { KBox::from_raw(other as *mut Pointers) });
        }
    }
}

impl Drop for SpareRoom {
    fn drop(&mut self) {
        drop(self.take());
    }
}

/// Room for the pointers to the pages of a batch.
pub(crate) struct Room<'a> {
    few: [MaybeUninit<PagePointer>; FEW],
    many: Option<KBox<Pointers>>,
    spare: &'a SpareRoom,
}

impl<'a> Room<'a> {
    /// Room to pin `pages` pages, in several batches if they are very many.
    #[inline]
    pub(crate) fn new(pages: usize, spare: &'a SpareRoom) -> Result<Self> {
        let many = if pages > FEW {
            Some(spare.take().map_or_else(Self::allocate, Ok)?)
        } else {
            None
        };
        Ok(Self {
            few: [const { MaybeUninit::uninit() }; FEW],
            many,
            spare,
        })
    }

    fn allocate() -> Result<KBox<Pointers>> {
        let pointers = KBox::<Pointers>::new_uninit(for_caller())?;
        // SAFETY: Pointers need not be initialised.
        Ok(unsafe { pointers.assume_init() })
    }

    fn pointers(&mut self) -> &mut [MaybeUninit<PagePointer>] {
        match &mut self.many {
            Some(many) => &mut **many,
            None => &mut self.few,
        }
    }
}

impl Drop for Room<'_> {
    fn drop(&mut self) {
        if let Some(pointers) = self.many.take() {
            self.spare.put(pointers);
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

impl Stretch {
    /// Whether it is a small page.
    pub(super) fn is_single(&self) -> bool {
        self.pages == 1 && self.folio_end == self.address + PAGE_SIZE as u64
    }
}

impl<'a> Batch<'a> {
    /// Pins the caller's pages from the one at `address` on, as many as there is room for; it may be
    /// fewer than `wanted`.
    ///
    /// # Errors
    ///
    /// [`EFAULT`] if the first page is not there or may not be accessed so, [`ENOMEM`].
    pub(super) fn pin(
        room: &'a mut Room<'_>,
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

    /// The physical addresses of the pages that come next, as far as these are small folios, at most as
    /// many as `room` takes.
    pub(super) fn singles<'r>(&self, room: &'r mut [u64]) -> &'r [u64] {
        let most = room.len().min(self.len());
        // SAFETY: By the invariants, so many pages are pinned, and there is room for their addresses.
        let found =
            unsafe { helpers::knem_single_pages(self.pages.as_ptr(), most, room.as_mut_ptr()) };
        room.get(..found).unwrap_or_default()
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
