// SPDX-License-Identifier: BSD-3-Clause

//! §8.4: the kernel thread of a context: it starts with the first request that is queued, has its
//! name, works in order, and is gone with its context.

use knem_check::prelude::*;
use knem_check::random::Random;
use knem_check::{events, worker};

fn main() -> ExitCode {
    tap::run(env!("CARGO_BIN_NAME"), check)
}

fn check(tap: &mut Tap) {
    tap.check("there is none to begin with", worker::settle(0));
    lazy(tap);
    several(tap);
    in_order(tap);
}

fn lazy(tap: &mut Tap) {
    let bed = Bed::new(PAGE);
    tap.proves("ext.worker-lazy");
    tap.equal("none for a mapped array", worker::all(), vec![]);
    tap.works("a copy in the call", bed.read().run(&bed.device));
    let answer = bed.read().flags(flag::DMA_THREAD).slot(1);
    tap.works("and one with a slot", answer.run(&bed.device));
    tap.equal("do not start one", worker::all(), vec![]);
    tap.equal("a queued request", bed.thread(0).run(&bed.device), PENDING);
    tap.equal("ends", bed.array.wait(0), Status::SUCCESS);
    let workers = worker::all();
    tap.equal("by one thread", workers.len(), 1);
    let number = workers[0].name.strip_prefix("knem-ctx-").unwrap_or("");
    let value = u64::from_str_radix(number, 16);
    tap.proves("8.4.name");
    tap.check(
        "with a number in hexadecimal in its name",
        value.is_ok_and(|value| format!("{value:x}") == number),
    );
    tap.note(&workers[0].name);
    tap.equal("a second request", bed.thread(1).run(&bed.device), PENDING);
    tap.equal("ends", bed.array.wait(1), Status::SUCCESS);
    tap.equal("by the same thread", worker::all(), workers);
    drop(bed);
    tap.check("which is gone with its context", worker::settle(0));
}

/// Each context has its own.
fn several(tap: &mut Tap) {
    let beds: Vec<Bed> = (0..5).map(|_| Bed::new(PAGE)).collect();
    let mut seen = 0;
    for bed in &beds {
        let answer = bed.thread(0).run(&bed.device);
        assert_eq!((answer, bed.array.wait(0)), (PENDING, Status::SUCCESS));
        seen += usize::from(worker::all().len() == seen + 1);
    }
    tap.proves("5.independent");
    tap.equal("five contexts have five threads", seen, 5);
    let mut names: Vec<_> = worker::all().into_iter().map(|one| one.name).collect();
    names.sort();
    names.dedup();
    tap.equal("with five names", names.len(), 5);
    drop(beds);
    tap.check("which go with them", worker::settle(0));
}

/// Requests of all sizes are completed in the order of their submission.
fn in_order(tap: &mut Tap) {
    let seed = Random::seed();
    tap.note(&format!("seed {seed:#x}"));
    let mut random = Random::new(seed);
    let bed = Bed::new(1 << 20);
    let target = Buffer::new(1 << 20);
    let dst = region::whole(&bed.device, target.segment(), WRITE);
    let flags = flag::MEMCPY_THREAD | flag::NOTIFY_FD;
    let outcome = (0..4000_u32).try_for_each(|slot| {
        let length = 1 << random.below(if slot % 50 == 0 { 21 } else { 13 });
        let answer = if random.one_in(2) {
            bed.notify(slot).bound(length).run(&bed.device)
        } else {
            let copy = Between::new(bed.cookie, dst).bound(length);
            copy.flags(flags).slot(slot).run(&bed.device)
        };
        if answer == PENDING {
            return Ok(());
        }
        Err(format!("request {slot}: {answer:?}"))
    });
    tap.holds("4000 requests are queued", outcome);
    let mut last = 0;
    let mut overtaken = false;
    while last < 3999 {
        let next = last + 1;
        // A later slot that is final while an earlier one is not would be an overtaking.
        let later =
            (next + 1..(next + 20).min(4000)).any(|slot| bed.array.slot(slot) != Status::PENDING);
        overtaken |= later && bed.array.slot(next) == Status::PENDING;
        if bed.array.wait(next) != Status::SUCCESS {
            break;
        }
        last = next;
    }
    tap.proves("8.4.fifo");
    tap.equal("all of them end", last, 3999);
    tap.check("none overtakes another", !overtaken);
    tap.proves("9.1.event");
    let expected: Vec<u32> = (0..4000).collect();
    let events = events::read(&bed.device, 4000);
    tap.check("and their events have their order", events == Ok(expected));
}
