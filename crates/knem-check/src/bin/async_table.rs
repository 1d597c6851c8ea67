// SPDX-License-Identifier: BSD-3-Clause

//! §7.3, §7.4: every combination of flags, in every form, of some bytes and of none: what the call
//! answers, what becomes of the slot, and whether there is an event.

use knem_check::events;
use knem_check::prelude::*;

fn main() -> ExitCode {
    tap::run(env!("CARGO_BIN_NAME"), check)
}

const LENGTH: usize = PAGE + 100;
/// What stands in the slot before.
const SCRIBBLE: Status = Status(0x77);

/// What a request does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Row {
    answer: Outcome,
    slot: Status,
    event: bool,
}

/// The contract, said without looking at how it is made true.
fn expected(flags: u32, empty: bool) -> Row {
    let asynchronous = flags & 0x0e != 0;
    let notify = flags & 0x40 != 0;
    let row = |answer, slot| Row {
        answer,
        slot,
        event: notify,
    };
    if notify && (flags & 0x0c == 0 || flags & 0x02 != 0) {
        Row {
            event: false,
            ..row(refused(Errno::EINVAL), SCRIBBLE)
        }
    } else if !asynchronous {
        row(SUCCESS, SCRIBBLE)
    } else if empty || flags & 0x08 != 0 {
        row(PENDING, Status::SUCCESS)
    } else {
        row(SUCCESS, Status::SUCCESS)
    }
}

fn check(tap: &mut Tap) {
    let bed = Bed::new(LENGTH);
    let target = Buffer::new(LENGTH);
    let dst = region::whole(&bed.device, target.segment(), WRITE);
    for (number, form) in FORMS.iter().enumerate() {
        for (empty, what) in [(false, "some bytes"), (true, "nothing")] {
            let outcome = (0..0x100).try_for_each(|flags| {
                // What is copied is that of this round alone.
                let seed = u64::from(flags) + 1000 * number as u64;
                let [from, to] = match number {
                    0 => [&bed.source, &target],
                    1 => [&bed.source, &bed.local],
                    _ => [&bed.local, &bed.source],
                };
                from.fill(seed);
                to.clear();
                let got = try_one(&bed, dst, number, flags, empty)?;
                let wanted = expected(flags, empty);
                if got != wanted {
                    return Err(format!("flags {flags:#x}: {got:?}, expected {wanted:?}"));
                }
                if wanted.answer.is_ok() && !empty {
                    return to.matches("target", seed);
                }
                Ok(())
            });
            tap.proves("7.4.sync");
            tap.proves("7.4.thread");
            tap.proves("7.4.no-dma-thread");
            tap.proves("7.4.dma-without-influence");
            tap.proves("7.4.zero-length");
            tap.proves("7.3.notify-thread");
            tap.proves("7.3.unknown-dropped");
            tap.proves("7.3.dma-ignored");
            tap.proves("9.1.in-call");
            tap.proves("9.1.zero-length");
            tap.holds(&format!("{form} of {what}: all 256 combinations"), outcome);
        }
    }
    high_bits(tap, &bed);
}

const FORMS: [&str; 3] = [
    "a copy between regions",
    "an inline read",
    "an inline write",
];

/// Gives one request and sees all of what it does.
fn try_one(bed: &Bed, dst: Cookie, form: usize, flags: u32, empty: bool) -> Result<Row, String> {
    let slot = flags as usize;
    bed.array.put(slot, SCRIBBLE.0 as u8);
    let bound = if empty { Some(0) } else { None };
    let answer = match form {
        0 => Between {
            bound,
            ..Between::new(bed.cookie, dst)
        }
        .flags(flags)
        .slot(flags)
        .run(&bed.device),
        _ => Inline {
            bound,
            write: u32::from(form == 2),
            ..bed.read()
        }
        .flags(flags)
        .slot(flags)
        .run(&bed.device),
    };
    // A request that was queued behind it is over only when it is over itself.
    let barrier = bed.thread(0xf00).run(&bed.device);
    let end = bed.array.wait(0xf00);
    if (barrier, end) != (PENDING, Status::SUCCESS) {
        return Err(format!("flags {flags:#x}: then {barrier:?}, {end:?}"));
    }
    let events = events::drain(&bed.device).map_err(|error| format!("{error:?}"))?;
    if !events.is_empty() && events != [flags] {
        return Err(format!("flags {flags:#x}: events {events:?}"));
    }
    Ok(Row {
        answer,
        slot: bed.array.slot(slot),
        event: !events.is_empty(),
    })
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
