// SPDX-License-Identifier: BSD-3-Clause

//! §12, §20.6: the protection of a region holds for everybody, its owner included.

use knem_check::prelude::*;

fn main() -> ExitCode {
    tap::run(env!("CARGO_BIN_NAME"), check)
}

fn check(tap: &mut Tap) {
    let device = Device::open();
    let memory = Buffer::shared(PAGE);
    memory.fill(1);
    let free = region::whole(&device, memory.segment(), READ_WRITE);
    tap.proves("12.protection");
    for protection in [0, READ, WRITE, READ_WRITE] {
        for flags in [0, flag::ANY_USER_ACCESS] {
            let cookie = region::create(&device, &[memory.segment()], protection, flags);
            let cookie = cookie.unwrap_or(0);
            let text = format!("protection {protection}, flags {flags:#x}");
            all_uses(tap, &device, &text, (cookie, protection), free);
            if flags == flag::ANY_USER_ACCESS {
                others(tap, &device, &text, (cookie, protection), &memory);
            }
        }
    }
}

/// What a use that needs these bits must answer.
fn expect(protection: u32, needed: u32) -> Outcome {
    if protection & needed == needed {
        SUCCESS
    } else {
        refused(Errno::EACCES)
    }
}

/// The owner, in every way to use a region.
fn all_uses(
    tap: &mut Tap,
    device: &Device,
    text: &str,
    (cookie, protection): (Cookie, u32),
    free: Cookie,
) {
    let memory = Buffer::new(8);
    let local = [memory.segment()];
    let (read, write) = (Inline::read(cookie, &local), Inline::write(cookie, &local));
    for (what, request, needed) in [
        ("read", read, READ),
        ("write", write, WRITE),
        ("read of 0 bytes", read.bound(0), READ),
        ("write beyond the end", write.offset(u64::MAX), WRITE),
        (
            "read without local segments",
            Inline { count: 0, ..read },
            READ,
        ),
    ] {
        let answer = request.run(device);
        tap.equal(
            &format!("{text}: {what}"),
            answer,
            expect(protection, needed),
        );
    }
    for (what, request, needed) in [
        ("source", Between::new(cookie, free), READ),
        ("destination", Between::new(free, cookie), WRITE),
        ("both at once", Between::new(cookie, cookie), READ_WRITE),
        (
            "source of 0 bytes",
            Between::new(cookie, free).bound(0),
            READ,
        ),
    ] {
        let answer = request.run(device);
        tap.equal(
            &format!("{text}: {what}"),
            answer,
            expect(protection, needed),
        );
    }
}

/// Another user, whom the flag lets in.
fn others(
    tap: &mut Tap,
    device: &Device,
    text: &str,
    (cookie, protection): (Cookie, u32),
    memory: &Buffer,
) {
    let local = [memory.part(0, 8)];
    let answer = as_user(BOB, || Inline::read(cookie, &local).run(device));
    tap.equal(
        &format!("{text}: another user reads"),
        answer,
        expect(protection, READ),
    );
    let answer = as_user(BOB, || Inline::write(cookie, &local).run(device));
    tap.equal(
        &format!("{text}: another user writes"),
        answer,
        expect(protection, WRITE),
    );
}
