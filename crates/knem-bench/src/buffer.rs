// SPDX-License-Identifier: BSD-3-Clause

use std::io;
use std::ops::{Deref, DerefMut};
use std::os::fd::{AsRawFd, BorrowedFd};

/// Where the copier's memory begins, in pages after a boundary.
pub const COPIER: usize = 116;
/// Where the owner's memory begins, and any other that bytes come from.
pub const OWNER: usize = 97;
/// Where the bytes in shared memory begin.
pub const SHARED: usize = 11;

const PAGE: usize = 4096;
const HUGE: usize = 2 << 20;

/// Pages of its own, all present, which begin where they are told to.
///
/// An emulator's cache of address translations is indexed by the low bits of page numbers: source
/// and destination of a copy must not share them, or the copy measures that cache. So every buffer
/// begins at a different number of pages after a boundary: see [`COPIER`] and its like. Such
/// caches have 64 entries or more, so it is the numbers modulo 64 that must be far apart.
#[derive(Debug)]
pub struct Buffer {
    mapping: *mut u8,
    mapped: usize,
    start: usize,
    length: usize,
}

impl Buffer {
    /// Private memory of `length` bytes, `skew` pages after a boundary.
    pub fn private(length: usize, skew: usize, huge: bool) -> io::Result<Self> {
        let mut buffer = Self::reserve(length, skew)?;
        let advice = if huge {
            libc::MADV_HUGEPAGE
        } else {
            libc::MADV_NOHUGEPAGE
        };
        // SAFETY: The mapping is this function's own. A kernel without huge pages refuses the
        // advice, and then all pages are small.
        unsafe { libc::madvise(buffer.mapping.cast(), buffer.mapped, advice) };
        buffer.fill(1);
        if huge && !is_huge(buffer.address() as usize)? {
            return Err(io::Error::other("the kernel gave it no huge pages"));
        }
        Ok(buffer)
    }

    /// Memory that is shared through a file, from its start, at a boundary.
    pub fn shared(file: BorrowedFd<'_>, length: usize) -> io::Result<Self> {
        let buffer = Self::reserve(length, 0)?;
        let flags = libc::MAP_SHARED | libc::MAP_FIXED;
        map(buffer.address(), length, flags, file.as_raw_fd())?;
        Ok(buffer)
    }

    /// Memory that processes share which are started later; all zeros.
    pub fn inherited(length: usize) -> io::Result<Self> {
        let buffer = Self::reserve(length, 0)?;
        let flags = libc::MAP_SHARED | libc::MAP_ANONYMOUS | libc::MAP_FIXED;
        map(buffer.address(), length, flags, -1)?;
        Ok(buffer)
    }

    /// Advises the kernel about its pages, all of which are whole.
    pub fn advise(&mut self, advice: i32) -> io::Result<()> {
        // SAFETY: The memory is borrowed exclusively; what it holds may become zeros by this, and
        // no address becomes invalid.
        match unsafe { libc::madvise(self.address().cast(), self.length, advice) } {
            0 => Ok(()),
            _ => Err(io::Error::last_os_error()),
        }
    }

    fn reserve(length: usize, skew: usize) -> io::Result<Self> {
        let mapped = length + skew * PAGE + 2 * HUGE;
        let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS;
        let mapping = map(std::ptr::null_mut(), mapped, flags, -1)?;
        let boundary = (mapping as usize).next_multiple_of(HUGE) - mapping as usize;
        Ok(Self {
            mapping,
            mapped,
            start: boundary + skew * PAGE,
            length,
        })
    }

    /// Where the memory begins.
    pub fn address(&self) -> *mut u8 {
        // SAFETY: The start lies in the mapping.
        unsafe { self.mapping.add(self.start) }
    }
}

/// Whether the mapping that `address` lies in has huge pages.
fn is_huge(address: usize) -> io::Result<bool> {
    Ok(huge_in(
        &std::fs::read_to_string("/proc/self/smaps")?,
        address,
    ))
}

fn huge_in(smaps: &str, address: usize) -> bool {
    let number = |text: &str| usize::from_str_radix(text, 16).ok();
    let range = |line: &str| {
        let (begin, end) = line.split_whitespace().next()?.split_once('-')?;
        Some(number(begin)?..number(end)?)
    };
    let mut inside = false;
    for line in smaps.lines() {
        if let Some(range) = range(line) {
            inside = range.contains(&address);
        } else if let Some(size) = line.strip_prefix("AnonHugePages:") {
            if inside {
                return size.trim() != "0 kB";
            }
        }
    }
    false
}

fn map(place: *mut u8, length: usize, flags: i32, file: i32) -> io::Result<*mut u8> {
    let access = libc::PROT_READ | libc::PROT_WRITE;
    // SAFETY: A new mapping; where it has to replace one, that is a reservation of this file's.
    let mapping = unsafe { libc::mmap(place.cast(), length, access, flags, file, 0) };
    if mapping == libc::MAP_FAILED {
        return Err(io::Error::last_os_error());
    }
    Ok(mapping.cast())
}

impl Deref for Buffer {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        // SAFETY: The memory is mapped for as long as the buffer is, and initialised. The other
        // process changes it only while this one waits for it, or not through such references.
        unsafe { std::slice::from_raw_parts(self.address(), self.length) }
    }
}

impl DerefMut for Buffer {
    fn deref_mut(&mut self) -> &mut [u8] {
        // SAFETY: As above, and the buffer is borrowed exclusively.
        unsafe { std::slice::from_raw_parts_mut(self.address(), self.length) }
    }
}

impl Drop for Buffer {
    fn drop(&mut self) {
        // SAFETY: The mapping is this buffer's own, and no reference outlives the buffer.
        unsafe { libc::munmap(self.mapping.cast(), self.mapped) };
    }
}

/// What memory is made of, in the reports.
pub fn pages(huge: bool) -> &'static str {
    if huge {
        "huge"
    } else {
        "small"
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::fd::AsFd;

    #[test]
    fn places_are_far_apart() {
        let places = [COPIER % 64, OWNER % 64, SHARED % 64];
        for (at, one) in places.iter().enumerate() {
            for other in &places[at + 1..] {
                let distance = one.abs_diff(*other);
                assert!(distance.min(64 - distance) > 16, "{places:?}");
            }
        }
    }

    #[test]
    fn finds_huge_pages() {
        let smaps = "7f00-7f80 rw-p 0 00:00 0\nSize: 4 kB\nAnonHugePages:         0 kB\n\
                     7f80-8f00 rw-p 0 00:00 0\nSize: 4 kB\nAnonHugePages:      2048 kB\n";
        assert!(!huge_in(smaps, 0x7f7f));
        assert!(huge_in(smaps, 0x7f80));
        assert!(!huge_in(smaps, 0x8f00));
    }

    #[test]
    fn begins_where_it_is_told_to() {
        for skew in [0, 37] {
            let buffer = Buffer::private(5000, skew, false).unwrap();
            assert_eq!(buffer.address() as usize % HUGE, skew * PAGE);
            assert_eq!(buffer.len(), 5000);
            assert!(buffer.iter().all(|&byte| byte == 1));
        }
        let file = std::fs::File::open("/proc/self/exe").unwrap();
        assert!(
            Buffer::shared(file.as_fd(), 4096).is_err(),
            "not open for writing"
        );
    }
}
