// SPDX-License-Identifier: BSD-3-Clause

//! §16: channels with little room, with demands on alignment, and several of them for one copy.

use std::path::Path;

use knem_check::dma::{self, Pair};
use knem_check::prelude::*;
use knem_check::softdma::{self, with_engine};

fn main() -> ExitCode {
    tap::run(env!("CARGO_BIN_NAME"), check)
}

fn check(tap: &mut Tap) {
    if let Some(why) = softdma::missing() {
        return tap.skip_all(&format!("no DMA engine made of software: {why}"));
    }
    few(tap);
    with_engine("align=6 channels=2", || aligned(tap));
    with_engine("channels=8", || several(tap));
    with_engine("channels=4 nodes=2", || near(tap));
    with_engine("channels=1", || one(tap));
}

/// One transfer at a time, on each channel.
fn few(tap: &mut Tap) {
    for descriptors in [1, 2, 5] {
        let _few = softdma::Knob::new("descriptors", descriptors);
        let pair = Pair::new(5 << 20, descriptors);
        tap.proves("16.few-descriptors");
        for flags in [0, flag::DMA_THREAD, flag::ASYNC_DMA_COMPLETE] {
            pair.target.clear();
            let answer = pair.copy.dma(flags).slot(0).run(&pair.device);
            let text = format!("{descriptors} descriptors, flags {flags:#x}");
            tap.one_of(&text, answer, &[SUCCESS, PENDING]);
            if answer == PENDING {
                tap.equal("ends well", pair.array.wait(0), Status::SUCCESS);
            }
            tap.holds("every byte", pair.arrived(descriptors));
        }
    }
}

/// 64 bytes: heads and tails go another way, and so does all that is never aligned.
fn aligned(tap: &mut Tap) {
    let bed = Bed::new(64 << 10);
    tap.proves("16.alignment");
    for (text, from, to, length, by_dma) in [
        ("aligned", 0, 0, 32 << 10, 32 << 10),
        ("a head and a tail", 10, 10, 32 << 10, (32 << 10) - 64),
        ("never aligned", 1, 0, 32 << 10, 0),
    ] {
        bed.local.clear();
        let segments = [bed.local.part(to, length)];
        let read = Inline::read(bed.cookie, &segments).offset(from);
        let (answer, counted) = dma::counted(|| read.dma(0).run(&bed.device));
        tap.works(text, answer);
        // Pages are not consecutive; each may have a head and a tail of its own only if they differ.
        tap.equal("so many bytes by DMA", counted.bytes_dma, by_dma);
        let all = counted.bytes_dma + counted.bytes_call;
        tap.equal("and the rest by the CPU", all, length as u64);
        let (got, sent) = (bed.local.bytes(), bed.source.bytes());
        let same = got[to..to + length] == sent[from as usize..from as usize + length];
        tap.check("every byte", same);
    }
}

/// A large copy uses all channels, a small one does not, and each is started once.
fn several(tap: &mut Tap) {
    let pair = Pair::new(4 << 20, 7);
    let issued = |bound: u64| {
        let copy = || pair.copy.bound(bound).dma(0).run(&pair.device);
        softdma::grown("issued", || softdma::grown("busy", copy))
    };
    tap.proves("16.parallel");
    let ((answer, busy), _) = issued(100_000);
    tap.works("a small copy", answer);
    tap.equal("takes one channel", busy, 1);
    let ((answer, _), starts) = issued(100_000);
    tap.works("another", answer);
    tap.equal("which is started once", starts, 1);
    let (((answer, busy), starts), transfers) = softdma::grown("made", || issued(4 << 20));
    tap.works("a large one", answer);
    tap.check("takes the others", busy >= 6);
    tap.note(&format!("{starts} starts for {transfers} transfers"));
    // Without huge pages there are more than can be given in one go.
    let few = if transfers <= 64 { 8 } else { transfers / 2 };
    tap.check("each of which is started once", starts <= few);
    tap.holds("every byte", pair.arrived(7));
}

/// Half of the channels are on a node where nobody runs.
fn near(tap: &mut Tap) {
    let copies = || -> Vec<_> {
        let pairs = (0..4).map(|seed| (Pair::new(4 << 20, seed), seed));
        pairs
            .map(|(pair, seed)| (pair.copy.dma(0).run(&pair.device), pair.arrived(seed)))
            .collect()
    };
    tap.proves("16.near");
    let (copied, busy) = softdma::grown("busy", copies);
    tap.equal("large copies", copied, vec![(SUCCESS, Ok(())); 4]);
    // A kernel that knows no nodes finds all channels alike.
    let knows_nodes = Path::new("/sys/devices/system/node/node0").exists();
    let expected = if knows_nodes { 2 } else { 4 };
    tap.equal("take channels of this node alone", busy, expected);
}

/// Copies of several contexts at once on one channel.
fn one(tap: &mut Tap) {
    let pairs: Vec<Pair> = (0..4).map(|seed| Pair::new(3 << 20, seed)).collect();
    let outcomes = std::thread::scope(|scope| {
        let threads: Vec<_> = pairs
            .iter()
            .map(|pair| scope.spawn(|| pair.copy.dma(0).run(&pair.device)))
            .collect();
        let answers = threads.into_iter().map(|thread| thread.join());
        answers
            .map(|answer| answer.expect("no panic"))
            .collect::<Vec<_>>()
    });
    tap.proves("16.shared");
    tap.equal("four copies at once", outcomes, vec![SUCCESS; 4]);
    for (seed, pair) in pairs.iter().enumerate() {
        tap.holds("every byte", pair.arrived(seed as u64));
    }
}
