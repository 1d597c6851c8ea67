// SPDX-License-Identifier: BSD-3-Clause

use std::io::{IoSlice, IoSliceMut};

use crate::{Memory, Segment};

/// The caller's own side of a copy from a region: bytes, several places in turn, or [`Memory`].
///
/// # Safety
/// The segments may be overwritten for as long as the value lives.
pub unsafe trait Target {
    /// The places, in order.
    type Segments: AsRef<[Segment]>;

    /// Where the bytes go.
    fn segments(&mut self) -> Self::Segments;
}

/// The caller's own side of a copy to a region: bytes, several places in turn, or [`Memory`].
///
/// # Safety
/// The segments may be read for as long as the value lives.
pub unsafe trait Source {
    /// The places, in order.
    type Segments: AsRef<[Segment]>;

    /// Where the bytes come from.
    fn segments(&self) -> Self::Segments;
}

/// Segments of which somebody promised that they may be used.
#[derive(Clone, Copy, Debug)]
pub struct Promised<'s>(&'s [Segment]);

impl<'s> Promised<'s> {
    /// Segments to copy from, or to.
    ///
    /// # Safety
    /// Their memory is the caller's to read, or to overwrite where it is the target of a copy, for
    /// as long as the value lives. It need not be mapped: the module checks that.
    pub const unsafe fn new(segments: &'s [Segment]) -> Self {
        Self(segments)
    }
}

// SAFETY: As promised to `new`.
unsafe impl<'s> Target for Promised<'s> {
    type Segments = &'s [Segment];

    fn segments(&mut self) -> Self::Segments {
        self.0
    }
}

// SAFETY: As promised to `new`.
unsafe impl<'s> Source for Promised<'s> {
    type Segments = &'s [Segment];

    fn segments(&self) -> Self::Segments {
        self.0
    }
}

// SAFETY: The bytes are borrowed for writing.
unsafe impl Target for &mut [u8] {
    type Segments = [Segment; 1];

    fn segments(&mut self) -> Self::Segments {
        [Segment::from(&mut **self)]
    }
}

// SAFETY: As above.
unsafe impl Target for &mut Vec<u8> {
    type Segments = [Segment; 1];

    fn segments(&mut self) -> Self::Segments {
        [Segment::from(&mut self[..])]
    }
}

// SAFETY: As above.
unsafe impl<const N: usize> Target for &mut [u8; N] {
    type Segments = [Segment; 1];

    fn segments(&mut self) -> Self::Segments {
        [Segment::from(&mut self[..])]
    }
}

// SAFETY: As above.
unsafe impl Target for &mut [IoSliceMut<'_>] {
    type Segments = Vec<Segment>;

    fn segments(&mut self) -> Self::Segments {
        self.iter_mut().map(Segment::from).collect()
    }
}

// SAFETY: The memory is shared, and there are no references to its bytes.
unsafe impl Target for &Memory {
    type Segments = [Segment; 1];

    fn segments(&mut self) -> Self::Segments {
        [self.segment()]
    }
}

// SAFETY: As above.
unsafe impl Target for &[Memory] {
    type Segments = Vec<Segment>;

    fn segments(&mut self) -> Self::Segments {
        self.iter().map(Memory::segment).collect()
    }
}

// SAFETY: The bytes are borrowed.
unsafe impl Source for &[u8] {
    type Segments = [Segment; 1];

    fn segments(&self) -> Self::Segments {
        [Segment::from(*self)]
    }
}

// SAFETY: As above.
unsafe impl Source for &Vec<u8> {
    type Segments = [Segment; 1];

    fn segments(&self) -> Self::Segments {
        [Segment::from(&self[..])]
    }
}

// SAFETY: As above.
unsafe impl<const N: usize> Source for &[u8; N] {
    type Segments = [Segment; 1];

    fn segments(&self) -> Self::Segments {
        [Segment::from(&self[..])]
    }
}

// SAFETY: As above.
unsafe impl Source for &[IoSlice<'_>] {
    type Segments = Vec<Segment>;

    fn segments(&self) -> Self::Segments {
        self.iter().map(Segment::from).collect()
    }
}

// SAFETY: The memory is mapped for as long as it is borrowed.
unsafe impl Source for &Memory {
    type Segments = [Segment; 1];

    fn segments(&self) -> Self::Segments {
        [self.segment()]
    }
}

// SAFETY: As above.
unsafe impl Source for &[Memory] {
    type Segments = Vec<Segment>;

    fn segments(&self) -> Self::Segments {
        self.iter().map(Memory::segment).collect()
    }
}
