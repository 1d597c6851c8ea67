// SPDX-License-Identifier: BSD-3-Clause

//! §9.1, §8.4: an event is told after the slot: whoever reads it finds the slot final and the bytes
//! there, whether the copy was made by the thread or in the call.

use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;

use knem_check::events;
use knem_check::prelude::*;

fn main() -> ExitCode {
    tap::run(env!("CARGO_BIN_NAME"), check)
}

const ROUNDS: u32 = 2000;
const SLOTS: u32 = 32;

fn check(tap: &mut Tap) {
    let bed = Bed::new(300);
    for (text, thread_flag, answer) in [
        ("by the thread", flag::MEMCPY_THREAD, PENDING),
        ("in the call", flag::DMA_THREAD, SUCCESS),
    ] {
        let flags = thread_flag | flag::NOTIFY_FD;
        let outcome = followed(&bed, flags, answer);
        tap.proves("9.1.event");
        tap.proves("9.1.in-call");
        tap.holds(
            &format!("{text}: event, slot and bytes go together"),
            outcome,
        );
    }
    failed(tap, &bed);
}

/// A reader looks at slot and bytes as soon as it has the event.
fn followed(bed: &Bed, flags: u32, answer: Outcome) -> Result<(), String> {
    let seen = AtomicU32::new(0);
    thread::scope(|scope| {
        let reader = scope.spawn(|| {
            // All events are read, whatever is wrong with some: the other side waits for that.
            let looks: Vec<_> = (0..ROUNDS).map(|round| look(bed, &seen, round)).collect();
            looks.into_iter().collect::<Result<(), String>>()
        });
        for round in 0..ROUNDS {
            // A slot and its byte are used again only when they have been looked at.
            while round - seen.load(Ordering::Acquire) >= SLOTS {
                thread::yield_now();
            }
            let at = round as usize % SLOTS as usize;
            bed.local.put(at, &[!bed.source.byte(at)]);
            let segments = [bed.local.part(at, 1)];
            let read = Inline::read(bed.cookie, &segments).offset(at as u64);
            let got = read.flags(flags).slot(at as u32).run(&bed.device);
            assert_eq!(got, answer, "round {round}");
        }
        reader.join().expect("no panic")
    })
}

/// Reads one event and looks at what it stands for.
fn look(bed: &Bed, seen: &AtomicU32, round: u32) -> Result<(), String> {
    let event = events::read(&bed.device, 1);
    let slot = round % SLOTS;
    let status = bed.array.slot(slot as usize);
    let same = bed.local.byte(slot as usize) == bed.source.byte(slot as usize);
    seen.fetch_add(1, Ordering::Release);
    if event == Ok(vec![slot]) && status == Status::SUCCESS && same {
        return Ok(());
    }
    Err(format!(
        "round {round}: {event:?}, {status:?}, bytes {same}"
    ))
}

/// A failed copy has its event too.
fn failed(tap: &mut Tap, bed: &Bed) {
    let bad = [Iovec { base: 8, len: 8 }];
    let flags = flag::DMA_THREAD | flag::NOTIFY_FD;
    let read = Inline::read(bed.cookie, &bad).flags(flags).slot(9);
    tap.proves("9.1.event");
    tap.equal("a copy that fails", read.run(&bed.device), FAILED);
    tap.equal("has its event", events::read(&bed.device, 1), Ok(vec![9]));
    tap.equal("and its slot", bed.array.slot(9), Status::FAILED);
}
