// SPDX-License-Identifier: BSD-3-Clause

//! §16: copies by DMA move every byte and no other, in every form and at every alignment; what is
//! small is copied by the CPU.

use knem_check::dma::{self, Engine, Pair};
use knem_check::module::Setting;
use knem_check::prelude::*;
use knem_check::random::Random;

fn main() -> ExitCode {
    tap::run(env!("CARGO_BIN_NAME"), check)
}

fn check(tap: &mut Tap) {
    offered(tap);
    large(tap);
    forms(tap);
    alignments(tap);
    small(tap);
    scattered(tap);
}

/// The feature is there for every context, and the statistics show the channels.
fn offered(tap: &mut Tap) {
    tap.proves("16.feature");
    tap.equal(
        "the statistics know channels",
        Engine::now(),
        Engine::Channels,
    );
    let names = dma::channels();
    tap.check("and their names", !names.is_empty());
    tap.note(&format!("channels: {}", names.join(" ")));
    tap.check("GET_INFO offers DMA", dma::offered(&Device::open()));
}

/// Several MiB, which go to several channels where there are.
fn large(tap: &mut Tap) {
    let pair = Pair::new(8 << 20, 1);
    let (answer, counted) = dma::counted(|| pair.copy.dma(0).run(&pair.device));
    tap.proves("7.4.dma-sync");
    tap.works("8 MiB by DMA", answer);
    tap.holds("are there", pair.arrived(1));
    tap.proves("16.counters");
    tap.equal("counted as such", counted.bytes_dma, 8 << 20);
    tap.equal("and nowhere else", counted.bytes_call, 0);
    let requests = counted.counters[Counter::ProcessedDma as usize];
    tap.equal("a request by DMA", requests, 1);
}

/// The inline forms, whose local memory is pinned.
fn forms(tap: &mut Tap) {
    let bed = Bed::new(300_000);
    tap.works("an inline read", bed.dma(0).run(&bed.device));
    tap.holds("reads all", bed.arrived());
    bed.local.fill(9);
    let write = Inline {
        write: 1,
        ..bed.dma(0)
    };
    let (answer, counted) = dma::counted(|| write.run(&bed.device));
    tap.works("an inline write", answer);
    tap.holds("writes all", bed.source.matches("region", 9));
    let pinned = counted.counters[Counter::ProcessedPinLocal as usize];
    tap.equal("with pinned local memory", pinned, 1);
    let bad = [Iovec {
        base: 8,
        len: PAGE as u64,
    }];
    let answer = Inline::read(bed.cookie, &bad).dma(0).run(&bed.device);
    tap.proves("16.pinned");
    tap.refuses("bad local memory is EFAULT", answer, Errno::EFAULT);
}

/// Every alignment of either side against the other, and of the length; what lies around stays.
fn alignments(tap: &mut Tap) {
    const LENGTH: usize = 3 * PAGE;
    let _dmamin = Setting::new("dmamin", "0");
    let bed = Bed::new(4 * PAGE);
    let outcome = (0..600_usize).try_for_each(|round| {
        let (from, to) = (round * 7 % 67, round * 5 % 71);
        let length = LENGTH - round * 11 % 131;
        bed.source.fill(round as u64);
        bed.local.clear();
        let segments = [bed.local.part(to, length)];
        let read = Inline::read(bed.cookie, &segments).offset(from as u64);
        let answer = read.dma(0).run(&bed.device);
        if answer != SUCCESS {
            return Err(format!("round {round}: {answer:?}"));
        }
        let (source, local) = (bed.source.bytes(), bed.local.bytes());
        let inside = local[to..to + length] == source[from..from + length];
        let outside = local[..to].iter().chain(&local[to + length..]);
        if !inside || outside.into_iter().any(|&byte| byte != 0) {
            return Err(format!("round {round}: {length} bytes from {from} to {to}"));
        }
        Ok(())
    });
    tap.proves("16.every-byte");
    tap.holds("600 alignments", outcome);
}

/// What is at most dmamin goes to no channel.
fn small(tap: &mut Tap) {
    let bed = Bed::new(PAGE);
    let bytes = |length: u64| {
        let copy = || bed.dma(0).bound(length).run(&bed.device);
        let (answer, counted) = dma::counted(copy);
        assert_eq!(answer, SUCCESS);
        (counted.bytes_call, counted.bytes_dma)
    };
    tap.proves("15.dmamin");
    tap.equal("1024 bytes by the CPU", bytes(1024), (1024, 0));
    let (cpu, channel) = bytes(4096);
    tap.check(
        "4096 bytes by a channel",
        channel > 3072 && cpu + channel == 4096,
    );
    let _dmamin = Setting::new("dmamin", "4096");
    tap.equal("unless they are to be small", bytes(4096), (4096, 0));
    tap.equal("no bytes at all", bytes(0), (0, 0));
}

/// Regions of many segments of all sizes against others.
fn scattered(tap: &mut Tap) {
    const LENGTH: usize = 1 << 20;
    let mut random = Random::new(16);
    let bed = Bed::new(LENGTH);
    let outcome = (0..20_u64).try_for_each(|round| {
        let mut segments = Vec::new();
        let mut start = 0;
        while start < LENGTH {
            // The last one is small, and for the CPU.
            if LENGTH - start <= 200 {
                segments.push(bed.local.part(start, LENGTH - start));
                break;
            }
            let length = (random.below(3 * PAGE as u64) as usize + 1).min(LENGTH - start - 200);
            segments.push(bed.local.part(start, length));
            start += length;
        }
        bed.source.fill(round);
        let answer = Inline::read(bed.cookie, &segments).dma(0).run(&bed.device);
        if answer != SUCCESS {
            return Err(format!("round {round}: {answer:?}"));
        }
        bed.local.matches("local", round)
    });
    tap.proves("16.every-byte");
    tap.proves("16.vectored-pending");
    tap.holds("20 scattered targets", outcome);
}
