// SPDX-License-Identifier: BSD-3-Clause

//! Memory that the kernel copies from and to.
//!
//! Rust never holds a reference into it: bytes go in and out by address, so that a copy by the
//! kernel or by another process cannot break a promise that the compiler relies on.

use std::os::fd::{AsRawFd, RawFd};
use std::ptr;

use knem_abi::Iovec;

use crate::errno::{check, Errno};
use crate::pattern;

/// Bytes of a page, on the machines that the programs run on.
pub const PAGE: usize = 4096;
/// Bytes of a huge page.
pub const HUGE: usize = 2 << 20;

/// Mapped memory between two pages that nobody may touch: a byte too many is a fault.
pub struct Buffer {
    mapping: *mut u8,
    mapped: usize,
    start: *mut u8,
    length: usize,
}

// SAFETY: a buffer is addresses of memory that it owns; accesses go byte-wise through raw pointers
// and promise nothing about what other threads write meanwhile.
unsafe impl Send for Buffer {}
// SAFETY: as above.
unsafe impl Sync for Buffer {}

/// How a buffer lies in its pages.
#[derive(Clone, Copy, Default)]
pub struct Layout {
    /// Bytes.
    pub length: usize,
    /// Bytes between the start of the first page and the first byte; below the alignment.
    pub offset: usize,
    /// The last byte stands right before the guard; `offset` is then not looked at.
    pub flush_end: bool,
    /// Alignment of the first page: 0 for a plain page, or [`HUGE`].
    pub alignment: usize,
    /// Share the memory with children instead of copying it on write.
    pub shared: bool,
}

impl Buffer {
    /// Private anonymous memory that starts at a page.
    pub fn new(length: usize) -> Buffer {
        Buffer::with(Layout {
            length,
            ..Layout::default()
        })
    }

    /// Private anonymous memory whose last byte stands right before the guard.
    pub fn flush_end(length: usize) -> Buffer {
        Buffer::with(Layout {
            length,
            flush_end: true,
            ..Layout::default()
        })
    }

    /// Memory that children share.
    pub fn shared(length: usize) -> Buffer {
        Buffer::with(Layout {
            length,
            shared: true,
            ..Layout::default()
        })
    }

    /// Private memory with the pattern of `seed` in it.
    pub fn filled(length: usize, seed: u64) -> Buffer {
        let buffer = Buffer::new(length);
        buffer.fill(seed);
        buffer
    }

    /// Anonymous memory of any layout.
    ///
    /// # Panics
    /// Where the machine has not enough memory.
    pub fn with(layout: Layout) -> Buffer {
        let sharing = if layout.shared {
            libc::MAP_SHARED
        } else {
            libc::MAP_PRIVATE
        };
        let inner = (layout.offset + layout.length)
            .next_multiple_of(PAGE)
            .max(PAGE);
        let buffer = Buffer::reserve(layout, inner);
        buffer
            .map_over(inner, sharing | libc::MAP_ANONYMOUS, -1)
            .expect("memory can be mapped");
        buffer
    }

    /// A file mapped for reading and writing, from its first byte.
    ///
    /// # Errors
    /// What `mmap` answers.
    pub fn of_file(file: RawFd, length: usize, shared: bool) -> Result<Buffer, Errno> {
        let inner = length.next_multiple_of(PAGE);
        let layout = Layout {
            length,
            ..Layout::default()
        };
        let buffer = Buffer::reserve(layout, inner);
        let sharing = if shared {
            libc::MAP_SHARED
        } else {
            libc::MAP_PRIVATE
        };
        buffer.map_over(inner, sharing, file)?;
        Ok(buffer)
    }

    /// Huge pages from the machine's reserve.
    ///
    /// # Errors
    /// What `mmap` answers, ENOMEM above all: the reserve is empty.
    pub fn of_huge_pages(length: usize) -> Result<Buffer, Errno> {
        let inner = length.next_multiple_of(HUGE);
        let layout = Layout {
            length,
            alignment: HUGE,
            ..Layout::default()
        };
        let buffer = Buffer::reserve(layout, inner);
        let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_HUGETLB;
        buffer.map_over(inner, flags, -1)?;
        Ok(buffer)
    }

    /// Takes address space with room for guards; nothing in it may be touched yet.
    fn reserve(layout: Layout, inner: usize) -> Buffer {
        let alignment = layout.alignment.max(PAGE);
        let mapped = inner + 2 * alignment;
        // SAFETY: the kernel chooses an address where nothing is mapped.
        let mapping = unsafe {
            libc::mmap(
                ptr::null_mut(),
                mapped,
                libc::PROT_NONE,
                libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_NORESERVE,
                -1,
                0,
            )
        };
        assert_ne!(mapping, libc::MAP_FAILED, "address space is free");
        let mapping: *mut u8 = mapping.cast();
        let first = (mapping as usize + PAGE).next_multiple_of(alignment);
        let start = if layout.flush_end {
            first + inner - layout.length
        } else {
            first + layout.offset
        };
        Buffer {
            mapping,
            mapped,
            start: start as *mut u8,
            length: layout.length,
        }
    }

    /// Puts readable and writable memory between the guards.
    fn map_over(&self, inner: usize, flags: i32, file: RawFd) -> Result<(), Errno> {
        let first = self.start as usize & !(PAGE - 1);
        // SAFETY: the range lies inside the address space that this buffer reserved.
        let answer = unsafe {
            libc::mmap(
                first as *mut _,
                inner,
                libc::PROT_READ | libc::PROT_WRITE,
                flags | libc::MAP_FIXED,
                file,
                0,
            )
        };
        if answer == libc::MAP_FAILED {
            return Err(Errno::last());
        }
        Ok(())
    }

    /// Address of the first byte.
    pub fn address(&self) -> u64 {
        self.start as u64
    }

    /// Bytes.
    pub fn len(&self) -> usize {
        self.length
    }

    /// Whether there is no byte at all.
    pub fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// All of it as a segment.
    pub fn segment(&self) -> Iovec {
        self.part(0, self.length)
    }

    /// `length` bytes from `offset` as a segment.
    pub fn part(&self, offset: usize, length: usize) -> Iovec {
        assert!(offset + length <= self.length, "the part lies inside");
        Iovec {
            base: self.address() + offset as u64,
            len: length as u64,
        }
    }

    /// A copy of what is in it now.
    pub fn bytes(&self) -> Vec<u8> {
        let mut bytes = vec![0; self.length];
        // SAFETY: the mapping is as long as the vector; the two do not overlap.
        unsafe { ptr::copy_nonoverlapping(self.start, bytes.as_mut_ptr(), self.length) };
        bytes
    }

    /// A copy of `length` bytes from `offset` on.
    pub fn bytes_at(&self, offset: usize, length: usize) -> Vec<u8> {
        assert!(offset + length <= self.length, "the bytes lie inside");
        let mut bytes = vec![0; length];
        // SAFETY: inside the mapping, as just checked; the two do not overlap.
        unsafe { ptr::copy_nonoverlapping(self.start.add(offset), bytes.as_mut_ptr(), length) };
        bytes
    }

    /// One byte.
    pub fn byte(&self, at: usize) -> u8 {
        assert!(at < self.length, "the byte lies inside");
        // SAFETY: inside the mapping, as just checked.
        unsafe { self.start.add(at).read_volatile() }
    }

    /// Writes bytes from `offset` on.
    pub fn put(&self, offset: usize, bytes: &[u8]) {
        assert!(offset + bytes.len() <= self.length, "the bytes fit");
        // SAFETY: inside the mapping, as just checked; mapped memory is no Rust object.
        unsafe { ptr::copy_nonoverlapping(bytes.as_ptr(), self.start.add(offset), bytes.len()) };
    }

    /// Writes the pattern of `seed`.
    pub fn fill(&self, seed: u64) {
        self.put(0, &pattern::bytes(seed, self.length));
    }

    /// Sets every byte to zero.
    pub fn clear(&self) {
        // SAFETY: inside the mapping.
        unsafe { ptr::write_bytes(self.start, 0, self.length) };
    }

    /// Compares with the pattern of `seed`.
    ///
    /// # Errors
    /// The first byte that differs.
    pub fn matches(&self, what: &str, seed: u64) -> Result<(), String> {
        pattern::same(what, &self.bytes(), &pattern::bytes(seed, self.length))
    }

    /// Changes the protection of the pages from `offset` on.
    ///
    /// # Panics
    /// Where the kernel refuses.
    pub fn protect(&self, offset: usize, length: usize, protection: i32) {
        let part = self.part(offset, length);
        // SAFETY: only pages of this buffer change.
        let answer = unsafe { libc::mprotect(part.base as *mut _, length, protection) };
        assert_eq!(answer, 0, "mprotect: {:?}", Errno::last());
    }

    /// Advises the kernel about the pages from `offset` on.
    ///
    /// # Errors
    /// What `madvise` answers.
    pub fn advise(&self, offset: usize, length: usize, advice: i32) -> Result<(), Errno> {
        let part = self.part(offset, length);
        // SAFETY: only pages of this buffer are concerned, and no Rust object lives in them.
        check(unsafe { libc::madvise(part.base as *mut _, length, advice) } as isize).map(drop)
    }

    /// Writes all of it to a file; tells how many bytes the kernel took.
    ///
    /// # Errors
    /// What `write` answers: memory that may not be read is refused, not touched.
    pub fn send(&self, file: &impl AsRawFd) -> Result<usize, Errno> {
        // SAFETY: the kernel reads the buffer's own range, and checks itself whether it may.
        check(unsafe { libc::write(file.as_raw_fd(), self.address() as *const _, self.len()) })
    }

    /// Exchanges two pages: what is seen at one is then seen at the other. The pages themselves stay
    /// where they are in the machine, so that neighbours here are no neighbours there any more.
    ///
    /// # Panics
    /// Where the kernel refuses.
    pub fn swap_pages(&self, one: usize, two: usize) {
        if one == two {
            return;
        }
        let at = |page| self.part(page * PAGE, PAGE).base as *mut libc::c_void;
        let spare = Buffer::new(PAGE);
        let spare = spare.address() as *mut libc::c_void;
        for (from, to) in [(at(one), spare), (at(two), at(one)), (spare, at(two))] {
            let flags = libc::MREMAP_MAYMOVE | libc::MREMAP_FIXED;
            // SAFETY: both pages belong to this buffer or to the spare one, which holds nothing.
            let answer = unsafe { libc::mremap(from, PAGE, PAGE, flags, to) };
            assert_eq!(answer, to, "mremap: {:?}", Errno::last());
        }
    }

    /// Takes pages out of the address space; touching them is a fault from now on.
    ///
    /// # Panics
    /// Where the kernel refuses.
    pub fn unmap(&self, offset: usize, length: usize) {
        let part = self.part(offset, length);
        // The range stays reserved, so that no other mapping of the process can slip in.
        // SAFETY: only pages of this buffer change.
        let answer = unsafe {
            libc::mmap(
                part.base as *mut _,
                length,
                libc::PROT_NONE,
                libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_FIXED,
                -1,
                0,
            )
        };
        assert_ne!(answer, libc::MAP_FAILED, "mmap: {:?}", Errno::last());
    }
}

impl Drop for Buffer {
    fn drop(&mut self) {
        // SAFETY: the buffer owns the whole range.
        unsafe { libc::munmap(self.mapping.cast(), self.mapped) };
    }
}

/// An address that is surely not mapped: right before a buffer lies its guard.
pub fn unmapped(buffer: &Buffer) -> u64 {
    (buffer.address() & !(PAGE as u64 - 1)) - PAGE as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_go_in_and_out() {
        let buffer = Buffer::new(10_000);
        buffer.fill(5);
        assert_eq!(buffer.matches("buffer", 5), Ok(()));
        buffer.put(9_999, &[buffer.byte(9_999) ^ 1]);
        assert!(buffer.matches("buffer", 5).is_err());
        buffer.clear();
        assert!(buffer.bytes().iter().all(|&byte| byte == 0));
    }

    #[test]
    fn layouts_lie_where_they_should() {
        let flush = Buffer::flush_end(100);
        assert_eq!((flush.address() as usize + 100) % PAGE, 0);
        let huge = Buffer::with(Layout {
            length: HUGE,
            offset: 12,
            alignment: HUGE,
            ..Layout::default()
        });
        assert_eq!(huge.address() as usize % HUGE, 12);
        huge.fill(1);
        assert_eq!(huge.part(4, 8).base, huge.address() + 4);
    }

    #[test]
    fn pages_can_be_exchanged() {
        let buffer = Buffer::filled(3 * PAGE, 4);
        let before = buffer.bytes();
        buffer.swap_pages(0, 2);
        buffer.swap_pages(1, 1);
        let after = buffer.bytes();
        assert_eq!(after[..PAGE], before[2 * PAGE..]);
        assert_eq!(after[PAGE..2 * PAGE], before[PAGE..2 * PAGE]);
        assert_eq!(after[2 * PAGE..], before[..PAGE]);
    }

    #[test]
    fn guards_surround_the_buffer() {
        let (socket, _other) = std::os::unix::net::UnixStream::pair().unwrap();
        for buffer in [Buffer::new(PAGE), Buffer::flush_end(1)] {
            let end = (buffer.address() as usize + buffer.len()).next_multiple_of(PAGE);
            for guard in [unmapped(&buffer), end as u64] {
                // SAFETY: the kernel checks the address and only reads from it.
                let answer = unsafe { libc::write(socket.as_raw_fd(), guard as *const _, 1) };
                assert_eq!((answer, Errno::last()), (-1, Errno::EFAULT));
            }
        }
    }
}
