// SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause

//! Who answers for pinned memory.

use core::ptr::NonNull;

use kernel::{bindings, page::PAGE_SIZE, prelude::*};

use super::{helpers, params};

/// Pages that count as pinned by a process, until this is dropped: `VmPin` in its status.
///
/// # Invariants
///
/// So many pages were added to what the process has pinned, and this object owns a reference to its
/// memory descriptor.
pub(crate) struct Charge {
    process: NonNull<bindings::mm_struct>,
    pages: usize,
}

// SAFETY: What a process has pinned is counted atomically, and its descriptor belongs to no task.
unsafe impl Send for Charge {}
// SAFETY: Shared references only read what never changes.
unsafe impl Sync for Charge {}

impl Charge {
    /// Charges the calling process.
    ///
    /// # Errors
    ///
    /// [`ENOMEM`] if it would have more pinned than its limit for locked memory allows, it has no
    /// privilege to, and the administrator wants that to be enforced.
    pub(crate) fn new(pages: usize) -> Result<Self> {
        // SAFETY: Takes no pointers.
        let process = unsafe { helpers::knem_charge(pages, params::enforce_memory_limit()) };
        // INVARIANT: The callee has added the pages and taken a reference.
        let process = NonNull::new(process).ok_or(ENOMEM)?;
        Ok(Self { process, pages })
    }

    /// How many bytes that is.
    pub(crate) fn bytes(&self) -> u64 {
        self.pages as u64 * PAGE_SIZE as u64
    }
}

impl Drop for Charge {
    fn drop(&mut self) {
        // SAFETY: By the invariants, both are given back.
        unsafe { helpers::knem_refund(self.process.as_ptr(), self.pages) }
    }
}
