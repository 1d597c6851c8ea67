// SPDX-License-Identifier: BSD-3-Clause

//! Beyond ABI 0xd: COPY_COUNTED and INLINE_COPY_COUNTED tell how many bytes were copied, refuse
//! what they do not know, and else do what the older copies do.

use knem_abi::request;
use knem_check::counted::Count;
use knem_check::plug::Plug;
use knem_check::prelude::*;
use knem_check::{events, model};
use statistics::Snapshot;

fn main() -> ExitCode {
    tap::run(env!("CARGO_BIN_NAME"), check)
}

const LENGTH: usize = 2 * PAGE + 77;

fn check(tap: &mut Tap) {
    let bed = Bed::new(LENGTH);
    lengths(tap, &bed);
    strict(tap, &bed);
    queued(tap, &bed);
    faults(tap, &bed);
    as_old(tap, &bed);
}

/// Offsets and bounds of all kinds.
fn lengths(tap: &mut Tap, bed: &Bed) {
    let length = LENGTH as u64;
    let target = Buffer::new(LENGTH);
    let dst = region::whole(&bed.device, target.segment(), WRITE);
    let values = [
        0,
        1,
        5,
        PAGE as u64,
        length - 1,
        length,
        length + 1,
        u64::MAX,
    ];
    let outcome = values.iter().try_for_each(|&offset| {
        values.iter().try_for_each(|&bound| {
            let inline = model::effective(length, offset, length, 0, Some(bound));
            let between = model::effective(length, offset, length, 3, Some(bound));
            let read = bed.read().offset(offset).bound(bound);
            let copy = Between::new(bed.cookie, dst)
                .offsets(offset, 3)
                .bound(bound);
            let got = [
                read.counted(&bed.device),
                read.flags(flag::PIN_LOCAL).counted(&bed.device),
                Inline { write: 1, ..read }.counted(&bed.device),
                copy.counted(&bed.device),
            ];
            let expected = [inline, inline, inline, between];
            let expected = expected.map(|bytes| Ok((Status::SUCCESS, bytes)));
            if got == expected {
                return Ok(());
            }
            Err(format!("offset {offset}, bound {bound}: {got:?}"))
        })
    });
    tap.proves("ext.counted-bytes");
    tap.holds("every length is told", outcome);
    bed.source.fill(1);
    let answer = bed.read().counted(&bed.device);
    tap.equal("all of it", answer, Ok((Status::SUCCESS, length)));
    tap.holds("arrives", bed.arrived());
}

/// What is unknown is refused before anything else.
fn strict(tap: &mut Tap, bed: &Bed) {
    let device = &bed.device;
    let before = Snapshot::take();
    let bits = [0x20, 0x80].into_iter().chain((8..32).map(|bit| 1 << bit));
    let accepted = bits
        .flat_map(|bit| [bit, bit | flag::MEMCPY_THREAD])
        .find(|&flags| {
            let good = bed.read().flags(flags).slot(1).counted(device);
            let bad = Inline::read(0, &[]).flags(flags).counted(device);
            let copy = Between::new(0, 0).flags(flags).counted(device);
            [good, bad, copy] != [Err(Errno::EINVAL); 3]
        });
    tap.proves("ext.counted-unknown-flags");
    tap.equal("every unknown flag is EINVAL", accepted, None);
    let accepted = [2, 3, 256, u32::MAX].into_iter().find(|&write| {
        let request = Inline {
            write,
            ..bed.read()
        };
        request.counted(device) != Err(Errno::EINVAL)
    });
    tap.equal("write is 0 or 1, else EINVAL", accepted, None);
    for pad in [1, 1 << 31] {
        let mut inline = bed.read().counted_block();
        inline.pad = pad;
        let answer = device.call(request::INLINE_COPY_COUNTED, &mut inline);
        tap.refuses("padding of an inline copy", answer, Errno::EINVAL);
        let mut between = Between::new(bed.cookie, bed.cookie).counted_block();
        between.pad = pad;
        let answer = device.call(request::COPY_COUNTED, &mut between);
        tap.refuses("padding of a copy", answer, Errno::EINVAL);
    }
    let grown = before.grew(&Snapshot::take(), &[]);
    tap.holds("no counter moved", grown);
    for number in [request::COPY_COUNTED, request::INLINE_COPY_COUNTED] {
        let answer = device.call_at(number, 8);
        tap.refuses("an unreadable block", answer, Errno::EFAULT);
    }
}

/// In the thread the count is what is going to be copied.
fn queued(tap: &mut Tap, bed: &Bed) {
    let plug = Plug::new();
    bed.local.clear();
    let pending = |bytes| -> Count { Ok((Status::PENDING, bytes)) };
    let got = plug.hold(&bed.device, &bed.array, 0, || {
        [
            bed.thread(1).counted(&bed.device),
            bed.thread(2).offset(9).bound(40).counted(&bed.device),
            bed.thread(3).bound(0).counted(&bed.device),
        ]
    });
    let expected = [pending(LENGTH as u64), pending(40), pending(0)];
    tap.proves("ext.counted-bytes");
    tap.equal("while they are pending", got, expected);
    tap.equal(
        "nothing is over at once",
        bed.array.slot(3),
        Status::SUCCESS,
    );
    for slot in [1, 2] {
        tap.equal("the others end", bed.array.wait(slot), Status::SUCCESS);
    }
    let answer = bed.notify(4).counted(&bed.device);
    tap.equal("with an event", answer, pending(LENGTH as u64));
    tap.equal("which comes", events::read(&bed.device, 1), Ok(vec![4]));
    tap.holds("and the bytes", bed.arrived());
    let in_call = bed.read().flags(flag::DMA_THREAD).slot(5);
    let answer = in_call.counted(&bed.device);
    let done = Ok((Status::SUCCESS, LENGTH as u64));
    tap.equal("made in the call, with a slot", answer, done);
    tap.equal("which is final", bed.array.slot(5), Status::SUCCESS);
}

/// A copy that meets a fault tells what it had copied.
fn faults(tap: &mut Tap, bed: &Bed) {
    for room in [0, 1, 100, PAGE, PAGE + 1001] {
        let short = Buffer::flush_end(room.max(1));
        short.fill(9);
        // Without room the segment begins at the guard.
        let base = short.address() + u64::from(room == 0);
        let segments = [Iovec {
            base,
            len: 2 * PAGE as u64,
        }];
        let read = Inline::read(bed.cookie, &segments);
        let (status, copied) = read.counted(&bed.device).unwrap_or((Status::PENDING, 0));
        tap.proves("ext.counted-bytes");
        tap.equal(&format!("room for {room}"), status, Status::FAILED);
        let copied = copied as usize;
        tap.check("the count is within", copied <= room);
        let mut expected = pattern::bytes(9, short.len());
        expected[..copied].copy_from_slice(&pattern::bytes(1, copied));
        let same = pattern::same("local", &short.bytes(), &expected);
        tap.holds("so many bytes arrived and no more", same);
        tap.note(&format!("{copied} bytes"));
    }
    // Whole segments before the bad one are surely there.
    let segments = [bed.local.part(0, 500), Iovec { base: 8, len: 8 }];
    let answer = Inline::read(bed.cookie, &segments).counted(&bed.device);
    let half = Ok((Status::FAILED, 500));
    tap.equal("a good segment and a bad one", answer, half);
}

/// Errors and counters are those of the older copies.
fn as_old(tap: &mut Tap, bed: &Bed) {
    let closed = region::whole(&bed.device, bed.source.segment(), 0);
    let bad = [Iovec { base: 8, len: 8 }];
    let read = bed.read();
    let thread = read.flags(flag::MEMCPY_THREAD);
    let forms = [
        Inline { remote: 0, ..read },
        Inline {
            remote: closed,
            ..read
        },
        Inline { array: 8, ..read },
        Inline {
            count: 65_536,
            ..read
        },
        thread,
        thread.slot(PAGE as u32),
        read.flags(flag::NOTIFY_FD),
        thread.flags(0x4a).slot(1),
        Inline::write(bed.cookie, &bad),
        Inline::read(bed.cookie, &bad).flags(flag::PIN_LOCAL),
        Inline::read(bed.cookie, &bad),
        read,
    ];
    tap.proves("ext.counted-as-old");
    for (number, form) in forms.into_iter().enumerate() {
        let start = Snapshot::take();
        let old = form.run(&bed.device);
        let middle = Snapshot::take();
        let new = form.counted(&bed.device).map(|(status, _)| status);
        let end = Snapshot::take();
        tap.equal(&format!("request {number}: the same answer"), new, old);
        let growth = |from: &Snapshot, to: &Snapshot| {
            Counter::ALL.map(|counter| to.get(counter) - from.get(counter))
        };
        let same = growth(&start, &middle) == growth(&middle, &end);
        tap.check("and the same counters", same);
    }
    let foreign = as_user(BOB, || read.counted(&bed.device).map(|(_, count)| count));
    tap.refuses("another user is EPERM", foreign, Errno::EPERM);
    let once = region::create(&bed.device, &bed.segments, READ, flag::SINGLE_USE);
    let single = Inline {
        remote: once.unwrap_or(0),
        ..read
    };
    let answers = [
        single.bound(5).counted(&bed.device),
        single.counted(&bed.device),
    ];
    let expected = [Ok((Status::SUCCESS, 5)), Err(Errno::EINVAL)];
    tap.equal("a single-use region is consumed", answers, expected);
}
