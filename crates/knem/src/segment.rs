// SPDX-License-Identifier: BSD-3-Clause

use std::io::{IoSlice, IoSliceMut};

/// A piece of this process's memory, by address. It borrows nothing: see the calls that take it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(transparent)]
pub struct Segment(knem_abi::Iovec);

impl Segment {
    /// `length` bytes that begin at `address`.
    pub fn new(address: *const u8, length: usize) -> Self {
        Self(knem_abi::Iovec {
            base: address as u64,
            len: length as u64,
        })
    }

    /// Bytes.
    pub fn length(&self) -> u64 {
        self.0.len
    }
}

impl From<&[u8]> for Segment {
    fn from(bytes: &[u8]) -> Self {
        Self::new(bytes.as_ptr(), bytes.len())
    }
}

impl From<&mut [u8]> for Segment {
    fn from(bytes: &mut [u8]) -> Self {
        Self::new(bytes.as_mut_ptr(), bytes.len())
    }
}

impl From<&IoSlice<'_>> for Segment {
    fn from(bytes: &IoSlice<'_>) -> Self {
        Self::new(bytes.as_ptr(), bytes.len())
    }
}

impl From<&mut IoSliceMut<'_>> for Segment {
    fn from(bytes: &mut IoSliceMut<'_>) -> Self {
        Self::new(bytes.as_mut_ptr(), bytes.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_what_the_module_reads() {
        let bytes = [1u8, 2, 3];
        let segment = Segment::from(&bytes[1..]);
        assert_eq!(segment.0.base, bytes.as_ptr() as u64 + 1);
        assert_eq!(segment.0.len, 2);
        assert_eq!(size_of::<Segment>(), size_of::<knem_abi::Iovec>());
    }
}
