// SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause

//! The copying itself.

use crate::{
    host::{pages::PinnedCursor, task, transfer, user::UserCursor},
    logic::cursor::Position,
};

/// The most bytes that are copied without looking up: at the scheduler, and whether anybody still
/// wants the copy.
const CHUNK: u64 = 1 << 20;

/// What a step counts for at least, so that many tiny steps look up as well.
const STEP: u64 = 1 << 12;

/// Copies so many bytes, which both ends must have, between regions, or between a region and pinned
/// local memory. Tells how many it were: less if the copy was given up.
pub(super) fn between(
    source: PinnedCursor<'_>,
    target: PinnedCursor<'_>,
    length: u64,
    given_up: impl Fn() -> bool,
) -> u64 {
    walk(source, target, length, transfer::pinned_to_pinned, given_up)
}

/// Copies from a region to local memory; less also if that cannot be written.
pub(super) fn to_user(
    source: PinnedCursor<'_>,
    target: UserCursor<'_>,
    length: u64,
    given_up: impl Fn() -> bool,
) -> u64 {
    walk(source, target, length, transfer::pinned_to_user, given_up)
}

/// Copies from local memory to a region; less also if the former cannot be read.
pub(super) fn from_user(
    source: UserCursor<'_>,
    target: PinnedCursor<'_>,
    length: u64,
    given_up: impl Fn() -> bool,
) -> u64 {
    walk(source, target, length, transfer::user_to_pinned, given_up)
}

/// Whether all bytes from a position on can be read now; not if the caller does not want to know any
/// more.
pub(super) fn readable(mut source: UserCursor<'_>, given_up: impl Fn() -> bool) -> bool {
    let mut unseen = 0;
    while source.ahead() > 0 {
        let bytes = source.ahead().min(CHUNK);
        if !transfer::readable(&source, bytes) {
            return false;
        }
        source.advance(bytes);
        unseen += bytes.max(STEP);
        if unseen >= CHUNK {
            unseen = 0;
            task::reschedule();
            if given_up() {
                return false;
            }
        }
    }
    true
}

/// Moves along both positions, one stretch that is consecutive on either side after the other.
#[inline]
fn walk<S: Position, T: Position>(
    mut source: S,
    mut target: T,
    length: u64,
    step: impl Fn(&S, &T, u64) -> u64,
    given_up: impl Fn() -> bool,
) -> u64 {
    let mut copied = 0;
    let mut unseen = 0;
    while copied < length {
        let left = length - copied;
        let bytes = left.min(source.ahead()).min(target.ahead()).min(CHUNK);
        let moved = step(&source, &target, bytes);
        copied += moved;
        if moved < bytes || bytes == 0 {
            break;
        }
        source.advance(bytes);
        target.advance(bytes);
        unseen += bytes.max(STEP);
        if unseen >= CHUNK {
            unseen = 0;
            task::reschedule();
            if given_up() {
                break;
            }
        }
    }
    copied
}
