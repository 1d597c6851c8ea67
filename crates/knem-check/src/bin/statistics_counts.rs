// SPDX-License-Identifier: BSD-3-Clause

//! §13.2, §14: which request moves which counter, exactly.

use knem_abi::request;
use knem_check::prelude::*;
use statistics::Snapshot;
use Counter::{
    FailedCopyUser, FailedFindRegion, FailedNoMemory, FailedPinLocal, FailedReadCmd,
    ProcessedPinLocal, ProcessedTotal, Submitted,
};

fn main() -> ExitCode {
    tap::run(env!("CARGO_BIN_NAME"), check)
}

fn check(tap: &mut Tap) {
    let device = Device::open();
    let memory = Buffer::shared(PAGE);
    let cookie = region::whole(&device, memory.segment(), READ_WRITE);
    let good = [memory.part(0, 64)];
    let read = Inline::read(cookie, &good);
    let copy = Between::new(cookie, cookie);
    processed(tap, &device, read, copy);
    unfound(tap, &device, read, copy);
    failed(tap, &device, read);
    uncounted(tap, &device, read);
}

/// Requests that succeed.
fn processed(tap: &mut Tap, device: &Device, read: Inline, copy: Between) {
    tap.proves("14.counters");
    tap.proves("7.3.pinlocal");
    let done = [(Submitted, 1), (ProcessedTotal, 1)];
    let pinned = [(Submitted, 1), (ProcessedTotal, 1), (ProcessedPinLocal, 1)];
    let nothing = read.bound(0);
    let pinned_nothing = nothing.flags(flag::PIN_LOCAL);
    for (text, request, expected) in [
        ("a read", read, &done[..]),
        ("a pinned read", read.flags(flag::PIN_LOCAL), &pinned),
        ("a write", Inline { write: 1, ..read }, &pinned),
        ("a read of nothing", nothing, &done),
        ("a pinned read of nothing", pinned_nothing, &pinned),
    ] {
        count(tap, text, expected, || request.run(device) == SUCCESS);
    }
    for (text, request) in [
        ("a copy", copy),
        ("a bounded copy", copy.bound(9)),
        ("a copy of nothing", copy.bound(0)),
        ("a pinned copy: nothing to pin", copy.flags(flag::PIN_LOCAL)),
    ] {
        count(tap, text, &done, || request.run(device) == SUCCESS);
    }
}

/// Regions that are not there or may not be used.
fn unfound(tap: &mut Tap, device: &Device, read: Inline, copy: Between) {
    let expected = [(Submitted, 1), (FailedFindRegion, 1)];
    let closed = region::create_counted(device, 0, 0, 0, 0).expect("an empty region");
    tap.proves("13.2.copy-unknown");
    tap.proves("13.2.copy-protection");
    for (text, remote, why) in [
        ("an unknown cookie", 0, Errno::EINVAL),
        ("a protected region", closed, Errno::EACCES),
    ] {
        let request = Inline { remote, ..read };
        count(tap, text, &expected, || request.run(device) == refused(why));
    }
    for (text, request) in [
        ("a copy from an unknown region", Between { src: 0, ..copy }),
        ("a copy to an unknown region", Between { dst: 0, ..copy }),
    ] {
        let unknown = refused(Errno::EINVAL);
        count(tap, text, &expected, || request.run(device) == unknown);
    }
    tap.proves("13.2.copy-uid");
    count(tap, "a foreign region", &expected, || {
        as_user(BOB, || read.run(device)) == refused(Errno::EPERM)
    });
}

/// Local memory that is not there.
fn failed(tap: &mut Tap, device: &Device, read: Inline) {
    let bad = [Iovec { base: 8, len: 64 }];
    let to_bad = Inline::read(read.remote, &bad);
    let from_bad = Inline::write(read.remote, &bad);
    let unread = [(Submitted, 1), (FailedReadCmd, 1)];
    let no_memory = [(Submitted, 1), (FailedNoMemory, 1)];
    let unpinned = [(Submitted, 1), (ProcessedTotal, 1), (FailedPinLocal, 1)];
    let faulted = [(Submitted, 1), (ProcessedTotal, 1), (FailedCopyUser, 1)];
    let fault = refused(Errno::EFAULT);
    let many = Inline {
        count: 65_536,
        ..read
    };
    tap.proves("13.2.copy-array");
    tap.proves("13.2.copy-no-memory");
    tap.proves("13.2.copy-pin");
    for (text, request, expected, answer) in [
        (
            "an unreadable array",
            Inline { array: 8, ..read },
            &unread[..],
            fault,
        ),
        (
            "too many segments",
            many,
            &no_memory,
            refused(Errno::ENOMEM),
        ),
        ("a write from bad memory", from_bad, &unpinned, fault),
        (
            "a pinned read to bad memory",
            to_bad.flags(flag::PIN_LOCAL),
            &unpinned,
            fault,
        ),
        ("a read to bad memory", to_bad, &faulted, FAILED),
    ] {
        count(tap, text, expected, || request.run(device) == answer);
    }
}

/// Calls that move no counter at all.
fn uncounted(tap: &mut Tap, device: &Device, read: Inline) {
    tap.proves("6.1.no-counter");
    count(tap, "creating and destroying", &[], || {
        let cookie = region::create_counted(device, 0, 0, READ, 0).unwrap_or(0);
        let refused = region::create_counted(device, 8, 1, READ, 0);
        region::destroy(device, cookie).is_ok()
            && refused.is_err()
            && region::destroy(device, 0).is_err()
    });
    count(tap, "asking for information", &[], || {
        device.call(request::GET_INFO, &mut [0_u8; 16]).is_ok()
    });
    count(tap, "an unknown request", &[], || {
        device.call_at(1, 0).is_err()
    });
    tap.proves("13.2.copy-block");
    count(tap, "an unreadable block", &[], || {
        device.call_at(request::COPY, 0) == refused(Errno::EFAULT)
    });
    count(tap, "an asynchronous flag without array", &[], || {
        read.flags(flag::MEMCPY_THREAD).run(device).is_err()
    });
    count(tap, "a notification without thread", &[], || {
        read.flags(flag::NOTIFY_FD).run(device).is_err()
    });
}

/// Does something three times, which must go as said each time, and looks at all counters.
fn count(tap: &mut Tap, text: &str, expected: &[(Counter, i64)], act: impl Fn() -> bool) {
    let before = Snapshot::take();
    let went = (0..3).all(|_| act());
    let now = Snapshot::take();
    tap.check(&format!("{text}: answered as it should"), went);
    let expected: Vec<_> = expected
        .iter()
        .map(|&(counter, growth)| (counter, 3 * growth))
        .collect();
    tap.holds(&format!("{text}: counted"), before.grew(&now, &expected));
}
