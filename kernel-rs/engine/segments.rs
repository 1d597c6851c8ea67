// SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause

//! The segments of its memory that a caller names.

use crate::{
    abi::Iovec,
    host::{
        user::{UserPtr, UserSlice},
        *,
    },
    logic::runs::{self, Run},
};

/// The most segments that one request may have.
const MAXIMUM: usize = 65_530;

/// As many segments as are kept without an allocation.
const FEW: usize = 8;

/// A list of segments, in virtual addresses of the caller; those without bytes are left out.
pub(crate) enum Segments {
    /// The first of them are used.
    Few([Run; FEW], usize),
    /// More than [`FEW`].
    Many(KVVec<Run>),
}

impl Segments {
    /// Reads an array of [`Iovec`].
    ///
    /// # Errors
    ///
    /// [`ENOMEM`] if there are too many segments, [`EFAULT`] if they cannot be read, wrap around, or
    /// have more bytes together than can be counted.
    pub(crate) fn read(array: u64, count: u32) -> Result<Self> {
        let count = count as usize;
        if count > MAXIMUM {
            return Err(ENOMEM);
        }
        let mut segments = if count > FEW {
            Self::Many(KVVec::with_capacity(count, for_caller())?)
        } else {
            Self::Few([Run::default(); FEW], 0)
        };
        let bytes = count * core::mem::size_of::<Iovec>();
        let mut reader = UserSlice::new(UserPtr::from_addr(array as usize), bytes).reader();
        for _ in 0..count {
            segments.push(reader.read()?)?;
        }
        Ok(segments)
    }

    /// The segments as runs.
    pub(crate) fn runs(&self) -> &[Run] {
        match self {
            Self::Few(runs, used) => &runs[..*used],
            Self::Many(runs) => runs,
        }
    }

    /// All bytes of all segments.
    pub(crate) fn length(&self) -> u64 {
        runs::length(self.runs())
    }

    fn push(&mut self, Iovec { base, len }: Iovec) -> Result {
        if len == 0 {
            return Ok(());
        }
        let run = runs::following(self.length(), base, len).ok_or(EFAULT)?;
        match self {
            Self::Few(runs, used) => {
                runs[*used] = run;
                *used += 1;
            }
            Self::Many(runs) => runs.push(run, for_caller())?,
        }
        Ok(())
    }
}
