// SPDX-License-Identifier: BSD-3-Clause

//! How a copy is divided between the CPU and DMA channels.

use knem_logic::dma::{channels_for, is_near, Cutter, Limits, Piece, MOST_CHANNELS};
use proptest::prelude::*;

const PAGE: u64 = 4096;
const MIB: u64 = 1 << 20;

/// All pieces of consecutive bytes.
fn pieces(cutter: &Cutter, source: u64, target: u64, length: u64) -> Vec<Piece> {
    let mut done = 0;
    let mut pieces = Vec::new();
    while done < length {
        let piece = cutter.next(source + done, target + done, length - done);
        done += bytes(piece);
        pieces.push(piece);
    }
    assert_eq!(done, length);
    pieces
}

fn bytes(piece: Piece) -> u64 {
    match piece {
        Piece::Cpu(bytes) | Piece::Channel(bytes) => bytes,
    }
}

fn cutter(both: u64, target: u64, small: u64) -> Cutter {
    Cutter::new(Limits::new(both, target, MIB), small, MIB, 1)
}

#[test]
fn without_demands_all_that_is_not_small_is_for_a_channel() {
    let cutter = cutter(1, 1, 1024);
    assert_eq!(pieces(&cutter, 7, 3, 1025), [Piece::Channel(1025)]);
    assert_eq!(pieces(&cutter, 7, 3, 1024), [Piece::Cpu(1024)]);
    let two = [Piece::Channel(MIB), Piece::Channel(MIB)];
    assert_eq!(pieces(&cutter, 0, PAGE, 2 * MIB), two);
}

#[test]
fn heads_and_tails_are_for_the_cpu() {
    let cutter = cutter(8, 64, 100);
    assert_eq!(
        pieces(&cutter, 60, 60, 1000),
        [Piece::Cpu(4), Piece::Channel(960), Piece::Cpu(36)]
    );
    // The source need only be aligned as both are.
    assert_eq!(
        pieces(&cutter, 4 + 16, 60, 1000),
        [Piece::Cpu(4), Piece::Channel(960), Piece::Cpu(36)]
    );
    // Where that is never so, there is nothing for a channel.
    assert_eq!(pieces(&cutter, 5 + 16, 60, 1000), [Piece::Cpu(1000)]);
    // A head is no reason to cut what then is too small.
    assert_eq!(pieces(&cutter, 63, 63, 100), [Piece::Cpu(100)]);
}

#[test]
fn channels_that_take_next_to_nothing_get_nothing() {
    let cutter = Cutter::new(Limits::new(64, 1, 32), 0, MIB, 1);
    assert_eq!(pieces(&cutter, 0, 0, 1000), [Piece::Cpu(1000)]);
}

#[test]
fn large_copies_are_shared_out() {
    assert_eq!(channels_for(0, 4), 1);
    assert_eq!(channels_for(1, 4), 1);
    assert_eq!(channels_for(256 << 10, 4), 1);
    assert_eq!(channels_for((256 << 10) + 1, 4), 2);
    assert_eq!(channels_for(u64::MAX, 4), 4);
    assert_eq!(channels_for(u64::MAX, 1000), MOST_CHANNELS);
    // One run that all channels can take part in.
    let cutter = Cutter::new(Limits::new(1, 1, MIB), 1024, 2 * MIB, 4);
    assert_eq!(pieces(&cutter, 0, 0, 2 * MIB).len(), 4);
}

#[test]
fn a_device_without_a_node_is_near_to_all() {
    assert!(is_near(-1, 3) && is_near(3, 3) && !is_near(2, 3));
}

proptest! {
    /// Every byte once, and channels get what they can take.
    #[test]
    fn pieces_are_such_as_channels_take(
        (both, target) in (0_u32..8, 0_u32..8),
        most in 1_u64..4 * MIB,
        small in 0_u64..8192,
        (source, to) in (0_u64..1 << 40, 0_u64..1 << 40),
        length in 1_u64..8 * MIB,
        channels in 0_usize..10,
    ) {
        let (both, target) = (1 << both, 1 << target);
        let cutter = Cutter::new(Limits::new(both, target, most), small, length, channels);
        let mut done = 0;
        for piece in pieces(&cutter, source, to, length) {
            if let Piece::Channel(bytes) = piece {
                prop_assert!(bytes > small && bytes <= most.min(MIB));
                prop_assert_eq!((source + done) % both, 0);
                prop_assert_eq!((to + done) % both.max(target), 0);
                prop_assert_eq!(bytes % both.max(target), 0);
            }
            done += bytes(piece);
        }
    }

    /// What is together as strict as each of two is at least as strict as either.
    #[test]
    fn the_strictest_suits_all(
        (a, b) in (0_u32..8, 0_u32..8),
        (source, to, length) in (0_u64..1 << 20, 0_u64..1 << 20, 1_u64..MIB),
    ) {
        let [one, other] = [a, b].map(|power| Limits::new(1 << power, 1, MIB));
        let cutter = Cutter::new(one.strictest(other), 0, length, 1);
        if let Piece::Channel(bytes) = cutter.next(source, to, length) {
            let grain = 1 << a.max(b);
            prop_assert_eq!((source | to | bytes) % grain, 0);
        }
    }
}
