// SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause

//! The memory of the calling process.

use core::{
    mem::{self, MaybeUninit},
    ptr,
};

use kernel::prelude::*;

use super::helpers;
use crate::{
    abi,
    logic::{
        cursor::{Cursor, Position},
        runs::Run,
    },
};

pub(crate) use kernel::{
    transmute::{AsBytes, FromBytes},
    uaccess::{UserPtr, UserSlice, UserSliceWriter},
};

/// Declares that structures of the contract are plain integers without padding.
macro_rules! plain {
    ($($structure:ty),* $(,)?) => {$(
        // SAFETY: A `repr(C)` structure of integers, without padding: `crates/knem-abi` asserts it.
        unsafe impl AsBytes for $structure {}
        // SAFETY: As above; every bit pattern is valid.
        unsafe impl FromBytes for $structure {}
    )*};
}

plain!(
    abi::BindOffload,
    abi::CopyCounted,
    abi::DestroyRegionWait,
    abi::Info,
    abi::InitAsyncRecv,
    abi::InitSend,
    abi::InlineCopyCounted,
    abi::Iovec,
    abi::CreateRegion,
    abi::Copy,
    abi::CopyBounded,
    abi::InlineCopy,
    abi::InlineCopyBounded,
    abi::Statistics,
    abi::SyncRecv,
);

/// Reads a structure of whole words of 64 bits.
///
/// # Errors
///
/// [`EFAULT`] if it cannot be read.
#[inline]
pub(crate) fn read<T: FromBytes>(source: UserPtr) -> Result<T> {
    let mut target = MaybeUninit::<T>::uninit();
    let (first, words) = (target.as_mut_ptr().cast(), const { words::<T>() });
    // SAFETY: There is room for so many words. The source is checked by the callee.
    if unsafe { helpers::knem_read_words(first, source.as_const_ptr().cast(), words) } {
        // SAFETY: All of it was written just now, and every bit pattern is valid.
        Ok(unsafe { target.assume_init() })
    } else {
        Err(EFAULT)
    }
}

/// Writes a structure of whole words of 64 bits.
///
/// # Errors
///
/// [`EFAULT`] if it cannot be written.
#[inline]
pub(crate) fn write<T: AsBytes>(target: UserPtr, value: &T) -> Result {
    let (first, words) = (ptr::from_ref(value).cast(), const { words::<T>() });
    // SAFETY: There are so many words, all of them initialised. The target is checked by the callee.
    if unsafe { helpers::knem_write_words(target.as_mut_ptr().cast(), first, words) } {
        Ok(())
    } else {
        Err(EFAULT)
    }
}

/// How many words a structure has.
const fn words<T>() -> usize {
    assert!(mem::size_of::<T>() % mem::size_of::<u64>() == 0);
    assert!(mem::align_of::<T>() <= mem::align_of::<u64>());
    mem::size_of::<T>() / mem::size_of::<u64>()
}

/// A position in user memory that is told in virtual addresses. Nothing is known about the memory
/// before it is accessed.
pub(crate) struct UserCursor<'a>(Cursor<'a>);

impl<'a> UserCursor<'a> {
    /// A cursor at the start of `segments`.
    pub(crate) fn new(segments: &'a [Run]) -> Self {
        Self(Cursor::start(segments))
    }

    /// The address of the next byte.
    #[inline]
    pub(super) fn address(&self) -> u64 {
        self.0.address()
    }
}

impl Position for UserCursor<'_> {
    #[inline]
    fn ahead(&self) -> u64 {
        self.0.ahead()
    }

    #[inline]
    fn advance(&mut self, bytes: u64) {
        self.0.advance(bytes);
    }
}
