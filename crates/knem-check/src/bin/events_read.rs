// SPDX-License-Identifier: BSD-3-Clause

//! §9.2: reading events: whole ones only, all that were asked for, less after a signal or without
//! waiting, and none is ever lost.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use knem_check::interrupt::{self, interrupted};
use knem_check::prelude::*;
use knem_check::{clock, events};

fn main() -> ExitCode {
    tap::run(env!("CARGO_BIN_NAME"), check)
}

fn check(tap: &mut Tap) {
    let bed = Bed::new(PAGE);
    counts(tap, &bed);
    full(tap, &bed);
    nonblocking(tap, &bed);
    signals(tap, &bed);
    faults(tap, &bed);
    unaligned(tap, &bed);
    shared(tap, &bed);
}

/// Lets requests end whose events are these.
fn finish(bed: &Bed, slots: std::ops::Range<u32>) {
    let last = slots.end - 1;
    for slot in slots {
        assert_eq!(bed.notify(slot).run(&bed.device), PENDING);
    }
    assert_eq!(bed.array.wait(last as usize), Status::SUCCESS);
    // The event comes right behind the slot.
    let behind = bed.thread(4000).run(&bed.device);
    assert_eq!((behind, bed.array.wait(4000)), (PENDING, Status::SUCCESS));
}

/// A count that is no multiple of 4, and 0.
fn counts(tap: &mut Tap, bed: &Bed) {
    for ready in [false, true] {
        if ready {
            finish(bed, 1..3);
        }
        for nonblocking in [false, true] {
            bed.device.set_nonblocking(nonblocking);
            tap.proves("9.2.multiple-of-4");
            let answers = [1, 2, 3, 5, 7, 4095].map(|count| {
                let bad = bed.device.read_at(8, count);
                (bed.device.read(&mut vec![0; count]), bad)
            });
            let invalid = refused(Errno::EINVAL);
            let text = format!("ready {ready}, O_NONBLOCK {nonblocking}");
            tap.equal(
                &format!("{text}: odd counts are EINVAL"),
                answers,
                [(invalid, invalid); 6],
            );
            tap.proves("9.2.count-0");
            let answer = bed.device.read(&mut []);
            tap.equal(&format!("{text}: 0 bytes are 0"), answer, Ok(0));
            let answer = bed.device.read_at(8, 0);
            tap.equal(&format!("{text}: anywhere"), answer, Ok(0));
        }
        bed.device.set_nonblocking(false);
    }
    let events = events::read(&bed.device, 2);
    tap.equal("none of that took an event", events, Ok(vec![1, 2]));
}

/// A blocking read returns when its buffer is full.
fn full(tap: &mut Tap, bed: &Bed) {
    let over = AtomicBool::new(false);
    let (early, events) = thread::scope(|scope| {
        let reader = scope.spawn(|| {
            let events = events::read(&bed.device, 6);
            over.store(true, Ordering::Release);
            events
        });
        for half in [0, 3] {
            finish(bed, half..half + 2);
            thread::sleep(Duration::from_millis(30));
        }
        let early = over.load(Ordering::Acquire);
        finish(bed, 7..9);
        (early, reader.join().expect("no panic"))
    });
    tap.proves("9.2.blocking");
    tap.check("a read of 6 events waits while there are 4", !early);
    let expected = Ok(vec![0, 1, 3, 4, 7, 8]);
    tap.equal("and gives all 6", events, expected);
    finish(bed, 0..10);
    let events = events::read(&bed.device, 4);
    tap.equal("a read of 4 of 10 gives 4", events, Ok(vec![0, 1, 2, 3]));
    let events = events::read(&bed.device, 6);
    tap.equal("the next gives the rest", events, Ok((4..10).collect()));
}

fn nonblocking(tap: &mut Tap, bed: &Bed) {
    bed.device.set_nonblocking(true);
    tap.proves("9.2.nonblock-none");
    let answer = events::read(&bed.device, 3);
    tap.refuses("without waiting, none: EAGAIN", answer, Errno::EAGAIN);
    finish(bed, 20..23);
    tap.proves("9.2.nonblock-some");
    let answer = events::read(&bed.device, 2);
    tap.equal("some: as many as wanted", answer, Ok(vec![20, 21]));
    let answer = events::read(&bed.device, 10);
    tap.equal("or as there are", answer, Ok(vec![22]));
    let answer = events::read(&bed.device, 1);
    tap.refuses("then none again", answer, Errno::EAGAIN);
    bed.device.set_nonblocking(false);
    let answer = interrupted(0, || events::read(&bed.device, 1));
    tap.refuses("F_SETFL back: it waits", answer, Errno::EINTR);

    let opened = Device::open_with(libc::O_RDWR | libc::O_NONBLOCK).expect("it opens");
    let _array = Array::new(&opened);
    let answer = events::read(&opened, 1);
    tap.refuses("opened so: EAGAIN", answer, Errno::EAGAIN);
}

fn signals(tap: &mut Tap, bed: &Bed) {
    for (text, flags) in [("a signal", 0), ("one with SA_RESTART", libc::SA_RESTART)] {
        let before = interrupt::count();
        tap.proves("9.2.signal-eintr");
        let answer = interrupted(flags, || events::read(&bed.device, 3));
        tap.refuses(&format!("{text}, no event: EINTR"), answer, Errno::EINTR);
        tap.check("it was handled", interrupt::count() > before);
        finish(bed, 30..32);
        tap.proves("9.2.signal-short");
        let answer = interrupted(flags, || events::read(&bed.device, 3));
        let some = Ok(vec![30, 31]);
        tap.equal(&format!("{text}, two events: a short count"), answer, some);
        let answer = events::drain(&bed.device);
        tap.equal("which took both", answer, Ok(vec![]));
    }
}

/// Buffers that are not there, wholly or from some byte on.
fn faults(tap: &mut Tap, bed: &Bed) {
    let closed = Buffer::new(PAGE);
    closed.protect(0, PAGE, libc::PROT_READ);
    finish(bed, 40..45);
    tap.proves("9.2.faulting-buffer");
    for (text, address) in [
        ("no memory", 8),
        ("an address of the kernel", 0xffff_8880_0000_0000),
        ("memory for reading", closed.address()),
        ("half an event", Buffer::flush_end(2).address()),
    ] {
        for nonblocking in [false, true] {
            bed.device.set_nonblocking(nonblocking);
            let answer = bed.device.read_at(address, 20);
            tap.refuses(&format!("{text}: EFAULT"), answer, Errno::EFAULT);
        }
        bed.device.set_nonblocking(false);
    }
    for (room, from) in [(8, 40), (10, 42)] {
        let short = Buffer::flush_end(room);
        let answer = bed.device.read_at(short.address(), 20);
        let text = format!("room for {room} bytes");
        tap.equal(&format!("{text}: a short count"), answer, Ok(8));
        let events = events::decode(&short.bytes());
        tap.equal("with the next two", events, vec![from, from + 1]);
        finish(bed, from + 5..from + 7);
    }
    let events = events::drain(&bed.device);
    let expected = Ok(vec![44, 45, 46, 47, 48]);
    tap.equal("no event was lost, none came twice", events, expected);
}

fn unaligned(tap: &mut Tap, bed: &Bed) {
    let memory = Buffer::new(2 * PAGE);
    tap.proves("9.2.shared");
    for offset in [1, 2, 3, PAGE - 5] {
        finish(bed, 50..53);
        let answer = bed.device.read_at(memory.address() + offset as u64, 12);
        tap.equal(&format!("a buffer at {offset}"), answer, Ok(12));
        let events = events::decode(&memory.bytes()[offset..offset + 12]);
        tap.equal("has its events", events, vec![50, 51, 52]);
    }
}

/// Several readers: each event goes to one of them.
fn shared(tap: &mut Tap, bed: &Bed) {
    const EACH: u32 = 250;
    const READERS: u32 = 4;
    let mut lists: Vec<Vec<u32>> = thread::scope(|scope| {
        let readers: Vec<_> = (0..READERS)
            .map(|i| {
                scope.spawn(move || {
                    let rounds =
                        (0..EACH / (i + 1)).map(|_| events::read(&bed.device, i as usize + 1));
                    rounds
                        .map(|events| events.expect("events come"))
                        .collect::<Vec<_>>()
                        .concat()
                })
            })
            .collect();
        let total: u32 = (0..READERS).map(|i| EACH / (i + 1) * (i + 1)).sum();
        for slot in 0..total {
            assert_eq!(bed.notify(slot).run(&bed.device), PENDING);
        }
        readers
            .into_iter()
            .map(|reader| reader.join().expect("no panic"))
            .collect()
    });
    let sorted = |list: &Vec<u32>| list.windows(2).all(|pair| pair[0] < pair[1]);
    tap.check(
        "each of four readers sees them in order",
        lists.iter().all(sorted),
    );
    let mut all: Vec<u32> = lists.drain(..).flatten().collect();
    all.sort_unstable();
    let expected: Vec<u32> = (0..all.len() as u32).collect();
    tap.equal("and each event goes to one of them", all, expected);
    let calm = clock::wait_until(|| events::drain(&bed.device) == Ok(vec![]));
    tap.check("none is left", calm);
}
