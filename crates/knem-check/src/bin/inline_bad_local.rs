// SPDX-License-Identifier: BSD-3-Clause

//! §7.5: where a bad local buffer shows up: as FAILED where the local side is copied from or to
//! directly, as EFAULT where it is pinned.

use knem_check::dma::Engine;
use knem_check::file;
use knem_check::prelude::*;

fn main() -> ExitCode {
    tap::run(env!("CARGO_BIN_NAME"), check)
}

const FAULT: Outcome = refused(Errno::EFAULT);

fn check(tap: &mut Tap) {
    let device = Device::open();
    let remote = Buffer::filled(2 * PAGE, 1);
    let cookie = region::whole(&device, remote.segment(), READ_WRITE);
    let base = pins::outstanding();
    tap.proves("7.5.read-unpinned");
    tap.proves("7.5.write-pinned");
    tap.proves("7.5.pin-access");
    let engine = Engine::now();
    for (text, bad) in unusable() {
        let read = Inline::read(cookie, &bad.segments);
        let write = Inline::write(cookie, &bad.segments);
        tap.equal(&format!("{text}: read"), read.run(&device), bad.read);
        tap.equal(
            &format!("{text}: pinned read"),
            read.flags(flag::PIN_LOCAL).run(&device),
            bad.pinned_read,
        );
        tap.equal(&format!("{text}: write"), write.run(&device), bad.write);
        tap.equal(
            &format!("{text}: pinned write"),
            write.flags(flag::PIN_LOCAL).run(&device),
            bad.pinned_write,
        );
        let bounded = [read.bound(100), read.offset(PAGE as u64).bound(2)];
        let answers = bounded.map(|request| request.run(&device));
        tap.equal(
            &format!("{text}: bounded, with an offset"),
            answers,
            [bad.read; 2],
        );
        let by_dma = match engine {
            Engine::Channels => bad.pinned_read,
            Engine::NoChannel => refused(Errno::EINVAL),
            Engine::NoSupport | Engine::Disabled => bad.read,
        };
        let answer = read.flags(flag::DMA).run(&device);
        tap.equal(&format!("{text}: with DMA"), answer, by_dma);
    }
    tail(tap, &device, cookie);
    partial(tap, &device, cookie, &remote);
    long(tap, &device, cookie);
    tap.equal("nothing stays pinned", pins::settle(base), base);
}

/// A local buffer and what becomes of it.
struct Bad {
    segments: Vec<Iovec>,
    read: Outcome,
    pinned_read: Outcome,
    write: Outcome,
    pinned_write: Outcome,
    // Keeps the memory mapped.
    _memory: Buffer,
}

fn unusable() -> [(&'static str, Bad); 5] {
    let memory = || Buffer::filled(PAGE, 2);
    let bad = |segment, memory| Bad {
        segments: vec![segment],
        read: FAILED,
        pinned_read: FAULT,
        write: FAULT,
        pinned_write: FAULT,
        _memory: memory,
    };
    let plain = memory();
    let before = Iovec {
        base: unmapped(&plain),
        len: 200,
    };
    let closed = memory();
    closed.protect(0, PAGE, libc::PROT_NONE);
    let read_only = memory();
    read_only.protect(0, PAGE, libc::PROT_READ);
    let kernel = Iovec {
        base: 0xffff_8880_0000_0000,
        len: 200,
    };
    [
        ("memory that is not mapped", bad(before, plain)),
        ("a null base", bad(Iovec { base: 0, len: 200 }, memory())),
        ("an address of the kernel", bad(kernel, memory())),
        (
            "memory without any access",
            Bad {
                write: sent_from(&closed),
                ..bad(closed.segment(), closed)
            },
        ),
        // It can be read from, so that writing from it works.
        (
            "memory for reading",
            Bad {
                write: SUCCESS,
                pinned_write: SUCCESS,
                ..bad(read_only.segment(), read_only)
            },
        ),
    ]
}

/// What becomes of a write from memory that the kernel is to read without pinning it: what its own
/// `write` makes of it. User Mode Linux reads a page without any access as long as it is there.
fn sent_from(memory: &Buffer) -> Outcome {
    match memory.send(&file::in_memory(PAGE)) {
        Ok(_) => SUCCESS,
        Err(errno) => refused(errno),
    }
}

/// A bad segment that the copy never comes to: only pinning finds it.
fn tail(tap: &mut Tap, device: &Device, cookie: Cookie) {
    let good = Buffer::new(2 * PAGE);
    tap.proves("7.5.whole-array");
    for base in [unmapped(&good), 0, 0xffff_8880_0000_0000] {
        let segments = [good.segment(), Iovec { base, len: 64 }];
        let read = Inline::read(cookie, &segments);
        let write = Inline::write(cookie, &segments);
        let text = format!("a tail at {base:#x} behind enough good memory");
        tap.works(&format!("{text}: read"), read.run(device));
        tap.works(&format!("{text}: read less"), read.bound(10).run(device));
        tap.works(&format!("{text}: read nothing"), read.bound(0).run(device));
        for (what, request) in [
            ("pinned read", read.flags(flag::PIN_LOCAL)),
            ("write", write),
        ] {
            tap.equal(&format!("{text}: {what}"), request.run(device), FAULT);
            tap.equal(
                &format!("{text}: {what} of less"),
                request.bound(10).run(device),
                FAULT,
            );
            tap.equal(
                &format!("{text}: {what} of nothing"),
                request.bound(0).run(device),
                FAULT,
            );
            let beyond = request.offset(2 * PAGE as u64);
            tap.equal(
                &format!("{text}: {what} beyond the end"),
                beyond.run(device),
                FAULT,
            );
        }
    }
    let empty = [
        Iovec { base: 1, len: 0 },
        good.segment(),
        Iovec {
            base: u64::MAX,
            len: 0,
        },
    ];
    for flags in [0, flag::PIN_LOCAL] {
        let answers = [Inline::read(cookie, &empty), Inline::write(cookie, &empty)]
            .map(|request| request.flags(flags).run(device));
        tap.equal(
            &format!("empty segments at bad addresses do no harm, flags {flags:#x}"),
            answers,
            [SUCCESS; 2],
        );
    }
}

/// Good memory that ends too early: nothing beyond it is written.
fn partial(tap: &mut Tap, device: &Device, cookie: Cookie, remote: &Buffer) {
    let short = Buffer::flush_end(PAGE + 100);
    let segments = [Iovec {
        base: short.address(),
        len: 2 * PAGE as u64,
    }];
    tap.equal(
        "a buffer that is too short: read",
        Inline::read(cookie, &segments).run(device),
        FAILED,
    );
    let (got, all) = (short.bytes(), remote.bytes());
    let honest = got
        .iter()
        .zip(&all)
        .all(|(&got, &sent)| got == sent || got == 0);
    tap.check("what arrived is at its place", honest);
    let before = remote.bytes();
    tap.equal(
        "a buffer that is too short: write",
        Inline::write(cookie, &segments).run(device),
        FAULT,
    );
    tap.holds(
        "a write that is refused writes nothing",
        pattern::same("region", &remote.bytes(), &before),
    );
}

/// Lengths that no buffer has: refused or cut to the region, never anything else.
fn long(tap: &mut Tap, device: &Device, cookie: Cookie) {
    let memory = Buffer::new(2 * PAGE);
    let segment = |len| Iovec {
        base: memory.address(),
        len,
    };
    let far = Iovec {
        base: unmapped(&memory),
        len: 1 << 40,
    };
    for (text, segments) in [
        ("a length that wraps around", vec![segment(u64::MAX)]),
        ("half of all addresses", vec![segment(1 << 63)]),
        (
            "a total that wraps around",
            vec![segment(100), segment(u64::MAX - 50), segment(100)],
        ),
        ("a terabyte of nothing", vec![far]),
    ] {
        let allowed = [SUCCESS, FAILED, FAULT, refused(Errno::EINVAL)];
        tap.one_of(
            &format!("{text}: read"),
            Inline::read(cookie, &segments).run(device),
            &allowed,
        );
        let allowed = [FAULT, refused(Errno::EINVAL), refused(Errno::ENOMEM)];
        tap.one_of(
            &format!("{text}: write"),
            Inline::write(cookie, &segments).run(device),
            &allowed,
        );
        let pinned = Inline::read(cookie, &segments).flags(flag::PIN_LOCAL);
        tap.one_of(
            &format!("{text}: pinned read"),
            pinned.run(device),
            &allowed,
        );
    }
}
