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
/// `skipped` is less than the length of the run at `index`, or 0 if there is no such run.
#[derive(Clone, Debug)]
pub struct Cursor<'a> {
    runs: &'a [Run],
    index: usize,
    skipped: u64,
}

impl<'a> Cursor<'a> {
    /// A cursor before the byte at `offset`, or at the end if there is none.
    pub fn new(runs: &'a [Run], offset: u64) -> Self {
        // INVARIANT: `locate` returns just this.
        let (index, skipped) = runs::locate(runs, offset);
        Self {
            runs,
            index,
            skipped,
        }
    }

    /// The address of the next byte; 0 at the end.
    pub fn address(&self) -> u64 {
        self.runs
            .get(self.index)
            .map_or(0, |run| run.address + self.skipped)
    }
}

impl Position for Cursor<'_> {
    fn ahead(&self) -> u64 {
        self.runs.get(self.index).map_or(0, |run| {
            run.end - runs::start(self.runs, self.index) - self.skipped
        })
    }

    fn advance(&mut self, bytes: u64) {
        // INVARIANT: Either bytes remain in this run, or the next one is entered at its start.
        if bytes < self.ahead() {
            self.skipped += bytes;
        } else {
            self.index += 1;
            self.skipped = 0;
        }
    }
}

/// How many bytes a copy moves: the shortest of both sides beyond their offsets, and `limit`.
pub fn effective_length(source: (u64, u64), target: (u64, u64), limit: u64) -> u64 {
    let beyond = |(length, offset): (u64, u64)| length.saturating_sub(offset);
    beyond(source).min(beyond(target)).min(limit)
}
