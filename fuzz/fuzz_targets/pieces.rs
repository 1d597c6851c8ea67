// SPDX-License-Identifier: BSD-3-Clause
#![no_main]

//! Copies that are divided between the CPU and DMA channels: every byte goes once, and channels get only what
//! they can do.

use arbitrary::Arbitrary;
use knem_logic::dma::{channels_for, Cutter, Limits, Piece, MOST_CHANNELS};
use libfuzzer_sys::fuzz_target;

#[derive(Arbitrary, Debug)]
struct Given {
    limits: [(u64, u64, u64); 2],
    small: u64,
    channels: usize,
    source: u64,
    target: u64,
    length: u32,
}

fuzz_target!(|given: Given| {
    let [one, two] = given
        .limits
        .map(|(both, target, most)| Limits::new(both, target, most));
    let limits = one.strictest(two);
    assert_eq!(limits, two.strictest(one));
    let channels = channels_for(u64::from(given.length), given.channels);
    assert!(channels <= given.channels.min(MOST_CHANNELS));
    let length = u64::from(given.length);
    let cutter = Cutter::new(limits, given.small, length, channels);
    let both = given.limits[0].0.max(given.limits[1].0).clamp(1, 1 << 20);
    let both = both.next_power_of_two();
    let most = given.limits[0].2.min(given.limits[1].2);
    let (mut source, mut target, mut left) = (given.source, given.target, length);
    // Pieces for channels may be as small as a byte: a walk that goes on is enough.
    for _ in 0..4096 {
        if left == 0 {
            return;
        }
        let piece = cutter.next(source, target, left);
        let bytes = match piece {
            Piece::Cpu(bytes) => bytes,
            Piece::Channel(bytes) => {
                assert!(bytes > given.small && bytes <= most);
                assert!(source % both == 0 && target % both == 0 && bytes % both == 0);
                bytes
            }
        };
        assert!(0 < bytes && bytes <= left);
        left -= bytes;
        source = source.wrapping_add(bytes);
        target = target.wrapping_add(bytes);
    }
});
