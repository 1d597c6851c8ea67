// SPDX-License-Identifier: BSD-3-Clause

//! §9.3: poll, select and epoll on a context: an error before the array is mapped, then readable as
//! long as there is an event, and woken by each completion.

use std::thread;

use knem_check::events::{self, select, Epoll};
use knem_check::prelude::*;

fn main() -> ExitCode {
    tap::run(env!("CARGO_BIN_NAME"), check)
}

const ALL: i16 = libc::POLLIN | libc::POLLOUT | libc::POLLPRI | libc::POLLRDNORM;
const READABLE: i16 = libc::POLLIN | libc::POLLRDNORM;
/// More than any wait takes that ends at all.
const LONG: i32 = 20_000;

fn check(tap: &mut Tap) {
    before(tap);
    let bed = Bed::new(PAGE);
    polled(tap, &bed);
    woken(tap, &bed);
    selected(tap, &bed);
    level(tap, &bed);
    edge(tap, &bed);
    watched_before(tap);
}

/// Lets one request end, event and all.
fn finish(bed: &Bed, slot: u32) {
    assert_eq!(bed.notify(slot).run(&bed.device), PENDING);
    let behind = bed.thread(4000).run(&bed.device);
    assert_eq!((behind, bed.array.wait(4000)), (PENDING, Status::SUCCESS));
}

fn before(tap: &mut Tap) {
    let device = Device::open();
    tap.proves("9.3.before-mmap");
    tap.equal("before mmap: POLLERR", device.poll(ALL), Ok(libc::POLLERR));
    let answer = device.poll_within(ALL, LONG);
    tap.equal("at once", answer, Ok(libc::POLLERR));
    let epoll = Epoll::watch(device.number(), libc::EPOLLIN);
    tap.equal("epoll says so too", epoll.wait(LONG), Ok(libc::EPOLLERR));
    let array = Array::new(&device);
    tap.equal("after mmap: nothing", device.poll(ALL), Ok(0));
    drop(array);
    tap.equal("also after munmap", device.poll(ALL), Ok(0));
}

fn polled(tap: &mut Tap, bed: &Bed) {
    tap.proves("9.3.readable");
    tap.equal("no event: nothing", bed.device.poll(ALL), Ok(0));
    let answer = bed.thread(1).run(&bed.device);
    let end = bed.array.wait(1);
    assert_eq!((answer, end), (PENDING, Status::SUCCESS));
    tap.equal("nor for a request without", bed.device.poll(ALL), Ok(0));
    finish(bed, 1);
    finish(bed, 2);
    for (text, left) in [("two events", 2), ("one event", 1)] {
        tap.equal(text, bed.device.poll(ALL), Ok(READABLE));
        let only_in = bed.device.poll(libc::POLLIN);
        tap.equal("as it was asked for", only_in, Ok(libc::POLLIN));
        tap.equal("never writable", bed.device.poll(libc::POLLOUT), Ok(0));
        let expected = Ok(vec![3 - left]);
        tap.equal("read", events::read(&bed.device, 1), expected);
    }
    tap.equal("none is left", bed.device.poll(ALL), Ok(0));
    let nothing = bed.notify(3).bound(0).run(&bed.device);
    tap.equal("a request of no bytes", nothing, PENDING);
    tap.equal("is an event", bed.device.poll(ALL), Ok(READABLE));
    tap.equal("read", events::read(&bed.device, 1), Ok(vec![3]));
    let in_call = bed.read().flags(flag::DMA_THREAD | flag::NOTIFY_FD).slot(4);
    tap.works("a request made in the call", in_call.run(&bed.device));
    tap.equal("is an event", bed.device.poll(ALL), Ok(READABLE));
    tap.equal("read", events::read(&bed.device, 1), Ok(vec![4]));
}

/// Who waits is woken, each time.
fn woken(tap: &mut Tap, bed: &Bed) {
    let outcome = (0..300).try_for_each(|slot| {
        let polled = thread::scope(|scope| {
            let waiting = scope.spawn(|| bed.device.poll_within(libc::POLLIN, LONG));
            if slot % 2 == 0 {
                thread::yield_now();
            }
            assert_eq!(bed.notify(slot).run(&bed.device), PENDING);
            waiting.join().expect("no panic")
        });
        match (polled, events::read(&bed.device, 1)) {
            (Ok(libc::POLLIN), Ok(event)) if event == [slot] => Ok(()),
            other => Err(format!("round {slot}: {other:?}")),
        }
    });
    tap.holds("300 times, who waits is woken", outcome);
    let answers = thread::scope(|scope| {
        let waiting = [(); 3].map(|()| scope.spawn(|| bed.device.poll_within(ALL, LONG)));
        finish(bed, 7);
        waiting.map(|waiting| waiting.join().expect("no panic"))
    });
    tap.equal("all who wait are", answers, [Ok(READABLE); 3]);
    tap.equal("by one event", events::read(&bed.device, 1), Ok(vec![7]));
}

fn selected(tap: &mut Tap, bed: &Bed) {
    let number = bed.device.number();
    tap.equal("select: nothing", select(number, 0), Ok([false; 3]));
    finish(bed, 8);
    let readable = Ok([true, false, false]);
    tap.equal("select: readable", select(number, 0), readable);
    tap.equal("read", events::read(&bed.device, 1), Ok(vec![8]));
    let answer = thread::scope(|scope| {
        let waiting = scope.spawn(|| select(number, i64::from(LONG)));
        finish(bed, 9);
        waiting.join().expect("no panic")
    });
    tap.equal("select: woken", answer, readable);
    tap.equal("read", events::read(&bed.device, 1), Ok(vec![9]));
}

fn level(tap: &mut Tap, bed: &Bed) {
    let epoll = Epoll::watch(bed.device.number(), libc::EPOLLIN | libc::EPOLLOUT);
    tap.equal("epoll: nothing", epoll.wait(0), Ok(0));
    finish(bed, 10);
    finish(bed, 11);
    for event in [10, 11] {
        let answers = [(); 3].map(|()| epoll.wait(LONG));
        tap.equal(
            "epoll: as long as there is one",
            answers,
            [Ok(libc::EPOLLIN); 3],
        );
        tap.equal("read", events::read(&bed.device, 1), Ok(vec![event]));
    }
    tap.equal("epoll: nothing again", epoll.wait(0), Ok(0));
    let answer = thread::scope(|scope| {
        let waiting = scope.spawn(|| epoll.wait(LONG));
        finish(bed, 12);
        waiting.join().expect("no panic")
    });
    tap.equal("epoll: woken", answer, Ok(libc::EPOLLIN));
    tap.equal("read", events::read(&bed.device, 1), Ok(vec![12]));
}

fn edge(tap: &mut Tap, bed: &Bed) {
    let epoll = Epoll::watch(bed.device.number(), libc::EPOLLIN | libc::EPOLLET);
    tap.equal("edge: nothing", epoll.wait(0), Ok(0));
    for slot in 20..23 {
        finish(bed, slot);
        let answers = [epoll.wait(LONG), epoll.wait(0)];
        let expected = [Ok(libc::EPOLLIN), Ok(0)];
        tap.equal("edge: once for each completion", answers, expected);
    }
    let events = events::read(&bed.device, 3);
    tap.equal("which all can be read", events, Ok(vec![20, 21, 22]));
}

/// Watching begins before the array is mapped.
fn watched_before(tap: &mut Tap) {
    let device = Device::open();
    let epoll = Epoll::watch(device.number(), libc::EPOLLIN);
    tap.equal("watched before mmap", epoll.wait(LONG), Ok(libc::EPOLLERR));
    let bed = Bed::on(device, PAGE);
    tap.equal("mapped: nothing", epoll.wait(0), Ok(0));
    let answer = thread::scope(|scope| {
        let waiting = scope.spawn(|| epoll.wait(LONG));
        finish(&bed, 1);
        waiting.join().expect("no panic")
    });
    tap.equal("it is woken all the same", answer, Ok(libc::EPOLLIN));
}
