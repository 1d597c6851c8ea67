// SPDX-License-Identifier: BSD-3-Clause

//! §8.2, §7.5: what becomes of a slot: PENDING from the submission on, one final value, and nothing
//! that a program writes there matters.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use knem_check::plug::Plug;
use knem_check::prelude::*;
use statistics::Snapshot;

fn main() -> ExitCode {
    tap::run(env!("CARGO_BIN_NAME"), check)
}

fn check(tap: &mut Tap) {
    let bed = Bed::new(3 * PAGE);
    bad_index(tap, &bed);
    pending(tap, &bed);
    reuse(tap, &bed);
    unpinnable(tap, &bed);
    scribbled(tap, &bed);
}

/// A bad index is told before anything else happens.
fn bad_index(tap: &mut Tap, bed: &Bed) {
    let once = region::create(&bed.device, &bed.segments, READ, flag::SINGLE_USE).unwrap_or(0);
    let other = Buffer::new(PAGE);
    let segments = [other.segment()];
    let before = Snapshot::take();
    let answers = [PAGE as u32, PAGE as u32 + 1, 1 << 31, u32::MAX].map(|slot| {
        (1..=0xf)
            .filter(|flags| flags & flag::ASYNC_MASK != 0)
            .all(|flags| {
                let unreadable = Inline {
                    array: 8,
                    ..Inline::read(0, &segments)
                };
                [Inline::read(once, &segments), unreadable]
                    .map(|read| read.flags(flags).slot(slot).run(&bed.device))
                    == [refused(Errno::EINVAL); 2]
            })
    });
    tap.proves("8.2.bad-index");
    tap.equal("every bad index is EINVAL", answers, [true; 4]);
    let now = Snapshot::take();
    tap.holds("no counter moved", before.grew(&now, &[]));
    tap.proves("6.4.kept-by");
    let read = Inline::read(once, &segments).run(&bed.device);
    tap.works("and a single-use region is still there", read);
}

/// From the submission on the slot is PENDING, whatever stood there.
fn pending(tap: &mut Tap, bed: &Bed) {
    let plug = Plug::new();
    let (answer, seen) = plug.hold(&bed.device, &bed.array, 0, || {
        bed.array.put(1, 0x77);
        let answer = bed.thread(1).run(&bed.device);
        (answer, bed.array.slot(1))
    });
    tap.proves("8.2.pending-at-submission");
    tap.equal("a request behind another", answer, PENDING);
    tap.equal("has its slot set to PENDING", seen, Status::PENDING);
    tap.equal("and then to its end", bed.array.wait(1), Status::SUCCESS);
    tap.holds("with its bytes", bed.arrived());
}

fn reuse(tap: &mut Tap, bed: &Bed) {
    let outcome = (0..500_u64).try_for_each(|round| {
        bed.source.fill(round);
        let answer = bed.thread(5).run(&bed.device);
        let end = bed.array.wait(5);
        if (answer, end) != (PENDING, Status::SUCCESS) {
            return Err(format!("round {round}: {answer:?}, {end:?}"));
        }
        bed.local.matches("local", round)
    });
    bed.source.fill(1);
    tap.proves("8.2.reuse");
    tap.holds("one slot serves 500 requests in turn", outcome);
    let copies = (0..50).all(|_| bed.thread(5).run(&bed.device) == PENDING);
    let last = bed.thread(6).run(&bed.device);
    tap.check("and 50 at once", copies && last == PENDING);
    // The last is in another slot: requests end in their order.
    tap.equal("they all end", bed.array.wait(6), Status::SUCCESS);
    tap.equal("well", bed.array.slot(5), Status::SUCCESS);
}

/// A request whose local memory cannot be pinned leaves the slot as it set it.
fn unpinnable(tap: &mut Tap, bed: &Bed) {
    let bad = [bed.local.part(0, 64), Iovec { base: 8, len: 64 }];
    for (text, write) in [("reading", 0), ("writing", 1)] {
        let once = region::create(&bed.device, &bed.segments, READ_WRITE, flag::SINGLE_USE);
        let request = Inline {
            write,
            ..Inline::read(once.unwrap_or(0), &bad)
        };
        let request = request.flags(flag::MEMCPY_THREAD).slot(8);
        bed.array.put(8, 0x77);
        tap.proves("7.5.pinned");
        let answer = request.run(&bed.device);
        tap.refuses(&format!("{text} with a bad tail"), answer, Errno::EFAULT);
        tap.proves("7.5.slot-pending");
        tap.equal("the slot is PENDING", bed.array.slot(8), Status::PENDING);
        tap.proves("7.5.pin-consumes");
        let answer = request.run(&bed.device);
        tap.refuses("and the region consumed", answer, Errno::EINVAL);
    }
    // Requests end in their order, so that a late store would be seen behind this one.
    tap.equal("another request", bed.thread(9).run(&bed.device), PENDING);
    tap.equal("ends", bed.array.wait(9), Status::SUCCESS);
    let slot = bed.array.slot(8);
    tap.equal("the slot stays PENDING", slot, Status::PENDING);
}

/// Somebody writes garbage into all slots all the time.
fn scribbled(tap: &mut Tap, bed: &Bed) {
    let done = AtomicBool::new(false);
    let outcome = thread::scope(|scope| {
        scope.spawn(|| {
            let mut value = 0_u8;
            while !done.load(Ordering::Acquire) {
                value = value.wrapping_add(1);
                (0..64).for_each(|slot| bed.array.put(slot, value));
            }
        });
        let outcome = (0..200_u32).try_for_each(|round| scribbled_round(bed, round));
        done.store(true, Ordering::Release);
        outcome
    });
    tap.proves("8.2.not-trusted");
    tap.holds("garbage in the slots does no harm", outcome);
}

fn scribbled_round(bed: &Bed, round: u32) -> Result<(), String> {
    bed.local.clear();
    let answer = bed.notify(round % 64).run(&bed.device);
    if answer != PENDING {
        return Err(format!("round {round}: {answer:?}"));
    }
    let event = knem_check::events::read(&bed.device, 1);
    if event != Ok(vec![round % 64]) {
        return Err(format!("round {round}: event {event:?}"));
    }
    bed.arrived()
}
