// SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause

//! Moving bytes between two positions.
//!
//! Each function that moves does so with `bytes` bytes, which both positions must have ahead of them,
//! tells how many it moved, and leaves the positions where they are. User space may access the memory
//! meanwhile: what it sees is its own affair, and Rust never sees the memory at all.

use core::ffi::c_void;

use super::{helpers, pages::PinnedCursor, user::UserCursor};
use crate::logic::cursor::Position;

/// Copies from pinned memory to pinned memory.
pub(crate) fn pinned_to_pinned(
    source: &PinnedCursor<'_>,
    target: &PinnedCursor<'_>,
    bytes: u64,
) -> u64 {
    let bytes = bytes.min(source.ahead()).min(target.ahead());
    // SAFETY: Both positions have so many bytes, which stay pinned while the positions exist. They
    // may overlap.
    unsafe { helpers::knem_move(target.written(), source.address(), bytes as usize) };
    bytes
}

/// Copies from pinned memory to user memory; less if some of that cannot be written.
pub(crate) fn pinned_to_user(
    source: &PinnedCursor<'_>,
    target: &UserCursor<'_>,
    bytes: u64,
) -> u64 {
    let bytes = bytes.min(source.ahead());
    let user = target.address() as *mut c_void;
    // SAFETY: The source has so many bytes, which stay pinned while the position exists. The target
    // is checked by the callee.
    let left = unsafe { helpers::knem_copy_to_user(user, source.address(), bytes as usize) };
    bytes.saturating_sub(left as u64)
}

/// Copies from user memory to pinned memory; less if some of the former cannot be read.
pub(crate) fn user_to_pinned(
    source: &UserCursor<'_>,
    target: &PinnedCursor<'_>,
    bytes: u64,
) -> u64 {
    let bytes = bytes.min(target.ahead());
    let user = source.address() as *const c_void;
    // SAFETY: The target has so many bytes, which stay pinned while the position exists. The source
    // is checked by the callee.
    let left = unsafe { helpers::knem_copy_from_user(target.written(), user, bytes as usize) };
    bytes.saturating_sub(left as u64)
}

/// Whether all of `bytes` bytes of user memory can be read now; they are fetched if need be.
pub(crate) fn readable(source: &UserCursor<'_>, bytes: u64) -> bool {
    // SAFETY: The memory is checked by the callee.
    unsafe { helpers::knem_is_readable(source.address() as *const c_void, bytes as usize) }
}
