// SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause

//! The copying itself.

use crate::{
    host::{pages::PinnedCursor, task, transfer, user::UserCursor, *},
    logic::cursor::Position,
};

/// The most bytes that are copied without looking up: at the scheduler, and whether the caller is
/// about to die.
const CHUNK: u64 = 1 << 20;

/// What a step counts for at least, so that many tiny steps look up as well.
const STEP: u64 = 1 << 12;

/// From where to where a copy goes.
pub(crate) enum Route<'a> {
    /// Between regions, or between a region and pinned local memory.
    PinnedToPinned(PinnedCursor<'a>, PinnedCursor<'a>),
    /// From a region to local memory.
    PinnedToUser(PinnedCursor<'a>, UserCursor<'a>),
    /// From local memory to a region.
    UserToPinned(UserCursor<'a>, PinnedCursor<'a>),
}

impl Route<'_> {
    /// Copies so many bytes, which both ends must have.
    ///
    /// # Errors
    ///
    /// [`EFAULT`] if user memory is not there, [`EINTR`] if the caller is about to die. Some bytes
    /// may have been copied.
    pub(crate) fn copy(self, length: u64) -> Result {
        match self {
            Self::PinnedToPinned(source, target) => {
                walk(source, target, length, |from, to, bytes| {
                    transfer::pinned_to_pinned(from, to, bytes);
                    Ok(())
                })
            }
            Self::PinnedToUser(source, target) => {
                walk(source, target, length, transfer::pinned_to_user)
            }
            Self::UserToPinned(source, target) => {
                walk(source, target, length, transfer::user_to_pinned)
            }
        }
    }
}

/// Moves along both positions, one stretch that is consecutive on either side after the other.
fn walk<S: Position, T: Position>(
    mut source: S,
    mut target: T,
    length: u64,
    step: impl Fn(&S, &T, u64) -> Result,
) -> Result {
    let mut left = length;
    let mut unseen = 0;
    while left > 0 {
        let bytes = left.min(source.ahead()).min(target.ahead()).min(CHUNK);
        if bytes == 0 {
            return Err(EFAULT);
        }
        step(&source, &target, bytes)?;
        source.advance(bytes);
        target.advance(bytes);
        left -= bytes;
        unseen += bytes.max(STEP);
        if unseen >= CHUNK {
            unseen = 0;
            look_up()?;
        }
    }
    Ok(())
}

#[cold]
fn look_up() -> Result {
    task::reschedule();
    if task::is_dying() {
        return Err(EINTR);
    }
    Ok(())
}
