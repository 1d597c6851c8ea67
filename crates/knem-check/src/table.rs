// SPDX-License-Identifier: BSD-3-Clause

//! The table of flags (§7.3, §7.4): what a copy answers, what becomes of its slot, and whether there
//! is an event, for every combination of flags, form and length.

use crate::dma::Engine;
use crate::events;
use crate::prelude::*;

const LENGTH: usize = 2 * PAGE + 100;
/// What stands in the slot before.
const SCRIBBLE: Status = Status(0x77);

/// The forms of copies.
const FORMS: [&str; 3] = [
    "a copy between regions",
    "an inline read",
    "an inline write",
];

/// What a request does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Row {
    answer: Outcome,
    slot: Status,
    event: bool,
}

/// The contract, said without looking at how it is made true.
fn expected(flags: u32, empty: bool, engine: Engine) -> Row {
    let asynchronous = flags & 0x0e != 0;
    let notify = flags & 0x40 != 0;
    let row = |answer, slot| Row {
        answer,
        slot,
        event: notify,
    };
    let invalid = Row {
        event: false,
        ..row(refused(Errno::EINVAL), SCRIBBLE)
    };
    let dma = flags & 0x01 != 0 && !matches!(engine, Engine::NoSupport | Engine::Disabled);
    // Who does not wait for the copy: with DMA, MEMCPYTHREAD alone changes nothing.
    let left_to_others = if dma {
        flags & 0x06 != 0
    } else {
        flags & 0x08 != 0
    };
    if notify && (flags & 0x0c == 0 || flags & 0x02 != 0) || dma && engine == Engine::NoChannel {
        invalid
    } else if !asynchronous {
        row(SUCCESS, SCRIBBLE)
    } else if empty || left_to_others {
        row(PENDING, Status::SUCCESS)
    } else {
        row(SUCCESS, Status::SUCCESS)
    }
}

/// Whether what was seen is what is expected. What the hardware ends may have ended already.
fn agrees(got: Row, wanted: Row, flags: u32) -> bool {
    let by_itself = flags & 0x07 == 0x03;
    got == wanted
        || (by_itself
            && wanted.answer == PENDING
            && got
                == Row {
                    answer: SUCCESS,
                    ..wanted
                })
}

/// Tries every combination, and tells for each form and length what was not as it must be.
pub fn outcomes(engine: Engine) -> Vec<(String, Result<(), String>)> {
    let bed = Bed::new(LENGTH);
    let target = Buffer::new(LENGTH);
    let dst = region::whole(&bed.device, target.segment(), WRITE);
    let mut outcomes = Vec::new();
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
                let wanted = expected(flags, empty, engine);
                if !agrees(got, wanted, flags) {
                    return Err(format!("flags {flags:#x}: {got:?}, expected {wanted:?}"));
                }
                if wanted.answer.is_ok() && !empty {
                    return to.matches("target", seed);
                }
                Ok(())
            });
            outcomes.push((format!("{form} of {what}: all 256 combinations"), outcome));
        }
    }
    outcomes
}

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
    if answer == PENDING {
        bed.array.wait(slot);
    }
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
