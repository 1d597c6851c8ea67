// SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause

//! The memory of the calling process.

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

/// A position in user memory that is told in virtual addresses. Nothing is known about the memory
/// before it is accessed.
pub(crate) struct UserCursor<'a>(Cursor<'a>);

impl<'a> UserCursor<'a> {
    /// A cursor at the start of `segments`.
    pub(crate) fn new(segments: &'a [Run]) -> Self {
        Self(Cursor::new(segments, 0))
    }

    /// The address of the next byte.
    pub(super) fn address(&self) -> u64 {
        self.0.address()
    }
}

impl Position for UserCursor<'_> {
    fn ahead(&self) -> u64 {
        self.0.ahead()
    }

    fn advance(&mut self, bytes: u64) {
        self.0.advance(bytes);
    }
}
