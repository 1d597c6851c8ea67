// SPDX-License-Identifier: BSD-3-Clause

//! §7.3, §7.4: every combination of flags, in every form, of some bytes and of none: what the call
//! answers, what becomes of the slot, and whether there is an event.

use knem_check::dma::Engine;
use knem_check::prelude::*;
use knem_check::table;

fn main() -> ExitCode {
    tap::run(env!("CARGO_BIN_NAME"), check)
}

const LENGTH: usize = PAGE + 100;

fn check(tap: &mut Tap) {
    let engine = Engine::now();
    tap.note(&format!("DMA: {engine:?}"));
    for (text, outcome) in table::outcomes(engine) {
        tap.proves("7.4.sync");
        tap.proves("7.4.thread");
        tap.proves("7.4.no-dma-thread");
        tap.proves("7.4.zero-length");
        tap.proves("7.3.notify-thread");
        tap.proves("7.3.unknown-dropped");
        tap.proves("9.1.in-call");
        tap.proves("9.1.zero-length");
        tap.holds(&text, outcome);
    }
    high_bits(tap, &Bed::new(LENGTH));
}

/// Bits that mean nothing change nothing.
fn high_bits(tap: &mut Tap, bed: &Bed) {
    bed.source.fill(1);
    let outcome = (8..32).try_for_each(|bit| {
        let answer = bed.read().flags(1 << bit).run(&bed.device);
        let queued = bed.thread(1).flags((1 << bit) | flag::MEMCPY_THREAD);
        let queued = queued.run(&bed.device);
        match (answer, queued, bed.array.wait(1)) {
            (SUCCESS, PENDING, Status::SUCCESS) => bed.arrived(),
            other => Err(format!("bit {bit}: {other:?}")),
        }
    });
    tap.proves("7.3.unknown-dropped");
    tap.holds("all other bits are dropped", outcome);
}
