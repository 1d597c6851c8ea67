// SPDX-License-Identifier: BSD-3-Clause

//! §9.1: as many events as there are slots: the next is EBUSY; reading makes room, and so does a
//! submission that fails; requests of no bytes are events like any other.

use knem_check::events;
use knem_check::prelude::*;
use statistics::Snapshot;

fn main() -> ExitCode {
    tap::run(env!("CARGO_BIN_NAME"), check)
}

const SLOTS: u32 = PAGE as u32;
const BUSY: Outcome = refused(Errno::EBUSY);

fn check(tap: &mut Tap) {
    let bed = Bed::new(64);
    full(tap, &bed);
    rounds(tap, &bed);
    failures(tap, &bed);
    empty(tap, &bed);
    in_the_call(tap, &bed);
}

/// Queues requests with these slots.
fn queue(bed: &Bed, slots: std::ops::Range<u32>) -> Result<(), String> {
    slots
        .into_iter()
        .try_for_each(|slot| match bed.notify(slot % SLOTS).run(&bed.device) {
            PENDING => Ok(()),
            answer => Err(format!("request {slot}: {answer:?}")),
        })
}

fn full(tap: &mut Tap, bed: &Bed) {
    tap.proves("9.1.capacity");
    tap.holds("4096 requests fit", queue(bed, 0..SLOTS));
    let once = region::create(&bed.device, &bed.segments, READ_WRITE, flag::SINGLE_USE);
    let single = Inline {
        remote: once.unwrap_or(0),
        ..bed.notify(0)
    };
    let in_call = flag::DMA_THREAD | flag::NOTIFY_FD;
    let before = Snapshot::take();
    let answers = [
        bed.notify(0).run(&bed.device),
        bed.notify(0).bound(0).run(&bed.device),
        single.run(&bed.device),
        single.flags(in_call).run(&bed.device),
    ];
    tap.equal("one more is EBUSY in every form", answers, [BUSY; 4]);
    let grown = before.grew(&Snapshot::take(), &[(Counter::Submitted, 4)]);
    tap.proves("13.2.copy-notify-full");
    tap.holds("counted as submitted only", grown);
    tap.proves("9.1.order-of-check");
    let unreadable = Inline {
        array: 8,
        remote: 0,
        ..bed.notify(0)
    };
    tap.equal(
        "before cookies and arrays",
        unreadable.run(&bed.device),
        BUSY,
    );
    let answer = bed.notify(SLOTS).run(&bed.device);
    tap.refuses("after the index", answer, Errno::EINVAL);
    let answer = bed.notify(0).flags(flag::NOTIFY_FD).run(&bed.device);
    tap.refuses("after the flags", answer, Errno::EINVAL);
    let answer = bed.thread(0).run(&bed.device);
    tap.equal("without an event it is queued", answer, PENDING);
    tap.equal("and ends", bed.array.wait(0), Status::SUCCESS);
    tap.proves("9.1.place-returned");
    tap.equal(
        "an event is read",
        events::read(&bed.device, 1),
        Ok(vec![0]),
    );
    tap.proves("6.4.kept-by");
    let answer = single.run(&bed.device);
    tap.equal(
        "the refused region is there, and room for one",
        answer,
        PENDING,
    );
    let answer = bed.notify(0).run(&bed.device);
    tap.equal("and no more", answer, BUSY);
    let mut expected: Vec<u32> = (1..SLOTS).collect();
    expected.push(0);
    let all = events::read(&bed.device, SLOTS as usize);
    tap.check("all events come in order", all == Ok(expected));
}

/// The queue is filled and emptied in parts, several times around.
fn rounds(tap: &mut Tap, bed: &Bed) {
    const STEP: u32 = 1500;
    let mut next = 0;
    let mut read = 0;
    let outcome = (0..8).try_for_each(|_| {
        queue(bed, next..next + STEP)?;
        next += STEP;
        // One step stays behind, so that reading and queueing meet anywhere.
        let until = next - if next == 8 * STEP { 0 } else { 700 };
        let events = events::read(&bed.device, (until - read) as usize);
        let expected: Vec<u32> = (read..until).map(|slot| slot % SLOTS).collect();
        read = until;
        if events == Ok(expected) {
            Ok(())
        } else {
            Err(format!("wrong events before {until}"))
        }
    });
    tap.proves("9.1.event");
    tap.holds("three times around, in order", outcome);
    tap.holds("it holds 4096 still", queue(bed, 0..SLOTS));
    tap.equal("and no more", bed.notify(0).run(&bed.device), BUSY);
    let all = events::read(&bed.device, SLOTS as usize);
    tap.check("which all come", all == Ok((0..SLOTS).collect()));
}

/// A submission that fails gives its place back.
fn failures(tap: &mut Tap, bed: &Bed) {
    tap.holds("4095 are queued", queue(bed, 0..SLOTS - 1));
    let bad = [Iovec { base: 8, len: 8 }];
    let request = bed.notify(9);
    let forms = [
        Inline {
            remote: 0,
            ..request
        },
        Inline {
            array: 8,
            ..request
        },
        Inline {
            array: bad.as_ptr() as u64,
            ..request
        },
        Inline {
            count: 65_536,
            ..request
        },
    ];
    let errors = [Errno::EINVAL, Errno::EFAULT, Errno::EFAULT, Errno::ENOMEM].map(Err);
    tap.proves("9.1.place-returned");
    for round in 0..3 {
        let answers = forms.map(|form| form.run(&bed.device));
        tap.equal(&format!("failures, round {round}"), answers, errors);
    }
    let copy = Between::new(bed.cookie, 0).flags(request.flags).slot(9);
    tap.refuses("of a copy too", copy.run(&bed.device), Errno::EINVAL);
    let answer = bed.notify(SLOTS - 1).run(&bed.device);
    tap.equal("leave the last place", answer, PENDING);
    tap.equal("which is the last", bed.notify(0).run(&bed.device), BUSY);
    let all = events::read(&bed.device, SLOTS as usize);
    tap.check("and give no event", all == Ok((0..SLOTS).collect()));
    tap.equal("none", events::drain(&bed.device), Ok(vec![]));
}

/// Requests of no bytes.
fn empty(tap: &mut Tap, bed: &Bed) {
    tap.proves("9.1.zero-length");
    for round in 0..3 {
        let outcome = (0..SLOTS).try_for_each(|slot| {
            let answer = bed.notify(slot).bound(0).run(&bed.device);
            match (answer, bed.array.slot(slot as usize)) {
                (PENDING, Status::SUCCESS) => Ok(()),
                other => Err(format!("request {slot}: {other:?}")),
            }
        });
        tap.holds(
            &format!("round {round}: 4096 requests of no bytes"),
            outcome,
        );
        let answer = bed.notify(0).bound(0).run(&bed.device);
        tap.equal("one more is EBUSY", answer, BUSY);
        let all = events::read(&bed.device, SLOTS as usize);
        tap.check("each gave its event", all == Ok((0..SLOTS).collect()));
    }
}

/// Requests that are made in the call.
fn in_the_call(tap: &mut Tap, bed: &Bed) {
    let request = |slot| {
        let request = bed.read().flags(flag::DMA_THREAD | flag::NOTIFY_FD);
        request.slot(slot).run(&bed.device)
    };
    tap.proves("9.1.in-call");
    let taken = (0..SLOTS).filter(|&slot| request(slot) == SUCCESS).count();
    tap.equal("4096 requests made in the call", taken, PAGE);
    tap.equal("one more is EBUSY", request(0), BUSY);
    let all = events::read(&bed.device, PAGE);
    tap.check("each gave its event", all == Ok((0..SLOTS).collect()));
}
