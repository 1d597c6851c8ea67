// SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause

//! User pages that are pinned.
//!
//! Kernel document: `Documentation/core-api/pin_user_pages.rst`.

use core::ffi::c_void;

use kernel::{
    bindings,
    page::PAGE_SIZE,
    prelude::*,
    sync::atomic::{ordering::Relaxed, Atomic},
};

use super::{
    batch::{Batch, BATCH},
    for_caller, helpers, task,
};
use crate::logic::{
    cursor::{Cursor, Position},
    runs::{self, Growth, Joiner, Piece, Run},
};

/// What is going to be done with pinned pages.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    /// They are only read.
    Read,
    /// They may be written.
    Write,
}

/// How long pages stay pinned.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tenure {
    /// As long as user space likes.
    Region,
    /// For one request; then also memory can be pinned in which nobody may settle, such as shared
    /// mappings of files.
    Request,
}

/// Pinned user memory, unpinned when dropped.
///
/// # Invariants
///
/// The addresses of `runs` are physical. Each run lies in one folio, and each of its pages is
/// pinned once for it.
pub(crate) struct Pinned {
    runs: KVVec<Run>,
    pages: usize,
    written: Atomic<bool>,
}

impl Pinned {
    /// Pins the pages of the caller's memory that `segments` tells, in its virtual addresses.
    ///
    /// # Errors
    ///
    /// [`EFAULT`] if a page is not there or may not be accessed so, [`ENOMEM`] if there is too
    /// little memory.
    pub(crate) fn new(segments: &[Run], access: Access, tenure: Tenure) -> Result<Self> {
        let mut pinned = Self {
            runs: KVVec::new(),
            pages: 0,
            written: Atomic::new(false),
        };
        for index in 0..segments.len() {
            let bytes = segments[index].end - runs::start(segments, index);
            pinned.pin_segment(segments[index].address, bytes, gup_flags(access, tenure))?;
        }
        Ok(pinned)
    }

    /// The length of the memory, in bytes.
    pub(crate) fn length(&self) -> u64 {
        runs::length(&self.runs)
    }

    /// The size of the pinned pages, in bytes; those that are pinned several times count as often.
    pub(crate) fn size(&self) -> u64 {
        bytes_of(self.pages)
    }

    /// A position in the memory.
    pub(crate) fn cursor(&self, offset: u64) -> PinnedCursor<'_> {
        PinnedCursor {
            pinned: self,
            cursor: Cursor::new(&self.runs, offset),
        }
    }

    /// Adds one segment, batch by batch.
    ///
    /// Segments are not joined with each other: they may share a page, which is then pinned for
    /// each of them.
    fn pin_segment(&mut self, address: u64, bytes: u64, flags: u32) -> Result {
        let end = address + bytes;
        let mut joiner = Joiner::new(self.length());
        let mut address = address;
        while address < end {
            if task::is_dying() {
                return Err(EFAULT);
            }
            task::reschedule();
            let wanted = pages_between(address, end).min(BATCH);
            self.runs.reserve(wanted, for_caller())?;
            let first = (address - within_page(address)) as usize;
            let batch = Batch::pin(first, wanted, flags)?;
            address = self.append(&mut joiner, batch, address, end)?;
        }
        Ok(())
    }

    /// Turns pinned pages, the first of which holds the byte at the virtual `address`, into runs,
    /// and returns the address behind them.
    fn append(
        &mut self,
        joiner: &mut Joiner,
        mut batch: Batch,
        mut address: u64,
        end: u64,
    ) -> Result<u64> {
        while let Some(stretch) = batch.next()? {
            let bytes = (end - address).min(bytes_of(stretch.pages) - within_page(address));
            let growth = joiner.add(Piece {
                address: stretch.address + within_page(address),
                bytes,
                block_end: stretch.folio_end,
            });
            // INVARIANT: The piece ends with the last page of the stretch, whose pins are taken over
            // with it.
            self.grow(growth.ok_or(EFAULT)?)?;
            batch.take(stretch.pages);
            self.pages += stretch.pages;
            address += bytes;
        }
        Ok(address)
    }

    fn grow(&mut self, growth: Growth) -> Result {
        match (growth, self.runs.last_mut()) {
            (Growth::Longer(end), Some(last)) => last.end = end,
            (Growth::Longer(_), None) => return Err(EINVAL),
            (Growth::Another(run), _) => self.runs.push(run, for_caller())?,
        }
        Ok(())
    }
}

impl Drop for Pinned {
    fn drop(&mut self) {
        let dirty = self.written.load(Relaxed);
        let mut start = 0;
        for run in self.runs.iter() {
            let pages = pages_between(run.address, run.address + (run.end - start));
            // SAFETY: By the invariants, these consecutive pages are pinned, and this pin is given
            // up together with the run.
            unsafe {
                let first = helpers::knem_phys_to_page(run.address);
                bindings::unpin_user_page_range_dirty_lock(first, pages, dirty);
            }
            start = run.end;
            task::reschedule();
        }
    }
}

/// A position in pinned memory.
pub(crate) struct PinnedCursor<'a> {
    pinned: &'a Pinned,
    cursor: Cursor<'a>,
}

impl PinnedCursor<'_> {
    /// The next bytes, as many as [`Position::ahead`] says, in the kernel's address space.
    pub(super) fn readable(&self) -> *const c_void {
        // SAFETY: By the invariants of `Pinned`, the address is that of a pinned page.
        unsafe { helpers::knem_phys_to_direct_map(self.cursor.address()) }
    }

    /// The next bytes, as many as [`Position::ahead`] says, in the kernel's address space; they
    /// count as written.
    pub(super) fn writable(&self) -> *mut c_void {
        // Look before writing: all who write to this memory share the cache line.
        if !self.pinned.written.load(Relaxed) {
            self.pinned.written.store(true, Relaxed);
        }
        // SAFETY: By the invariants of `Pinned`, the address is that of a pinned page.
        unsafe { helpers::knem_phys_to_direct_map(self.cursor.address()) }
    }
}

impl Position for PinnedCursor<'_> {
    fn ahead(&self) -> u64 {
        self.cursor.ahead()
    }

    fn advance(&mut self, bytes: u64) {
        self.cursor.advance(bytes);
    }
}

fn gup_flags(access: Access, tenure: Tenure) -> u32 {
    let mut flags = 0;
    if access == Access::Write {
        flags |= bindings::FOLL_WRITE;
    }
    if tenure == Tenure::Region {
        flags |= bindings::FOLL_LONGTERM;
    }
    flags
}

/// How many pages hold the bytes from `address` to `end`.
fn pages_between(address: u64, end: u64) -> usize {
    (end - address + within_page(address)).div_ceil(PAGE_SIZE as u64) as usize
}

fn within_page(address: u64) -> u64 {
    address % PAGE_SIZE as u64
}

fn bytes_of(pages: usize) -> u64 {
    pages as u64 * PAGE_SIZE as u64
}
