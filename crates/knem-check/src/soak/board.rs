// SPDX-License-Identifier: BSD-3-Clause

//! What the processes share: where each shows its regions, and what all of them count.

use std::sync::atomic::{
    fence, AtomicU64, Ordering::Acquire, Ordering::Relaxed, Ordering::Release,
};

use knem_abi::Cookie;
use knem_check::memory::Buffer;

/// How many processes there are.
pub const WORKERS: usize = 8;
/// How many regions each shows.
pub const SHOWN: usize = 4;

/// A region that others may read: its bytes are those of a seed as long as its cookie is good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Offer {
    /// Its cookie; 0 for none.
    pub cookie: Cookie,
    /// The seed of its bytes.
    pub seed: u64,
    /// Bytes.
    pub length: u64,
}

/// An offer that changes while others look at it.
#[repr(C)]
struct Place {
    /// Odd while the offer is written. Whoever is killed then leaves it so.
    version: AtomicU64,
    offer: [AtomicU64; 3],
}

/// What is counted.
#[derive(Clone, Copy)]
pub enum Tally {
    /// Copies that ended well, and whose bytes were right.
    Copies,
    /// Bytes that were verified.
    Bytes,
    /// Copies that were refused, as some must be.
    Refused,
    /// Copies of wrong bytes, and calls that ended with an error that makes no sense.
    Wrong,
}

/// The memory that all share.
#[repr(C)]
struct Shared {
    places: [[Place; SHOWN]; WORKERS],
    tallies: [AtomicU64; 4],
}

/// The board; its processes are forked after it is made.
pub struct Board(Buffer);

impl Board {
    /// Nothing is shown.
    pub fn new() -> Board {
        Board(Buffer::shared(std::mem::size_of::<Shared>()))
    }

    fn shared(&self) -> &Shared {
        // SAFETY: The memory is as large, is aligned to a page, lives as long as the board, and holds
        // atomic numbers alone, for which every value is one.
        unsafe { &*(self.0.address() as *const Shared) }
    }

    /// Shows an offer at a place of one's own.
    pub fn show(&self, worker: usize, place: usize, offer: Offer) {
        let place = &self.shared().places[worker][place];
        let version = place.version.load(Relaxed) & !1;
        place.version.store(version + 1, Relaxed);
        fence(Release);
        for (word, value) in place
            .offer
            .iter()
            .zip([offer.cookie, offer.seed, offer.length])
        {
            word.store(value, Relaxed);
        }
        place.version.store(version + 2, Release);
    }

    /// What is shown at a place, unless it is being changed.
    pub fn look(&self, worker: usize, place: usize) -> Option<Offer> {
        let place = &self.shared().places[worker][place];
        let version = place.version.load(Acquire);
        let [cookie, seed, length] = place.offer.each_ref().map(|word| word.load(Relaxed));
        fence(Acquire);
        let whole = version % 2 == 0 && place.version.load(Relaxed) == version && cookie != 0;
        whole.then_some(Offer {
            cookie,
            seed,
            length,
        })
    }

    /// Counts.
    pub fn count(&self, tally: Tally, number: u64) {
        self.shared().tallies[tally as usize].fetch_add(number, Relaxed);
    }

    /// What was counted.
    pub fn counted(&self, tally: Tally) -> u64 {
        self.shared().tallies[tally as usize].load(Relaxed)
    }
}
