// SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause

//! The segments of its memory that a caller names.

use core::mem;

use crate::{
    abi::Iovec,
    host::{
        list::RunList,
        user::{self, UserPtr},
        *,
    },
    logic::runs::{self, Run},
};

/// The most segments that one request may have.
const MAXIMUM: usize = 65_530;

/// As many segments as are kept without an allocation.
const FEW: usize = 8;

/// A list of segments, in virtual addresses of the caller; those without bytes are left out.
pub(crate) struct Segments(RunList<FEW>);

impl Segments {
    /// No segments.
    #[inline]
    pub(crate) fn new() -> Self {
        Self(RunList::new())
    }

    /// Reads an array of [`Iovec`]; there are no segments before.
    ///
    /// # Errors
    ///
    /// [`ENOMEM`] if there are too many segments, [`EFAULT`] if they cannot be read, wrap around, or
    /// have more bytes together than can be counted.
    pub(crate) fn read(&mut self, array: u64, count: u32) -> Result {
        let count = count as usize;
        if count > MAXIMUM {
            return Err(ENOMEM);
        }
        let mut place = UserPtr::from_addr(array as usize);
        let mut length = 0;
        for left in (1..=count).rev() {
            let Iovec { base, len } = user::read(place)?;
            place = place.wrapping_byte_add(mem::size_of::<Iovec>());
            if len > 0 {
                let run = runs::following(length, base, len).ok_or(EFAULT)?;
                self.0.push(run, left)?;
                length = run.end;
            }
        }
        Ok(())
    }

    /// The segments as runs.
    pub(crate) fn runs(&self) -> &[Run] {
        self.0.as_slice()
    }

    /// All bytes of all segments.
    pub(crate) fn length(&self) -> u64 {
        self.0.length()
    }
}
