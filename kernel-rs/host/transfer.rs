// SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause

//! Moving bytes between two positions.
//!
//! Each function that moves does so with `bytes` bytes, which both positions must have ahead of them,
//! and tells how many it moved. A position that it may change moves on by as many; if the other one is
//! in user memory, these bytes must be consecutive there. User space may access the memory meanwhile:
//! what it sees is its own affair, and Rust never sees the memory at all.

use core::ffi::c_void;

use super::{helpers, pages::PinnedCursor, user::UserCursor};
use crate::logic::cursor::Position;

/// Copies from pinned memory to pinned memory.
#[inline]
pub(crate) fn pinned_to_pinned(source: &PinnedCursor<'_>, target: &PinnedCursor<'_>, bytes: u64) {
    let bytes = bytes.min(source.ahead()).min(target.ahead());
    // SAFETY: Both positions have so many bytes, which stay pinned while the positions exist. They
    // may overlap.
    unsafe { helpers::knem_move(target.written(), source.address(), bytes as usize) }
}

/// Copies to user memory from pinned memory; less if some of the former cannot be written.
#[inline]
pub(crate) fn pinned_to_user(
    source: &mut PinnedCursor<'_>,
    target: &UserCursor<'_>,
    bytes: u64,
) -> u64 {
    let to = target.address() as *mut c_void;
    along(source, bytes, |done, from, piece| {
        // SAFETY: The source has so many bytes, which stay pinned while the position exists. The
        // target is checked by the callee.
        unsafe { helpers::knem_copy_to_user(to.wrapping_byte_add(done as usize), from, piece) }
    })
}

/// Copies from user memory to pinned memory; less if some of the former cannot be read.
#[inline]
pub(crate) fn user_to_pinned(
    source: &UserCursor<'_>,
    target: &mut PinnedCursor<'_>,
    bytes: u64,
) -> u64 {
    let from = source.address() as *const c_void;
    target.written();
    along(target, bytes, |done, to, piece| {
        // SAFETY: The target has so many bytes, which stay pinned while the position exists. The
        // source is checked by the callee.
        unsafe { helpers::knem_copy_from_user(to, from.wrapping_byte_add(done as usize), piece) }
    })
}

/// Moves bytes along pinned memory, one stretch of it after the other, and the position with them. `copy`,
/// which moves those of a stretch, is told how many are done, the physical address of the next ones and
/// how many they are, and tells how many of them it left.
#[inline(always)]
fn along(
    position: &mut PinnedCursor<'_>,
    bytes: u64,
    copy: impl Fn(u64, u64, usize) -> usize,
) -> u64 {
    if bytes > position.ahead() {
        return along_many(position, bytes, copy);
    }
    let moved = within(0, position.address(), bytes, copy);
    position.advance(moved);
    moved
}

/// Not inlined: in a larger function the loop would not get the registers that it needs.
#[inline(never)]
fn along_many(
    position: &mut PinnedCursor<'_>,
    bytes: u64,
    copy: impl Fn(u64, u64, usize) -> usize,
) -> u64 {
    position.sweep(bytes, |done, address, piece| {
        within(done, address, piece, &copy)
    })
}

/// Moves the bytes of a stretch, and tells how many it were.
#[inline]
fn within(done: u64, address: u64, bytes: u64, copy: impl Fn(u64, u64, usize) -> usize) -> u64 {
    match copy(done, address, bytes as usize) as u64 {
        0 => bytes,
        left => {
            bytes
                - insist(bytes, left, |part, rest| {
                    copy(done + part, address + part, rest)
                })
        }
    }
}

/// Asks again for what is left of a move. Where some memory cannot be accessed, an architecture may leave up
/// to a few words before it, too, but moves at least one byte if it can: asked until it moves none, it
/// stops where it must.
#[cold]
fn insist(bytes: u64, left: u64, copy: impl Fn(u64, usize) -> usize) -> u64 {
    let mut left = left.min(bytes);
    while left > 0 {
        let still_left = copy(bytes - left, left as usize) as u64;
        if still_left >= left {
            break;
        }
        left = still_left;
    }
    left
}

/// Whether all of `bytes` bytes of user memory can be read now; they are fetched if need be.
pub(crate) fn readable(source: &UserCursor<'_>, bytes: u64) -> bool {
    // SAFETY: The memory is checked by the callee.
    unsafe { helpers::knem_is_readable(source.address() as *const c_void, bytes as usize) }
}
