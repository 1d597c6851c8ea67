// SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause

//! Memory that the kernel and user space both see.

use core::ptr::NonNull;

use kernel::{
    bindings,
    error::to_result,
    page::PAGE_SIZE,
    prelude::*,
    sync::atomic::{ordering::Release, Atomic},
};

use super::{files::Area, for_caller, helpers, task};

/// A page, freed when dropped; mappings of it keep it alive on their own.
///
/// # Invariants
///
/// The pointer is an allocated page of the direct map, and this object owns a reference to it.
struct SharedPage(NonNull<bindings::page>);

// SAFETY: A page belongs to no task.
unsafe impl Send for SharedPage {}
// SAFETY: Its bytes are only accessed atomically.
unsafe impl Sync for SharedPage {}

impl SharedPage {
    fn new() -> Result<Self> {
        // SAFETY: Takes no pointers.
        let page = unsafe { helpers::knem_alloc_shared_page() };
        // INVARIANT: Just allocated.
        Ok(Self(NonNull::new(page).ok_or(ENOMEM)?))
    }
}

impl Drop for SharedPage {
    fn drop(&mut self) {
        // SAFETY: By the invariants.
        unsafe { helpers::knem_put_page(self.0.as_ptr()) }
    }
}

/// Bytes that are 0 at first, in whole pages.
pub(crate) struct SharedBytes(KVVec<SharedPage>);

impl SharedBytes {
    /// Allocates so many bytes, rounded up to whole pages, at the expense of the caller's control
    /// group.
    ///
    /// # Errors
    ///
    /// [`ENOMEM`] if there is too little memory, or the caller is about to die.
    pub(crate) fn new(bytes: u64) -> Result<Self> {
        let count = usize::try_from(bytes.div_ceil(PAGE_SIZE as u64)).map_err(|_| ENOMEM)?;
        // Grows with the pages, so that it is they who find that there is too little memory.
        let mut pages = KVVec::new();
        for _ in 0..count {
            if task::is_dying() {
                return Err(ENOMEM);
            }
            pages.push(SharedPage::new()?, for_caller())?;
            task::reschedule();
        }
        Ok(Self(pages))
    }

    /// How many bytes there are.
    pub(crate) fn length(&self) -> u64 {
        (self.0.len() * PAGE_SIZE) as u64
    }

    /// Stores a byte, after all that this CPU stored before. Beyond the end nothing happens.
    pub(crate) fn store_release(&self, index: u64, value: u8) {
        let Some(page) = self.0.get((index / PAGE_SIZE as u64) as usize) else {
            return;
        };
        let offset = (index % PAGE_SIZE as u64) as usize;
        // SAFETY: By the invariants of `SharedPage`, the page is allocated and in the direct map, and
        // the offset is within it. Others access it atomically, or from user space.
        let byte = unsafe {
            let page = helpers::knem_page_address(page.0.as_ptr()).cast::<i8>();
            Atomic::from_ptr(page.add(offset))
        };
        byte.store(value as i8, Release);
    }

    /// Shows the bytes at the addresses of an area, as many as it has room for.
    pub(crate) fn show(&self, area: &Area<'_>) -> Result {
        for (index, page) in self.0.iter().enumerate() {
            let Some(address) = area.page(index) else {
                break;
            };
            // SAFETY: The area is being set up by the caller and may hold pages; the page is
            // allocated and on no list. The mapping takes a reference of its own.
            to_result(unsafe {
                bindings::vm_insert_page(area.as_ptr(), address, page.0.as_ptr())
            })?;
            task::reschedule();
        }
        Ok(())
    }
}
