// SPDX-License-Identifier: BSD-3-Clause

//! §16: channels that refuse, reject or fail: the copy ends FAILED, never SUCCESS, with its counter,
//! wherever it was carried out; the next one works.

use knem_check::dma::{self, Pair};
use knem_check::module::Setting;
use knem_check::prelude::*;
use knem_check::softdma;

fn main() -> ExitCode {
    tap::run(env!("CARGO_BIN_NAME"), check)
}

/// What can go wrong with the next transfers.
const FAULTS: [(&str, &str); 3] = [
    ("refuse", "no room, ever"),
    ("reject", "a transfer that is not accepted"),
    ("corrupt", "a transfer that ends with an error"),
];

const FLAGS: [(&str, u32); 4] = [
    ("in the call", 0),
    ("in the call, with a slot", flag::MEMCPY_THREAD),
    ("in the thread", flag::DMA_THREAD),
    ("ended by the hardware", flag::ASYNC_DMA_COMPLETE),
];

fn check(tap: &mut Tap) {
    if let Some(why) = softdma::missing() {
        return tap.skip_all(&format!("no DMA engine made of software: {why}"));
    }
    let base = pins::outstanding();
    let _patience = Setting::new("dmatimeout", "2000");
    for length in [64 << 10, 6 << 20] {
        let pair = Pair::new(length, 1);
        for (knob, fault) in FAULTS {
            for (place, flags) in FLAGS {
                let text = format!("{length} bytes {place}, {fault}");
                failing(tap, &pair, &text, (knob, flags));
            }
        }
    }
    late(tap);
    tap.equal("nothing stays pinned", pins::settle(base), base);
}

/// Every transfer fails; then none does.
fn failing(tap: &mut Tap, pair: &Pair, text: &str, (knob, flags): (&str, u32)) {
    softdma::set(knob, 1 << 30);
    pair.array.put(0, 0x77);
    let copy = pair.copy.dma(flags).slot(0);
    let ((answer, end), counted) = dma::counted(|| {
        let answer = copy.run(&pair.device);
        let end = if answer == PENDING {
            pair.array.wait(0)
        } else {
            pair.array.slot(0)
        };
        (answer, end)
    });
    softdma::set(knob, 0);
    tap.proves("13.2.copy-dma-fault");
    tap.proves("16.channel-error");
    tap.one_of(text, answer, &[FAILED, PENDING]);
    let slot = if flags == 0 {
        Status(0x77)
    } else {
        Status::FAILED
    };
    tap.equal("the slot says so", end, slot);
    let failed = counted.counters[Counter::FailedDmaCopy as usize];
    tap.equal("it is counted", failed, 1);
    pair.target.clear();
    let answer = copy.run(&pair.device);
    tap.one_of("the next one", answer, &[SUCCESS, PENDING]);
    if answer == PENDING {
        tap.equal("ends well", pair.array.wait(0), Status::SUCCESS);
    }
    tap.holds("with every byte", pair.arrived(1));
}

/// One transfer of many fails.
fn late(tap: &mut Tap) {
    let pair = Pair::new(8 << 20, 2);
    let made = softdma::get("made");
    tap.works("a copy", pair.copy.dma(0).run(&pair.device));
    let transfers = softdma::get("made") - made;
    tap.note(&format!("8 MiB take {transfers} transfers"));
    for knob in ["reject", "corrupt"] {
        softdma::set(knob, 1);
        tap.proves("13.2.copy-dma-fault");
        let answer = pair.copy.dma(0).run(&pair.device);
        tap.equal(&format!("one of them fails ({knob})"), answer, FAILED);
    }
    softdma::set("refuse", 3);
    tap.proves("16.few-descriptors");
    let answer = pair.copy.dma(0).run(&pair.device);
    tap.works("no room for a moment is no failure", answer);
    tap.holds("all is there", pair.arrived(2));
}
