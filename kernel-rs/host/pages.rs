// SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause

//! User pages that are pinned.
//!
//! Kernel document: `Documentation/core-api/pin_user_pages.rst`.

use kernel::{
    bindings,
    page::PAGE_SIZE,
    prelude::*,
    sync::atomic::{ordering::Relaxed, Atomic},
};

use super::{
    batch::{Batch, Room},
    helpers,
    list::RunList,
    singles::Singles,
    task,
};
use crate::logic::{
    cursor::{Cursor, Position},
    runs::{Joiner, Piece, Run},
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

/// As many runs as are kept without an allocation: those of a huge page, or of a small buffer.
const FEW: usize = 2;

/// How many bytes are unpinned without looking at the scheduler.
const UNSEEN: u64 = 2 << 20;

/// Pinned user memory, unpinned when dropped.
///
/// # Invariants
///
/// The addresses of `runs` are physical. Each run lies in one folio, and each of its pages is
/// pinned once for it.
pub(crate) struct Pinned {
    runs: RunList<FEW>,
    pages: usize,
    written: Atomic<bool>,
}

impl Pinned {
    /// No memory yet.
    #[inline]
    pub(crate) fn new() -> Self {
        // INVARIANT: There are no runs.
        Self {
            runs: RunList::new(),
            pages: 0,
            written: Atomic::new(false),
        }
    }

    /// Pins the pages of the caller's memory that `segments` tells, in its virtual addresses, and
    /// adds it.
    ///
    /// # Errors
    ///
    /// [`EFAULT`] if a page is not there or may not be accessed so, [`ENOMEM`] if there is too
    /// little memory. Then it may be pinned in part.
    pub(crate) fn pin(
        &mut self,
        segments: &[Run],
        access: Access,
        tenure: Tenure,
        room: &mut Room<'_>,
    ) -> Result {
        let flags = gup_flags(access, tenure);
        let mut start = 0;
        for segment in segments {
            let bytes = segment.end - start;
            self.pin_segment(room, segment.address, bytes, flags)?;
            start = segment.end;
        }
        Ok(())
    }

    /// The length of the memory, in bytes.
    #[inline]
    pub(crate) fn length(&self) -> u64 {
        self.runs.length()
    }

    /// Unpins the memory; it has no bytes from then on.
    pub(crate) fn release(&mut self) {
        if self.pages == 0 {
            return;
        }
        let dirty = self.written.load(Relaxed);
        let mut singles = Singles::new();
        let (mut start, mut unseen) = (0, 0);
        for run in self.runs.as_slice() {
            let bytes = run.end - start + within_page(run.address);
            start = run.end;
            unseen += bytes.max(PAGE_SIZE as u64);
            // SAFETY: By the invariants, these consecutive pages are pinned, and this pin is given
            // up together with the run.
            unsafe {
                if bytes <= PAGE_SIZE as u64 {
                    singles.unpin(run.address, dirty);
                } else {
                    helpers::knem_unpin(run.address, pages_of(bytes), dirty);
                }
            }
            if unseen >= UNSEEN {
                unseen = 0;
                task::reschedule();
            }
        }
        // SAFETY: They were handed over above.
        unsafe { singles.unpin_all(dirty) };
        // INVARIANT: Nothing is left of it.
        self.runs = RunList::new();
        self.pages = 0;
    }

    /// A position in the memory.
    #[inline(always)]
    pub(crate) fn cursor(&self, offset: u64) -> PinnedCursor<'_> {
        PinnedCursor {
            pinned: self,
            cursor: Cursor::new(self.runs.as_slice(), offset),
        }
    }

    /// Adds one segment, batch by batch.
    ///
    /// Segments are not joined with each other: they may share a page, which is then pinned for
    /// each of them.
    fn pin_segment(&mut self, room: &mut Room<'_>, address: u64, bytes: u64, flags: u32) -> Result {
        let end = address + bytes;
        let mut joiner = Joiner::new(self.length());
        let mut address = address;
        while address < end {
            // Not before the first pages: most memory is pinned at once.
            if self.pages > 0 {
                look_up()?;
            }
            let wanted = pages_between(address, end);
            let first = (address - within_page(address)) as usize;
            let batch = Batch::pin(room, first, wanted, flags)?;
            address = self.append(&mut joiner, batch, address, end)?;
        }
        Ok(())
    }

    /// Turns pinned pages, the first of which holds the byte at the virtual `address`, into runs,
    /// and returns the address behind them.
    fn append(
        &mut self,
        joiner: &mut Joiner,
        mut batch: Batch<'_>,
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
            self.runs.grow(growth.ok_or(EFAULT)?, batch.len())?;
            batch.take(stretch.pages);
            self.pages += stretch.pages;
            address += bytes;
            if stretch.is_single() && batch.len() > FEW {
                // Where one page is a folio of its own, others are likely to be.
                address += self.append_singles(&mut batch, end - address)?;
                *joiner = Joiner::new(self.length());
            }
        }
        Ok(address)
    }

    /// Does so with the next pages as far as they are small, and all of each belongs to the next `bytes`
    /// bytes; tells how many bytes they have. Nothing is ever joined with a small page.
    fn append_singles(&mut self, batch: &mut Batch<'_>, bytes: u64) -> Result<u64> {
        let whole = bytes / PAGE_SIZE as u64;
        let mut done = 0;
        let mut room = [0; 32];
        loop {
            let most = room.len().min((whole - done) as usize);
            let addresses = batch.singles(&mut room[..most]);
            if addresses.is_empty() {
                return Ok(bytes_of(done as usize));
            }
            // INVARIANT: Each run is one page, whose pin is taken over with it.
            self.runs.extend(addresses, PAGE_SIZE as u64, batch.len())?;
            batch.take(addresses.len());
            self.pages += addresses.len();
            done += addresses.len() as u64;
        }
    }
}

impl Drop for Pinned {
    fn drop(&mut self) {
        self.release();
    }
}

/// A position in pinned memory.
pub(crate) struct PinnedCursor<'a> {
    pinned: &'a Pinned,
    cursor: Cursor<'a>,
}

impl PinnedCursor<'_> {
    /// The physical address of the next bytes, as many as [`Position::ahead`] says.
    #[inline]
    pub(crate) fn address(&self) -> u64 {
        self.cursor.address()
    }

    /// The same; they are going to be written.
    #[inline]
    pub(super) fn written(&self) -> u64 {
        // Look before writing: all who write to this memory share the cache line.
        if !self.pinned.written.load(Relaxed) {
            self.pinned.written.store(true, Relaxed);
        }
        self.cursor.address()
    }

    /// Moves on as [`Cursor::sweep`] does, through physical addresses.
    #[inline]
    pub(super) fn sweep(&mut self, bytes: u64, step: impl Fn(u64, u64, u64) -> u64) -> u64 {
        self.cursor.sweep(bytes, step)
    }
}

impl Position for PinnedCursor<'_> {
    #[inline]
    fn ahead(&self) -> u64 {
        self.cursor.ahead()
    }

    #[inline]
    fn advance(&mut self, bytes: u64) {
        self.cursor.advance(bytes);
    }
}

/// Lets others run, and ends what a dying caller does not need any more.
fn look_up() -> Result {
    if task::is_dying() {
        return Err(EFAULT);
    }
    task::reschedule();
    Ok(())
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

/// How many pages are pinned for these segments; those that several of them need count as often.
#[inline]
pub(crate) fn count(segments: &[Run]) -> usize {
    let (mut pages, mut start) = (0, 0);
    for segment in segments {
        let bytes = segment.end - start;
        pages += pages_between(segment.address, segment.address + bytes);
        start = segment.end;
    }
    pages
}

/// How many pages hold the bytes from `address` to `end`.
fn pages_between(address: u64, end: u64) -> usize {
    pages_of(end - address + within_page(address))
}

/// How many pages hold so many bytes, the first of which is the first one of a page.
fn pages_of(bytes: u64) -> usize {
    bytes.div_ceil(PAGE_SIZE as u64) as usize
}

fn within_page(address: u64) -> u64 {
    address % PAGE_SIZE as u64
}

fn bytes_of(pages: usize) -> u64 {
    pages as u64 * PAGE_SIZE as u64
}
