// SPDX-License-Identifier: BSD-3-Clause

use std::io;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::buffer::Buffer;
use crate::signal::Signal;

/// What an owner of regions and a reader tell each other, in memory that both have.
pub struct Stage {
    memory: Buffer,
    looks: u32,
}

/// Pieces of a region at most.
pub const PIECES: usize = 1024;

#[repr(C)]
struct State {
    /// Rounds that the reader has begun.
    begun: Signal,
    /// Regions declared, over all rounds.
    declared: Signal,
    /// Bytes of a piece in this round; 0 to end.
    piece: AtomicU64,
    /// The regions of this round.
    cookies: [AtomicU64; PIECES],
}

impl Stage {
    /// A new one, to be shared by `fork`. Who waits looks so many times before it sleeps.
    pub fn new(looks: u32) -> io::Result<Self> {
        let memory = Buffer::inherited(std::mem::size_of::<State>())?;
        Ok(Self { memory, looks })
    }

    fn state(&self) -> &State {
        // SAFETY: The memory begins on a page, is as large as the state, and was zeroed; both
        // processes access it by atomic operations only.
        unsafe { &*self.memory.address().cast() }
    }

    /// The reader begins a round, of regions of so many bytes, or ends it all with 0.
    pub fn begin(&self, piece: usize) {
        let state = self.state();
        state.piece.store(piece as u64, Ordering::Relaxed);
        state.begun.set(state.begun.get().wrapping_add(1));
    }

    /// The owner waits for the round after so many.
    pub fn next(&self, rounds: u32) -> io::Result<usize> {
        let state = self.state();
        state
            .begun
            .wait_while(self.looks, |begun| begun == rounds)?;
        Ok(state.piece.load(Ordering::Relaxed) as usize)
    }

    /// The owner has declared a region of this round.
    pub fn declare(&self, number: usize, cookie: u64) {
        let state = self.state();
        state.cookies[number].store(cookie, Ordering::Relaxed);
        state.declared.set(state.declared.get().wrapping_add(1));
    }

    /// How many regions were declared in all.
    pub fn declared(&self) -> u32 {
        self.state().declared.get()
    }

    /// The reader waits for a region of this round, before which so many had been declared.
    pub fn region(&self, before: u32, number: usize) -> io::Result<u64> {
        let state = self.state();
        let missing = |declared: u32| declared.wrapping_sub(before) as usize <= number;
        state.declared.wait_while(self.looks, missing)?;
        Ok(state.cookies[number].load(Ordering::Relaxed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regions_come_in_turn() {
        let stage = Stage::new(0).unwrap();
        stage.begin(512);
        assert_eq!(stage.next(0).unwrap(), 512);
        let before = stage.declared();
        stage.declare(0, 7);
        stage.declare(1, 8);
        assert_eq!(stage.region(before, 1).unwrap(), 8);
        assert_eq!(stage.region(before, 0).unwrap(), 7);
    }
}
