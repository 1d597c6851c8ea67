// SPDX-License-Identifier: BSD-3-Clause

//! §2, §6.1, §7.3, §20.11: padding, unknown flags and unknown protection bits are never refused.

use knem_check::dma::Engine;
use knem_check::prelude::*;

fn main() -> ExitCode {
    tap::run(env!("CARGO_BIN_NAME"), check)
}

/// Everything that is not asynchronous and not a notification, known or not.
const HARMLESS: u32 = !(flag::ASYNC_MASK | flag::NOTIFY_FD);

fn check(tap: &mut Tap) {
    let device = Device::open();
    let remote = Buffer::filled(3 * PAGE, 1);
    let local = Buffer::new(3 * PAGE);
    let cookie = create_flags(tap, &device, &remote, &local);
    protections(tap, &device, &remote, &local);
    copy_flags(tap, &device, cookie, &local);
}

/// Of the flags of a region only two mean something; answers a persistent region.
fn create_flags(tap: &mut Tap, device: &Device, remote: &Buffer, local: &Buffer) -> Cookie {
    tap.proves("6.1.flags-dropped");
    let (source, target) = ([remote.segment()], [local.segment()]);
    let persistent = region::create(device, &source, READ_WRITE, !flag::CREATE_MASK);
    tap.check(
        "a region takes any bit outside of the create flags",
        persistent.is_ok(),
    );
    let persistent = persistent.unwrap_or(0);
    for round in 1..=2 {
        let answer = Inline::read(persistent, &target).run(device);
        tap.works(
            &format!("none of them makes it single-use (copy {round})"),
            answer,
        );
    }
    let once = region::create(device, &source, READ, 63).unwrap_or(0);
    let read = Inline::read(once, &target);
    tap.works("flags 63 on a region: it can be used", read.run(device));
    tap.refuses("they make it single-use", read.run(device), Errno::EINVAL);
    persistent
}

/// Of the protection only two bits mean something.
fn protections(tap: &mut Tap, device: &Device, remote: &Buffer, local: &Buffer) {
    let (source, target) = ([remote.segment()], [local.segment()]);
    tap.proves("6.1.protection-bits");
    for bits in [0xffff_fffc, 4, 0x8000_0000] {
        let open = region::create(device, &source, bits | READ_WRITE, 0).unwrap_or(0);
        let answer = Inline::read(open, &target).run(device);
        tap.works(&format!("protection {bits:#x}|3 is as 3"), answer);
        let closed = region::create(device, &source, bits, 0).unwrap_or(0);
        let answer = Inline::read(closed, &target).run(device);
        tap.refuses(
            &format!("protection {bits:#x} is as 0"),
            answer,
            Errno::EACCES,
        );
    }
}

/// Flags that mean nothing on a copy.
fn copy_flags(tap: &mut Tap, device: &Device, cookie: Cookie, local: &Buffer) {
    let (unknown, engine) = (0x8000_0000, Engine::now());
    tap.proves("7.3.unknown-dropped");
    for flags in [
        flag::SINGLE_USE,
        flag::ANY_USER_ACCESS,
        unknown,
        flag::DMA,
        0x31,
        HARMLESS,
    ] {
        local.clear();
        let answer = Inline::read(cookie, &[local.segment()])
            .flags(engine.usable(flags))
            .run(device);
        tap.works(
            &format!("flags {flags:#x} on an inline copy are taken"),
            answer,
        );
        tap.holds("and the bytes are there", local.matches("local", 1));
        let copy = Between::new(cookie, cookie).flags(engine.usable(flags));
        tap.works(
            &format!("flags {flags:#x} on a copy are taken"),
            copy.run(device),
        );
        tap.works("and on a bounded copy", copy.bound(1).run(device));
    }
}
