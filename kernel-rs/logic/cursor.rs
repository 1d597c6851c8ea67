// SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause

//! A position in a list of runs.

use super::runs::{self, Run};

/// Something that moves on through memory, one stretch of consecutive bytes after the other.
pub trait Position {
    /// How many consecutive bytes follow; 0 only at the end.
    fn ahead(&self) -> u64;

    /// Moves on by `bytes`, at most [`Self::ahead`].
    fn advance(&mut self, bytes: u64);
}

/// Walks a list of runs from a given offset to its end.
///
/// # Invariants
///
/// `ahead` bytes from `address` on are the rest of a run, which ends at `end` in the list and is
/// followed by the runs `behind`; it is 0 only if there are no more bytes.
#[derive(Clone, Debug)]
pub struct Cursor<'a> {
    address: u64,
    ahead: u64,
    end: u64,
    behind: &'a [Run],
}

impl<'a> Cursor<'a> {
    /// A cursor before the byte at `offset`, or at the end if there is none.
    #[inline(always)]
    pub fn new(runs: &'a [Run], offset: u64) -> Self {
        let (index, skipped) = runs::locate(runs, offset);
        let mut cursor = Self::before(
            runs.get(index..).unwrap_or_default(),
            runs::start(runs, index),
        );
        cursor.address += skipped;
        // INVARIANT: `locate` skips less than the run that it finds.
        cursor.ahead -= skipped;
        cursor
    }

    /// A cursor before the first byte.
    #[inline]
    pub fn start(runs: &'a [Run]) -> Self {
        Self::before(runs, 0)
    }

    /// A cursor before the first of these runs, which begins at `end` in the list.
    #[inline]
    fn before(behind: &'a [Run], end: u64) -> Self {
        // INVARIANT: Nothing of the list is left but these runs.
        let mut cursor = Self {
            address: 0,
            ahead: 0,
            end,
            behind,
        };
        cursor.enter();
        cursor
    }

    /// The address of the next byte; 0 at the end.
    #[inline]
    pub fn address(&self) -> u64 {
        self.address
    }

    /// Moves on by `bytes` bytes, or to the end, one stretch after the other, and tells how many bytes it
    /// were. `step` is told how many are done, the address of the next ones and how many they are, and
    /// tells how many of them it managed; if that is less, the cursor stops there.
    ///
    /// The same as to look at [`Self::address`] and [`Position::ahead`] and to advance, in half the
    /// instructions.
    pub fn sweep(&mut self, bytes: u64, step: impl Fn(u64, u64, u64) -> u64) -> u64 {
        let origin = self.end - self.ahead;
        let goal = origin.saturating_add(bytes);
        let first = self.ahead.min(bytes);
        let done = step(0, self.address, first);
        if done < first || done == bytes {
            self.advance(done);
            return done;
        }
        let mut at = self.end;
        for (index, run) in self.behind.iter().enumerate() {
            let piece = run.end.min(goal) - at;
            let done = step(at - origin, run.address, piece);
            at += done;
            if done < piece || at == goal {
                // INVARIANT: The cursor enters the run, and moves on in it.
                self.end = at - done;
                self.behind = self.behind.get(index..).unwrap_or_default();
                self.enter();
                self.advance(done);
                return at - origin;
            }
        }
        self.end = at;
        self.behind = &[];
        // INVARIANT: There are no more bytes.
        self.enter();
        at - origin
    }

    /// Goes to the start of the next run, or to the end.
    #[inline]
    fn enter(&mut self) {
        // INVARIANT: No run is empty.
        (self.address, self.ahead, self.behind) = match self.behind.split_first() {
            Some((run, behind)) => (run.address, run.end - self.end, behind),
            None => (0, 0, self.behind),
        };
        self.end += self.ahead;
    }
}

impl Position for Cursor<'_> {
    #[inline]
    fn ahead(&self) -> u64 {
        self.ahead
    }

    #[inline]
    fn advance(&mut self, bytes: u64) {
        if bytes < self.ahead {
            // INVARIANT: Bytes remain in this run.
            self.ahead -= bytes;
            self.address += bytes;
        } else {
            self.enter();
        }
    }
}

/// How many bytes a copy moves: the shortest of both sides beyond their offsets, and `limit`.
pub fn effective_length(source: (u64, u64), target: (u64, u64), limit: u64) -> u64 {
    let beyond = |(length, offset): (u64, u64)| length.saturating_sub(offset);
    beyond(source).min(beyond(target)).min(limit)
}
