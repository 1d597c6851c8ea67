// SPDX-License-Identifier: BSD-3-Clause

//! §6.4, §6.5: single-use regions and destroyed ones while requests that use them are queued.

use knem_check::plug::Plug;
use knem_check::prelude::*;

fn main() -> ExitCode {
    tap::run(env!("CARGO_BIN_NAME"), check)
}

const LENGTH: usize = 4 * PAGE;
const INVALID: Outcome = refused(Errno::EINVAL);

fn check(tap: &mut Tap) {
    let base = pins::outstanding();
    let bed = Bed::new(LENGTH);
    let plug = Plug::new();
    consumed(tap, &bed, &plug);
    unconsumed(tap, &bed);
    empty(tap, &bed);
    between(tap, &bed, &plug);
    destroyed(tap, &bed, &plug);
    drop(bed);
    drop(plug);
    tap.equal("nothing stays pinned", pins::settle(base), base);
}

fn once(bed: &Bed) -> Cookie {
    region::create(
        &bed.device,
        &[bed.source.segment()],
        READ_WRITE,
        flag::SINGLE_USE,
    )
    .unwrap_or(0)
}

/// The request is queued, and the region gone already.
fn consumed(tap: &mut Tap, bed: &Bed, plug: &Plug) {
    let base = pins::outstanding();
    let (answers, destroyed, pinned) = plug.hold(&bed.device, &bed.array, 0, || {
        bed.local.clear();
        let before = pins::outstanding();
        let read = Inline {
            remote: once(bed),
            ..bed.thread(1)
        };
        let answers = [
            read.run(&bed.device),
            read.run(&bed.device),
            read.flags(0).run(&bed.device),
        ];
        let destroyed = region::destroy(&bed.device, read.remote);
        (answers, destroyed, pins::outstanding() - before)
    });
    tap.proves("6.4.consumed-by-lookup");
    tap.equal(
        "the first is queued, for others the region is gone",
        answers,
        [PENDING, INVALID, INVALID],
    );
    tap.proves("6.4.destroy");
    tap.refuses("also for its owner", destroyed, Errno::EINVAL);
    let pages = 2 * LENGTH as i64 / PAGE as i64;
    tap.check("its pages are pinned", pinned >= pages);
    tap.equal("the copy ends well", bed.array.wait(1), Status::SUCCESS);
    tap.holds("with its bytes", bed.arrived());
    tap.proves("6.4.unpinned-at-end");
    tap.equal("and its pages are released", pins::settle(base), base);
}

/// What is refused before the lookup keeps the region.
fn unconsumed(tap: &mut Tap, bed: &Bed) {
    let read = Inline {
        remote: once(bed),
        ..bed.thread(1)
    };
    let unreadable = Inline { array: 8, ..read };
    let stranger = Device::open();
    let answers = [
        read.slot(PAGE as u32).run(&bed.device),
        read.flags(flag::MEMCPY_THREAD | 0x42).run(&bed.device),
        read.flags(flag::NOTIFY_FD).run(&bed.device),
        read.run(&stranger),
    ];
    tap.proves("6.4.kept-by");
    tap.equal("bad requests are EINVAL", answers, [INVALID; 4]);
    let answer = unreadable.run(&bed.device);
    tap.refuses("an unreadable array is EFAULT", answer, Errno::EFAULT);
    tap.equal("the region is still there", read.run(&bed.device), PENDING);
    tap.equal("to be used once", bed.array.wait(1), Status::SUCCESS);
    tap.equal("and no more", read.run(&bed.device), INVALID);
}

/// A request of no bytes consumes as well, and so does one that cannot pin.
fn empty(tap: &mut Tap, bed: &Bed) {
    tap.proves("6.4.consumed-by");
    for (text, bound, offset) in [("no bytes", 0, 0), ("an offset beyond", 9, LENGTH as u64)] {
        let read = Inline {
            remote: once(bed),
            ..bed.thread(1)
        };
        let read = read.bound(bound).offset(offset);
        tap.equal(text, read.run(&bed.device), PENDING);
        tap.equal("consumes", read.run(&bed.device), INVALID);
    }
    let read = Inline {
        remote: once(bed),
        ..bed.thread(1)
    };
    let bad = [Iovec { base: 8, len: 8 }];
    let pinless = Inline {
        array: bad.as_ptr() as u64,
        ..read
    };
    let answer = pinless.run(&bed.device);
    tap.refuses("memory that cannot be pinned", answer, Errno::EFAULT);
    tap.equal("consumes", read.run(&bed.device), INVALID);
}

/// Copies between regions: a destination that is not found, and both sides the same.
fn between(tap: &mut Tap, bed: &Bed, plug: &Plug) {
    let queued = |src, dst| {
        let copy = Between::new(src, dst);
        copy.flags(flag::MEMCPY_THREAD).slot(1).run(&bed.device)
    };
    let src = once(bed);
    tap.proves("6.4.consumed-by");
    tap.equal("a destination that is not there", queued(src, 1), INVALID);
    tap.equal("consumes the source", queued(src, bed.cookie), INVALID);
    let both = once(bed);
    tap.proves("6.4.both-sides");
    tap.equal("source and destination in one", queued(both, both), INVALID);
    tap.equal("is consumed", queued(bed.cookie, both), INVALID);
    let target = Buffer::new(LENGTH);
    let answers = plug.hold(&bed.device, &bed.array, 0, || {
        target.clear();
        let dst = region::create(&bed.device, &[target.segment()], WRITE, flag::SINGLE_USE);
        let (src, dst) = (once(bed), dst.unwrap_or(0));
        [queued(src, dst), queued(src, dst), queued(bed.cookie, dst)]
    });
    tap.equal(
        "queued, both are gone for others",
        answers,
        [PENDING, INVALID, INVALID],
    );
    tap.equal("and the copy ends", bed.array.wait(1), Status::SUCCESS);
    tap.holds("with its bytes", target.matches("target", 1));
}

/// A region is destroyed while a request that uses it is queued.
fn destroyed(tap: &mut Tap, bed: &Bed, plug: &Plug) {
    let (answer, destroyed, again) = plug.hold(&bed.device, &bed.array, 0, || {
        bed.local.clear();
        let cookie = region::whole(&bed.device, bed.source.segment(), READ);
        let read = Inline {
            remote: cookie,
            ..bed.thread(2)
        };
        let answer = read.run(&bed.device);
        let destroyed = region::destroy(&bed.device, cookie);
        (answer, destroyed, read.run(&bed.device))
    });
    tap.proves("6.5.in-flight");
    tap.equal("a request is queued", answer, PENDING);
    tap.equal("its region is destroyed", destroyed, Ok(()));
    tap.equal("and not found any more", again, INVALID);
    tap.equal("the request ends well", bed.array.wait(2), Status::SUCCESS);
    tap.holds("with its bytes", bed.arrived());
}
