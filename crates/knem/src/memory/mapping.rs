// SPDX-License-Identifier: BSD-3-Clause

use std::sync::atomic::AtomicUsize;
use std::{io, ptr};

/// The size and alignment of a transparent huge page.
const HUGE: usize = 2 << 20;

/// An anonymous mapping of this process.
///
/// # Invariants
/// `start` is the page-aligned address of `length` mapped, zero-filled bytes that nobody else
/// unmaps and to which no reference but to atomic words is ever made.
#[derive(Debug)]
pub(super) struct Mapping {
    start: *mut u8,
    length: usize,
}

// SAFETY: A mapping belongs to the process, not to a thread; it is accessed as atomic words.
unsafe impl Send for Mapping {}
// SAFETY: As above.
unsafe impl Sync for Mapping {}

impl Mapping {
    /// At least `bytes` bytes; in huge pages where the kernel has them and is so inclined.
    pub(super) fn new(bytes: usize, huge: bool) -> io::Result<Self> {
        let unit = if huge { HUGE } else { WORD };
        let too_much = || io::Error::from_raw_os_error(libc::ENOMEM);
        // A mapping of no bytes is refused.
        let length = bytes.max(1).checked_next_multiple_of(unit);
        let length = length.ok_or_else(too_much)?;
        if !huge {
            return Self::map(length);
        }
        let wide = Self::map(length.checked_add(HUGE).ok_or_else(too_much)?)?;
        let mapping = wide.aligned(length);
        // SAFETY: The mapping is whole and ours; the advice changes no contents. A kernel without
        // huge pages refuses it, and small pages do as well.
        unsafe { libc::madvise(mapping.start.cast(), mapping.length, libc::MADV_HUGEPAGE) };
        Ok(mapping)
    }

    fn map(length: usize) -> io::Result<Self> {
        let protection = libc::PROT_READ | libc::PROT_WRITE;
        let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS;
        // SAFETY: The kernel chooses an address where nothing is mapped.
        let start = unsafe { libc::mmap(ptr::null_mut(), length, protection, flags, -1, 0) };
        if start == libc::MAP_FAILED {
            return Err(io::Error::last_os_error());
        }
        let start = start.cast();
        Ok(Self { start, length })
    }

    /// `length` bytes of this mapping that begin at a multiple of [`HUGE`]; the rest is unmapped.
    fn aligned(self, length: usize) -> Self {
        let before = self.start.align_offset(HUGE);
        let whole = std::mem::ManuallyDrop::new(self);
        // SAFETY: The mapping is longer by `HUGE`, which is more than what lies before.
        let start = unsafe { whole.start.add(before) };
        let after = whole.length - before - length;
        // SAFETY: What lies before and after belongs to the whole mapping, which is forgotten.
        unsafe {
            unmap(whole.start, before);
            unmap(start.add(length), after);
        }
        Self { start, length }
    }

    pub(super) fn start(&self) -> *mut u8 {
        self.start
    }

    pub(super) fn words(&self) -> &[AtomicUsize] {
        // SAFETY: By the invariants; a page holds whole words, and so do the bytes asked for.
        unsafe { std::slice::from_raw_parts(self.start.cast(), self.length / WORD) }
    }
}

const WORD: usize = size_of::<usize>();

impl Drop for Mapping {
    fn drop(&mut self) {
        // SAFETY: By the invariants; the borrow of every word has ended.
        unsafe { unmap(self.start, self.length) };
    }
}

/// # Safety
/// The bytes are mapped and the caller's to give up.
unsafe fn unmap(start: *mut u8, length: usize) {
    if length > 0 {
        // SAFETY: As promised.
        unsafe { libc::munmap(start.cast(), length) };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg_attr(miri, ignore = "asks the kernel")]
    fn huge_mappings_are_aligned_and_whole() {
        for bytes in [0, 1, HUGE, HUGE + 1] {
            let mapping = Mapping::new(bytes, true).unwrap();
            assert_eq!(mapping.start() as usize % HUGE, 0);
            assert_eq!(mapping.length, bytes.max(1).next_multiple_of(HUGE));
            let last = mapping.words().last().unwrap();
            last.store(7, std::sync::atomic::Ordering::Relaxed);
        }
    }

    #[test]
    #[cfg_attr(miri, ignore = "asks the kernel")]
    fn what_no_machine_has_is_refused() {
        for (bytes, huge) in [(usize::MAX, true), (usize::MAX, false), (1 << 60, false)] {
            let error = Mapping::new(bytes, huge).unwrap_err();
            assert_eq!(error.raw_os_error(), Some(libc::ENOMEM), "{bytes} {huge}");
        }
    }
}
