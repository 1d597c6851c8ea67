// SPDX-License-Identifier: BSD-3-Clause

//! §7.5, §8.4: where bad memory of the caller shows up in asynchronous requests, and that it is
//! pinned in the call: what the caller does with it afterwards does not matter.

use std::os::fd::FromRawFd;

use knem_check::plug::Plug;
use knem_check::prelude::*;
use knem_check::{clock, events};

fn main() -> ExitCode {
    tap::run(env!("CARGO_BIN_NAME"), check)
}

const FAULT: Outcome = refused(Errno::EFAULT);

fn check(tap: &mut Tap) {
    let base = pins::outstanding();
    let bed = Bed::new(PAGE);
    pinned(tap, &bed);
    in_the_call(tap, &bed);
    access(tap, &bed);
    unmapped_later(tap, &bed);
    drop(bed);
    tap.equal("nothing stays pinned", pins::settle(base), base);
}

/// What runs in the thread has its local memory pinned, all of it.
fn pinned(tap: &mut Tap, bed: &Bed) {
    let good = bed.local.part(0, 128);
    for (text, bad) in [
        ("a null base", Iovec { base: 0, len: 9 }),
        (
            "no memory",
            Iovec {
                base: unmapped(&bed.local),
                len: 9,
            },
        ),
    ] {
        for (place, segments) in [("alone", vec![bad]), ("as a tail", vec![good, bad])] {
            for write in [0, 1] {
                let request = Inline {
                    write,
                    ..Inline::read(bed.cookie, &segments)
                };
                let request = request.flags(flag::MEMCPY_THREAD).slot(3);
                tap.proves("7.5.pinned");
                tap.proves("7.5.whole-array");
                let answers = [
                    request.run(&bed.device),
                    request.bound(5).run(&bed.device),
                    request.bound(0).run(&bed.device),
                    request.offset(PAGE as u64).run(&bed.device),
                ];
                tap.equal(&format!("{text} {place}, {write}"), answers, [FAULT; 4]);
            }
        }
    }
}

/// What has an asynchronous flag and is made in the call tells the fault in both places.
fn in_the_call(tap: &mut Tap, bed: &Bed) {
    let bad = [Iovec { base: 8, len: 64 }];
    for (text, flags) in [
        ("DMATHREAD", flag::DMA_THREAD),
        ("ASYNCDMACOMPLETE", flag::ASYNC_DMA_COMPLETE),
        ("both", flag::DMA_THREAD | flag::ASYNC_DMA_COMPLETE),
        ("a notification", flag::DMA_THREAD | flag::NOTIFY_FD),
    ] {
        let read = Inline::read(bed.cookie, &bad).flags(flags).slot(4);
        bed.array.put(4, 0x77);
        tap.proves("7.5.read-unpinned");
        tap.proves("13.2.copy-user-fault");
        let answer = read.run(&bed.device);
        tap.equal(&format!("{text}: a bad read"), answer, FAILED);
        tap.equal("as the slot says", bed.array.slot(4), Status::FAILED);
        let expected = if flags & flag::NOTIFY_FD == 0 {
            vec![]
        } else {
            vec![4]
        };
        tap.proves("9.1.event");
        tap.equal("event", events::drain(&bed.device), Ok(expected));
        bed.array.put(4, 0x77);
        tap.proves("7.5.write-pinned");
        let answer = Inline { write: 1, ..read }.run(&bed.device);
        tap.equal(&format!("{text}: a bad write"), answer, FAULT);
        tap.proves("7.5.slot-pending");
        tap.equal("leaves PENDING", bed.array.slot(4), Status::PENDING);
        tap.equal("no event", events::drain(&bed.device), Ok(vec![]));
        let answer = read.flags(flags | flag::PIN_LOCAL).run(&bed.device);
        tap.equal(&format!("{text}: a pinned read"), answer, FAULT);
    }
}

/// Memory for reading only can be written from, and not read to.
fn access(tap: &mut Tap, bed: &Bed) {
    let closed = Buffer::filled(PAGE, 7);
    closed.protect(0, PAGE, libc::PROT_READ);
    let segments = [closed.segment()];
    let read = Inline::read(bed.cookie, &segments);
    let read = read.flags(flag::MEMCPY_THREAD).slot(5);
    tap.proves("7.5.pin-access");
    let answer = read.run(&bed.device);
    tap.equal("memory for reading cannot be read to", answer, FAULT);
    let answer = Inline { write: 1, ..read }.run(&bed.device);
    tap.equal("it can be written from", answer, PENDING);
    tap.equal("to the end", bed.array.wait(5), Status::SUCCESS);
    tap.holds("every byte", bed.source.matches("region", 7));
    bed.source.fill(1);
}

/// The caller's memory is taken away while the request is queued.
fn unmapped_later(tap: &mut Tap, bed: &Bed) {
    // SAFETY: the name is a C string; the descriptor belongs to nobody else.
    let file =
        unsafe { std::os::fd::OwnedFd::from_raw_fd(libc::memfd_create(c"local".as_ptr(), 0)) };
    let number = std::os::fd::AsRawFd::as_raw_fd(&file);
    // SAFETY: no memory is involved.
    assert_eq!(unsafe { libc::ftruncate(number, PAGE as _) }, 0);
    let map = || Buffer::of_file(number, PAGE, true).expect("a file can be mapped");
    let kept = map();
    let plug = Plug::new();
    let answer = plug.hold(&bed.device, &bed.array, 0, || {
        let local = map();
        kept.clear();
        let segments = [local.segment()];
        let read = Inline::read(bed.cookie, &segments);
        let answer = read.flags(flag::MEMCPY_THREAD).slot(6).run(&bed.device);
        local.unmap(0, PAGE);
        answer
    });
    tap.equal(
        "a request is queued and its memory unmapped",
        answer,
        PENDING,
    );
    tap.proves("8.4.pins-in-call");
    tap.equal("it ends well", bed.array.wait(6), Status::SUCCESS);
    tap.holds("in the pages that were there", kept.matches("file", 1));
    let calm = clock::wait_until(|| bed.thread(7).run(&bed.device) == PENDING);
    tap.check("and the next is taken", calm);
    tap.equal("and ends", bed.array.wait(7), Status::SUCCESS);
}
