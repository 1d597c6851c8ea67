// SPDX-License-Identifier: BSD-3-Clause

//! §16: while a DMA engine copies, the processor is the caller's: a copy that is waited for takes next
//! to none of it, and one that is not leaves the caller to its own work.

use std::time::{Duration, Instant};

use knem_check::dma::Pair;
use knem_check::prelude::*;
use knem_check::softdma;

fn main() -> ExitCode {
    tap::run(env!("CARGO_BIN_NAME"), check)
}

const LENGTH: usize = 64 << 20;
/// Microseconds that the copy is to take beyond the copying, as if by hardware: that of software shares
/// the machine's processors with the caller.
const DELAY: u64 = 200_000;
/// How many channels share it.
const CHANNELS: u64 = 4;

/// What a copy took: from its start to its end, and of the caller's processor.
#[derive(Debug)]
struct Took {
    wall: Duration,
    cpu: Duration,
}

impl Took {
    fn by(copy: impl FnOnce()) -> Took {
        let (wall, cpu) = (Instant::now(), own_time());
        copy();
        Took {
            wall: wall.elapsed(),
            cpu: own_time() - cpu,
        }
    }
}

fn check(tap: &mut Tap) {
    if let Some(why) = softdma::missing() {
        return tap.skip_all(&format!("no DMA engine made of software: {why}"));
    }
    let pair = Pair::new(LENGTH, 1);
    let by_cpu = Took::by(|| assert_eq!(pair.copy.run(&pair.device), SUCCESS));
    tap.note(&format!("64 MiB by the CPU: {by_cpu:?}"));
    let (answer, transfers) = softdma::grown("made", || pair.copy.dma(0).run(&pair.device));
    tap.works("by DMA", answer);
    tap.note(&format!("in {transfers} transfers"));
    pair.target.clear();
    let _delay = softdma::Knob::new("delay", DELAY * CHANNELS / transfers.max(1));
    let by_dma = Took::by(|| assert_eq!(pair.copy.dma(0).run(&pair.device), SUCCESS));
    tap.note(&format!("64 MiB by DMA: {by_dma:?}"));
    tap.holds("every byte", pair.arrived(1));
    tap.proves("16.overlap");
    let little = by_dma.cpu * 4 < by_dma.wall;
    tap.check("waiting takes little of the processor", little);
    pair.target.clear();
    let copy = pair.copy.dma(flag::ASYNC_DMA_COMPLETE).slot(0);
    let start = own_time();
    let (mut inside, mut rounds) = (Duration::ZERO, 0_u64);
    let both = Took::by(|| {
        assert_eq!(copy.run(&pair.device), PENDING);
        inside = own_time() - start;
        while pair.array.slot(0) == Status::PENDING {
            rounds += 1;
            std::hint::spin_loop();
        }
    });
    tap.note(&format!(
        "without waiting: {both:?}, {inside:?} of it in the call, {rounds} rounds of own work"
    ));
    tap.equal(
        "one that is not waited for",
        pair.array.slot(0),
        Status::SUCCESS,
    );
    tap.holds("has every byte, too", pair.arrived(1));
    tap.check(
        "and the call is over long before the copy",
        inside * 2 < both.wall,
    );
}

/// The processor's time that this thread has had.
fn own_time() -> Duration {
    let mut time = libc::timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    // SAFETY: the time is lent mutably for the call.
    let answer = unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &mut time) };
    assert_eq!(answer, 0, "the clock of this thread");
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}
