// SPDX-License-Identifier: BSD-3-Clause

//! §8.3: whoever sees a slot final sees every byte of the copy: threads that spin on slots look at
//! the data at once, many times.

use std::sync::Barrier;
use std::thread;

use knem_check::prelude::*;

fn main() -> ExitCode {
    tap::run(env!("CARGO_BIN_NAME"), check)
}

const ROUNDS: u64 = 400;
const COPIES: usize = 16;
const PIECE: usize = 200;
const READERS: usize = 2;

fn check(tap: &mut Tap) {
    let bed = Bed::new(COPIES * PIECE);
    // Slots are taken in turn, so that no reader sees an old one.
    let barrier = Barrier::new(READERS + 1);
    let outcomes: Vec<_> = thread::scope(|scope| {
        let (bed, barrier) = (&bed, &barrier);
        let readers: Vec<_> = (0..READERS)
            .map(|reader| scope.spawn(move || watch(bed, barrier, reader)))
            .collect();
        (0..ROUNDS).for_each(|round| submit(bed, barrier, round));
        readers
            .into_iter()
            .map(|reader| reader.join().expect("no panic"))
            .collect()
    });
    tap.proves("8.3.data-before-slot");
    for outcome in outcomes {
        tap.holds("all bytes are there when the slot is final", outcome);
    }
}

/// Starts a round, and waits until the readers have seen all of it.
fn submit(bed: &Bed, barrier: &Barrier, round: u64) {
    bed.source.fill(round);
    bed.local.clear();
    (0..COPIES).for_each(|copy| bed.array.put(copy, 0));
    barrier.wait();
    for copy in 0..COPIES {
        let segments = [bed.local.part(copy * PIECE, PIECE)];
        let read = Inline::read(bed.cookie, &segments)
            .offset((copy * PIECE) as u64)
            .flags(flag::MEMCPY_THREAD)
            .slot(copy as u32);
        assert_eq!(read.run(&bed.device), PENDING, "a request is queued");
    }
    barrier.wait();
}

/// Spins on the slots, one after the other, and compares each piece at once.
fn watch(bed: &Bed, barrier: &Barrier, reader: usize) -> Result<(), String> {
    let mut outcome = Ok(());
    for round in 0..ROUNDS {
        let expected = pattern::bytes(round, COPIES * PIECE);
        barrier.wait();
        for copy in (reader..COPIES).chain(0..reader) {
            // Spins at first, and then lets the kernel thread have the CPU.
            let spins = (0..20_000).find(|_| bed.array.slot(copy) != Status::PENDING);
            let end = spins.map_or_else(|| bed.array.wait(copy), |_| bed.array.slot(copy));
            let at = copy * PIECE;
            let got = bed.local.bytes_at(at, PIECE);
            let same = pattern::same("piece", &got, &expected[at..at + PIECE]);
            if outcome.is_ok() && end != Status::SUCCESS {
                outcome = Err(format!("round {round}, copy {copy}: {end:?}"));
            }
            outcome = outcome.and(same.map_err(|why| format!("round {round}: {why}")));
        }
        barrier.wait();
    }
    outcome
}
