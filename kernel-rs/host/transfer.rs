// SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause

//! Moving bytes between two positions.
//!
//! Each function moves `bytes` bytes, which both positions must have ahead of them, tells how many it
//! moved, and leaves the positions where they are. User space may access the memory meanwhile: what it sees is its own
//! affair, and Rust never sees the memory at all.

use kernel::{bindings, ffi::c_ulong};

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
    unsafe { helpers::knem_memmove(target.writable(), source.readable(), bytes as usize) };
    bytes
}

/// Copies from pinned memory to user memory; less if some of that cannot be written.
pub(crate) fn pinned_to_user(
    source: &PinnedCursor<'_>,
    target: &UserCursor<'_>,
    bytes: u64,
) -> u64 {
    let (from, to) = (source.readable(), target.pointer());
    up_to_the_fault(bytes.min(source.ahead()), |done, rest| {
        // SAFETY: The source has `done` and `rest` bytes, which stay pinned while the position
        // exists. The target is checked by the callee.
        unsafe { bindings::copy_to_user(to.wrapping_byte_add(done), from.byte_add(done), rest) }
    })
}

/// Copies from user memory to pinned memory; less if some of the former cannot be read.
pub(crate) fn user_to_pinned(
    source: &UserCursor<'_>,
    target: &PinnedCursor<'_>,
    bytes: u64,
) -> u64 {
    let (from, to) = (source.pointer(), target.writable());
    up_to_the_fault(bytes.min(target.ahead()), |done, rest| {
        // SAFETY: The target has `done` and `rest` bytes, which stay pinned while the position
        // exists. The source is checked by the callee.
        unsafe { bindings::copy_from_user(to.byte_add(done), from.wrapping_byte_add(done), rest) }
    })
}

/// Moves `bytes` bytes with `copy`, which is told how many are done and how many are to be done, and
/// tells how many of these it left.
///
/// Where some memory cannot be accessed, an architecture may leave up to a few words before it, too,
/// but moves at least one byte if it can: asked until it moves none, it stops where it must.
fn up_to_the_fault(bytes: u64, mut copy: impl FnMut(usize, usize) -> c_ulong) -> u64 {
    let bytes = bytes as usize;
    let mut done = 0;
    while done < bytes {
        let rest = bytes - done;
        let moved = rest.saturating_sub(copy(done, rest) as usize);
        if moved == 0 {
            break;
        }
        done += moved;
    }
    done as u64
}
