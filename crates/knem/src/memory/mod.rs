// SPDX-License-Identifier: BSD-3-Clause

mod mapping;
mod words;

use std::fmt;
use std::ops::{Bound, RangeBounds};
use std::sync::Arc;

use mapping::Mapping;

use crate::{Error, Result, Segment};

/// Memory that other processes may copy to while this one looks at it: zero-filled at first, never
/// moved, and only accessible by copies in and out.
///
/// It is a mapping of its own, not of the allocator. Clones and [slices](Memory::slice) share it,
/// and it is unmapped with the last of them, regions and copies that use it included. Pages that
/// a copy still holds then are nobody else's until it is over.
///
/// Copies in and out may meet those of others in the middle: then some bytes are old and some new.
/// They order nothing; messages between the processes, or the end of a copy, do.
///
/// ```
/// let memory = knem::Memory::new(8)?;
/// memory.write(2, b"knem");
/// assert_eq!(memory.to_vec(), b"\0\0knem\0\0");
/// assert_eq!(memory.slice(3..5).to_vec(), b"ne");
/// # Ok::<(), knem::Error>(())
/// ```
///
/// There is no way to a reference, which others would break by writing:
///
/// ```compile_fail
/// let memory = knem::Memory::new(8)?;
/// let bytes: &[u8] = memory.as_ref();
/// # Ok::<(), knem::Error>(())
/// ```
#[derive(Clone)]
pub struct Memory {
    mapping: Arc<Mapping>,
    offset: usize,
    length: usize,
}

impl Memory {
    /// `length` bytes.
    ///
    /// # Errors
    /// [`Error::NoMemory`].
    pub fn new(length: usize) -> Result<Self> {
        Self::map(length, false)
    }

    /// `length` bytes, in huge pages of 2 MiB where the kernel gives them: regions of them are
    /// declared faster, and copied faster.
    ///
    /// # Errors
    /// [`Error::NoMemory`].
    pub fn huge(length: usize) -> Result<Self> {
        Self::map(length, true)
    }

    fn map(length: usize, huge: bool) -> Result<Self> {
        let mapping = Mapping::new(length, huge).map_err(|error| Error::io("map memory", error))?;
        Ok(Self {
            mapping: Arc::new(mapping),
            offset: 0,
            length,
        })
    }

    /// Bytes.
    pub fn len(&self) -> usize {
        self.length
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// A part of this memory, which shares it.
    ///
    /// # Panics
    /// Where the range does not lie inside.
    pub fn slice(&self, range: impl RangeBounds<usize>) -> Self {
        let start = match range.start_bound() {
            Bound::Included(&start) => start,
            Bound::Excluded(&before) => before.saturating_add(1),
            Bound::Unbounded => 0,
        };
        let end = match range.end_bound() {
            Bound::Included(&last) => last.saturating_add(1),
            Bound::Excluded(&end) => end,
            Bound::Unbounded => self.length,
        };
        assert!(
            start <= end,
            "the range {start}..{end} ends before it begins"
        );
        self.check(start, end - start);
        Self {
            mapping: Arc::clone(&self.mapping),
            offset: self.offset + start,
            length: end - start,
        }
    }

    /// Copies from this memory, `offset` bytes in, to `to`.
    ///
    /// # Panics
    /// Where so many bytes are not there.
    pub fn read(&self, offset: usize, to: &mut [u8]) {
        self.check(offset, to.len());
        words::load(self.mapping.words(), self.offset + offset, to);
    }

    /// Copies `from` to this memory, `offset` bytes in.
    ///
    /// # Panics
    /// Where so many bytes are not there.
    pub fn write(&self, offset: usize, from: &[u8]) {
        self.check(offset, from.len());
        words::store(self.mapping.words(), self.offset + offset, from);
    }

    /// A copy of all bytes.
    pub fn to_vec(&self) -> Vec<u8> {
        let mut bytes = vec![0; self.length];
        self.read(0, &mut bytes);
        bytes
    }

    /// The first byte's address, for calls that take one. See [`Memory`] for what may be done there.
    pub fn address(&self) -> *mut u8 {
        self.mapping.start().wrapping_add(self.offset)
    }

    pub(crate) fn segment(&self) -> Segment {
        Segment::new(self.address(), self.length)
    }

    fn check(&self, offset: usize, length: usize) {
        let end = offset.checked_add(length);
        let inside = end.is_some_and(|end| end <= self.length);
        assert!(
            inside,
            "{length} bytes at {offset} do not lie in memory of {} bytes",
            self.length
        );
    }
}

impl fmt::Debug for Memory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Memory")
            .field("address", &self.address())
            .field("length", &self.length)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn begins_with_zeroes_and_shares_with_its_slices() {
        let memory = Memory::new(100).unwrap();
        assert_eq!(memory.to_vec(), [0; 100]);
        let middle = memory.slice(10..=19).slice(..5).slice(1..);
        middle.write(0, &[1, 2, 3, 4]);
        let mut around = [9; 6];
        memory.read(10, &mut around);
        assert_eq!(around, [0, 1, 2, 3, 4, 0]);
        assert_eq!(middle.address(), memory.address().wrapping_add(11));
        drop(memory);
        assert_eq!(middle.to_vec(), [1, 2, 3, 4]);
    }

    #[test]
    #[cfg_attr(miri, ignore = "asks the kernel")]
    fn may_be_empty() {
        let memory = Memory::huge(0).unwrap();
        assert!(memory.is_empty() && memory.to_vec().is_empty());
        memory.write(0, &[]);
        assert_eq!(memory.slice(..).len(), 0);
    }

    #[test]
    #[should_panic(expected = "3 bytes at 6 do not lie in memory of 8 bytes")]
    fn ends_where_it_ends() {
        Memory::new(8).unwrap().read(6, &mut [0; 3]);
    }

    #[test]
    #[should_panic(expected = "do not lie in memory")]
    fn has_no_slice_outside() {
        let _ = Memory::new(8).unwrap().slice(7..10);
    }

    #[test]
    #[should_panic(expected = "do not lie in memory")]
    fn does_not_wrap() {
        Memory::new(8).unwrap().write(usize::MAX, &[1, 2]);
    }
}
