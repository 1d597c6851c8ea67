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
    mut source: PinnedCursor<'_>,
    mut target: PinnedCursor<'_>,
    length: u64,
    given_up: impl Fn() -> bool,
) -> u64 {
    walk(length, given_up, |most| {
        let bytes = most.min(source.ahead()).min(target.ahead());
        transfer::pinned_to_pinned(&source, &target, bytes);
        source.advance(bytes);
        target.advance(bytes);
        Step::all(bytes)
    })
}

/// Copies from a region to local memory; less also if that cannot be written.
pub(super) fn to_user(
    mut source: PinnedCursor<'_>,
    mut target: UserCursor<'_>,
    length: u64,
    given_up: impl Fn() -> bool,
) -> u64 {
    walk(length, given_up, |most| {
        let wanted = most.min(target.ahead());
        let moved = transfer::pinned_to_user(&mut source, &target, wanted);
        target.advance(wanted);
        Step { wanted, moved }
    })
}

/// Copies from local memory to a region; less also if the former cannot be read.
pub(super) fn from_user(
    mut source: UserCursor<'_>,
    mut target: PinnedCursor<'_>,
    length: u64,
    given_up: impl Fn() -> bool,
) -> u64 {
    walk(length, given_up, |most| {
        let wanted = most.min(source.ahead());
        let moved = transfer::user_to_pinned(&source, &mut target, wanted);
        source.advance(wanted);
        Step { wanted, moved }
    })
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

/// What a step of a copy was to move, and moved.
struct Step {
    wanted: u64,
    moved: u64,
}

impl Step {
    fn all(bytes: u64) -> Self {
        Self {
            wanted: bytes,
            moved: bytes,
        }
    }
}

/// Makes step after step, each of at most so many bytes as it is told, until `length` bytes are moved or a
/// step does not get to its end, and looks up now and then.
#[inline]
fn walk(length: u64, given_up: impl Fn() -> bool, mut step: impl FnMut(u64) -> Step) -> u64 {
    let mut copied = 0;
    let mut unseen = 0;
    while copied < length {
        let Step { wanted, moved } = step((length - copied).min(CHUNK));
        copied += moved;
        if moved < wanted || wanted == 0 {
            break;
        }
        unseen += wanted.max(STEP);
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
