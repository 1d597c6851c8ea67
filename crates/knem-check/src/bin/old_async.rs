// SPDX-License-Identifier: BSD-3-Clause

//! §11: the deprecated INIT_ASYNC_RECV: always a slot, its block never written, and a notification
//! even without the thread.

use knem_check::dma::Engine;
use knem_check::plug::Plug;
use knem_check::prelude::*;
use knem_check::{events, old};
use statistics::Snapshot;

fn main() -> ExitCode {
    tap::run(env!("CARGO_BIN_NAME"), check)
}

const INVALID: Result<(), Errno> = refused(Errno::EINVAL);
const SCRIBBLE: Status = Status(0x77);

fn check(tap: &mut Tap) {
    unmapped(tap);
    let bed = Bed::new(2 * PAGE);
    bad_index(tap, &bed);
    combinations(tap, &bed);
    queued(tap, &bed);
    failures(tap, &bed);
    full(tap, &bed);
}

/// The array is needed whatever the flags.
fn unmapped(tap: &mut Tap) {
    let device = Device::open();
    let memory = Buffer::filled(PAGE, 1);
    let cookie = old::send(&device, &[memory.segment()], 0).unwrap_or(0);
    let local = Buffer::new(PAGE);
    let before = Snapshot::take();
    tap.proves("13.2.async-recv");
    let refused = (0..0x100)
        .all(|flags| old::start(&device, cookie, &[local.segment()], flags, 0) == INVALID);
    tap.check("without an array all flags are EINVAL", refused);
    let grown = before.grew(&Snapshot::take(), &[]);
    tap.holds("no counter moved", grown);
    let answer = old::receive(&device, cookie, &[local.segment()], 0);
    tap.works("and the region is still there", answer);
}

fn bad_index(tap: &mut Tap, bed: &Bed) {
    let before = Snapshot::take();
    let refused = [PAGE as u32, u32::MAX].iter().all(|&slot| {
        (0..0x100).all(|flags| old::start(&bed.device, 0, &bed.segments, flags, slot) == INVALID)
    });
    tap.proves("13.2.async-recv");
    tap.check("a bad index is EINVAL with all flags", refused);
    let grown = before.grew(&Snapshot::take(), &[]);
    tap.holds("no counter moved", grown);
}

/// Every combination of flags.
fn combinations(tap: &mut Tap, bed: &Bed) {
    let engine = Engine::now();
    let outcome = (0..0x100_u32).try_for_each(|flags| {
        bed.source.fill(u64::from(flags));
        bed.local.clear();
        bed.array.put(23, 0x77);
        let usable = engine.usable(flags);
        let answer = old::start(&bed.device, bed.cookie, &bed.segments, usable, 23);
        let end = bed.array.wait(23);
        let notify = flags & flag::NOTIFY_FD != 0;
        if notify && flags & flag::ASYNC_DMA_COMPLETE != 0 {
            let got = (answer, end, events::drain(&bed.device));
            return expect(flags, got, (INVALID, SCRIBBLE, Ok(vec![])));
        }
        let events = if notify {
            events::read(&bed.device, 1)
        } else {
            events::drain(&bed.device)
        };
        let expected = if notify { vec![23] } else { vec![] };
        expect(
            flags,
            (answer, end, events),
            (Ok(()), Status::SUCCESS, Ok(expected)),
        )?;
        bed.local.matches("local", u64::from(flags))
    });
    bed.source.fill(1);
    tap.proves("11.async-recv");
    tap.proves("11.async-recv-notify");
    tap.holds("all 256 combinations of flags", outcome);
    let answer = old::start(&bed.device, bed.cookie, &[], flag::NOTIFY_FD, 24);
    tap.equal("no segments at all", answer, Ok(()));
    tap.equal("slot", bed.array.slot(24), Status::SUCCESS);
    tap.equal("event", events::read(&bed.device, 1), Ok(vec![24]));
}

type Seen = (Result<(), Errno>, Status, Result<Vec<u32>, Errno>);

fn expect(flags: u32, got: Seen, expected: Seen) -> Result<(), String> {
    if got == expected {
        return Ok(());
    }
    Err(format!("flags {flags:#x}: {got:?}, expected {expected:?}"))
}

/// With MEMCPYTHREAD it waits its turn; without, it does not, and the event comes after the slot.
fn queued(tap: &mut Tap, bed: &Bed) {
    let plug = Plug::new();
    let start = |flags, slot| old::start(&bed.device, bed.cookie, &bed.segments, flags, slot);
    let seen = plug.hold(&bed.device, &bed.array, 0, || {
        bed.array.put(1, 0x77);
        bed.array.put(2, 0x77);
        let answers = [start(flag::MEMCPY_THREAD, 1), start(flag::NOTIFY_FD, 2)];
        let slots = [bed.array.slot(1), bed.array.slot(2)];
        (answers, slots, events::drain(&bed.device))
    });
    tap.proves("11.async-recv");
    tap.proves("11.async-recv-notify");
    let slots = [Status::PENDING, Status::SUCCESS];
    let expected = ([Ok(()); 2], slots, Ok(vec![2]));
    tap.equal("one is queued, the other made in the call", seen, expected);
    tap.equal("the first ends", bed.array.wait(1), Status::SUCCESS);
}

fn failures(tap: &mut Tap, bed: &Bed) {
    let bad = [Iovec { base: 8, len: 64 }];
    let start = |flags| {
        bed.array.put(3, 0x77);
        let answer = old::start(&bed.device, bed.cookie, &bad, flags, 3);
        (answer, bed.array.slot(3))
    };
    let failed = (Ok(()), Status::FAILED);
    tap.proves("11.async-recv");
    tap.equal("bad memory: FAILED in the slot", start(0), failed);
    let answer = start(flag::NOTIFY_FD);
    tap.equal("and with an event", answer, failed);
    tap.equal("which comes", events::drain(&bed.device), Ok(vec![3]));
    let fault = Err(Errno::EFAULT);
    let untouched = start(flag::PIN_LOCAL);
    let text = "pinned, in the call: EFAULT, and the slot untouched";
    tap.equal(text, untouched, (fault, SCRIBBLE));
    tap.proves("7.5.slot-pending");
    let pending = start(flag::MEMCPY_THREAD);
    let text = "in the thread: EFAULT, and the slot PENDING";
    tap.equal(text, pending, (fault, Status::PENDING));
    let write = region::whole(&bed.device, bed.source.segment(), WRITE);
    for (text, cookie, errno) in [
        ("an unknown cookie", 0, Errno::EINVAL),
        ("a region to write", write, Errno::EACCES),
    ] {
        let answer = old::start(&bed.device, cookie, &bed.segments, 0, 3);
        tap.refuses(text, answer, errno);
    }
    tap.equal(
        "none gives an event",
        events::drain(&bed.device),
        Ok(vec![]),
    );
}

fn full(tap: &mut Tap, bed: &Bed) {
    let start = |slot| {
        let part = [bed.local.part(0, 8)];
        old::start(&bed.device, bed.cookie, &part, flag::NOTIFY_FD, slot)
    };
    let taken = (0..PAGE as u32)
        .filter(|&slot| start(slot) == Ok(()))
        .count();
    tap.equal("4096 with an event", taken, PAGE);
    tap.proves("13.2.copy-notify-full");
    tap.refuses("one more is EBUSY", start(0), Errno::EBUSY);
    let all = events::read(&bed.device, PAGE);
    tap.check("all events come", all == Ok((0..PAGE as u32).collect()));
}
