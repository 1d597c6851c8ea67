// SPDX-License-Identifier: BSD-3-Clause

//! §6.4: a single-use region is consumed by the lookup, whatever becomes of the copy then.

use knem_check::prelude::*;

fn main() -> ExitCode {
    tap::run(env!("CARGO_BIN_NAME"), check)
}

fn check(tap: &mut Tap) {
    let device = Device::open();
    let memory = Buffer::filled(PAGE, 1);
    let base = pins::outstanding();
    inline(tap, &device, &memory);
    between(tap, &device, &memory);
    tap.proves("6.4.unpinned-at-end");
    tap.equal(
        "all consumed regions are unpinned",
        pins::settle(base),
        base,
    );
}

fn once(device: &Device, memory: &Buffer, protection: u32) -> Cookie {
    region::create(device, &[memory.segment()], protection, flag::SINGLE_USE)
        .expect("a single-use region")
}

/// After consumption the cookie is unknown to everybody, its owner included.
fn consumed(tap: &mut Tap, device: &Device, text: &str, cookie: Cookie) {
    let invalid = refused(Errno::EINVAL);
    let local = Buffer::new(8);
    let again = Inline::read(cookie, &[local.segment()]).run(device);
    tap.equal(&format!("{text}: a second use is EINVAL"), again, invalid);
    tap.refuses(
        &format!("{text}: destroying is EINVAL"),
        region::destroy(device, cookie),
        Errno::EINVAL,
    );
}

fn inline(tap: &mut Tap, device: &Device, memory: &Buffer) {
    let local = Buffer::new(PAGE);
    let good = [local.segment()];
    let bad = [Iovec {
        base: unmapped(&local),
        len: 8,
    }];
    let fault = refused(Errno::EFAULT);
    let (read, write) = (Inline::read(0, &good), Inline::write(0, &good));
    let (read_bad, write_bad) = (Inline::read(0, &bad), Inline::write(0, &bad));
    let pinned = flag::PIN_LOCAL;
    tap.proves("6.4.consumed-by-lookup");
    tap.proves("6.4.consumed-by");
    tap.proves("7.5.pin-consumes");
    for (text, request, expected) in [
        ("a read", read, SUCCESS),
        ("a write", write, SUCCESS),
        ("a pinned read", read.flags(pinned), SUCCESS),
        ("a read of 0 bytes", read.bound(0), SUCCESS),
        ("no local segments", Inline { count: 0, ..read }, SUCCESS),
        (
            "an offset beyond the end",
            write.offset(PAGE as u64),
            SUCCESS,
        ),
        ("a read to bad memory", read_bad, FAILED),
        ("a pinned read to bad memory", read_bad.flags(pinned), fault),
        ("a write from bad memory", write_bad, fault),
    ] {
        let remote = once(device, memory, READ_WRITE);
        let answer = Inline { remote, ..request }.run(device);
        tap.equal(&format!("{text} has its answer"), answer, expected);
        consumed(tap, device, text, remote);
    }
}

fn between(tap: &mut Tap, device: &Device, memory: &Buffer) {
    let target = Buffer::new(PAGE);
    let persistent = region::whole(device, target.segment(), READ_WRITE);
    let write_only = region::whole(device, target.segment(), WRITE);
    let read_only = region::whole(device, target.segment(), READ);

    let copy = |src, dst| Between::new(src, dst).run(device);
    tap.proves("6.4.consumed-by");
    let (src, dst) = (once(device, memory, READ), once(device, memory, WRITE));
    tap.works("COPY from single-use to single-use works", copy(src, dst));
    consumed(tap, device, "its source", src);
    consumed(tap, device, "its destination", dst);

    let src = once(device, memory, READ);
    let answer = copy(src, 0);
    tap.refuses("COPY to an unknown region is EINVAL", answer, Errno::EINVAL);
    consumed(tap, device, "the source that was found", src);
    let src = once(device, memory, READ);
    tap.refuses(
        "COPY to a region for reading is EACCES",
        copy(src, read_only),
        Errno::EACCES,
    );
    consumed(tap, device, "the source that was found", src);

    tap.proves("6.4.both-sides");
    let same = once(device, memory, READ_WRITE);
    tap.refuses(
        "COPY of a single-use region to itself is EINVAL",
        copy(same, same),
        Errno::EINVAL,
    );
    consumed(tap, device, "the region itself", same);

    let dst = once(device, memory, WRITE);
    tap.refuses(
        "COPY from an unknown region is EINVAL",
        copy(0, dst),
        Errno::EINVAL,
    );
    tap.refuses(
        "COPY from a region for writing is EACCES",
        copy(write_only, dst),
        Errno::EACCES,
    );
    tap.works(
        "their destination was not looked at: it is still there",
        copy(persistent, dst),
    );
    consumed(tap, device, "the destination then", dst);
    let src = once(device, memory, READ);
    let none = Between::new(src, persistent).bound(0);
    tap.works("COPY of 0 bytes works", none.run(device));
    consumed(tap, device, "the source of 0 bytes", src);
    for cookie in [persistent, write_only, read_only] {
        region::destroy(device, cookie).expect("the region is there");
    }
}
