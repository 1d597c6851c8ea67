// SPDX-License-Identifier: BSD-3-Clause

use std::io::{IoSlice, IoSliceMut};

use crate::{Error, Result};

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

    /// Where it begins.
    pub fn address(&self) -> u64 {
        self.0.base
    }

    /// Bytes.
    pub fn length(&self) -> u64 {
        self.0.len
    }

    /// Its first bytes; `length` is at most its own.
    pub(crate) fn first(&self, length: u64) -> Self {
        debug_assert!(length <= self.0.len);
        Self(knem_abi::Iovec {
            base: self.0.base,
            len: length,
        })
    }

    /// The same for the calls of the C library.
    pub(crate) fn iovec(&self) -> libc::iovec {
        libc::iovec {
            iov_base: self.0.base as *mut libc::c_void,
            iov_len: self.0.len as usize,
        }
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

/// The number of segments, as the module takes it.
///
/// # Errors
/// [`Error::NoMemory`], which is the module's answer to far fewer.
pub(crate) fn count(segments: &[Segment], action: &'static str) -> Result<u32> {
    u32::try_from(segments.len()).map_err(|_| Error::NoMemory { action })
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
