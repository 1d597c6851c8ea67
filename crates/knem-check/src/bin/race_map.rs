// SPDX-License-Identifier: BSD-3-Clause

//! §8.1: the array is mapped by several threads at once, while others submit, read, poll and bind:
//! exactly one mapping wins, and everybody sees either a context without array or one with it.

use std::sync::Barrier;
use std::thread;
use std::time::Duration;

use knem_abi::bind::CURRENT;
use knem_check::prelude::*;
use knem_check::{bind, clock, events};

fn main() -> ExitCode {
    tap::run(env!("CARGO_BIN_NAME"), check)
}

const MAPPERS: usize = 3;

fn check(tap: &mut Tap) {
    let base = pins::outstanding();
    let memory = Buffer::filled(64, 1);
    let rounds = clock::during(Duration::from_millis(2000), 30, || round(&memory));
    tap.note(&format!("{rounds:?} rounds"));
    tap.proves("8.1.once");
    tap.holds("each had exactly one winner", rounds.map(drop));
    tap.equal("nothing stays pinned", pins::settle(base), base);
}

fn round(memory: &Buffer) -> Result<(), String> {
    let device = Device::open();
    device.set_nonblocking(true);
    let cookie = region::whole(&device, memory.segment(), READ);
    let barrier = Barrier::new(MAPPERS + 4);
    let (arrays, outcomes) = thread::scope(|scope| {
        let (device, barrier) = (&device, &barrier);
        let mappers: Vec<_> = (0..MAPPERS)
            .map(|_| {
                scope.spawn(move || {
                    barrier.wait();
                    Array::map(device, knem_check::array::How::default())
                })
            })
            .collect();
        let others = OTHERS.map(|other| {
            scope.spawn(move || {
                barrier.wait();
                (0..20).try_for_each(|_| other(device, cookie))
            })
        });
        let arrays: Vec<_> = mappers
            .into_iter()
            .map(|one| one.join().expect("no panic"))
            .collect();
        (arrays, others.map(|other| other.join().expect("no panic")))
    });
    outcomes.into_iter().collect::<Result<(), String>>()?;
    let won: Vec<&Array> = arrays.iter().flatten().collect();
    let lost = arrays
        .iter()
        .filter(|one| matches!(one, Err(Errno::EBUSY)))
        .count();
    if won.len() != 1 || lost != MAPPERS - 1 {
        return Err(format!("{} won and {lost} lost", won.len()));
    }
    after(&device, won[0], cookie)
}

/// The winner's array works.
fn after(device: &Device, array: &Array, cookie: Cookie) -> Result<(), String> {
    let local = Buffer::new(64);
    let segments = [local.segment()];
    let read = Inline::read(cookie, &segments).flags(flag::MEMCPY_THREAD);
    let answer = read.slot(9).run(device);
    let end = array.wait(9);
    let bound = bind::offload(device, CURRENT, &[]);
    if (answer, end, bound) != (PENDING, Status::SUCCESS, Err(Errno::EBUSY)) {
        return Err(format!("afterwards {answer:?}, {end:?}, {bound:?}"));
    }
    local.matches("local", 1)
}

type Other = fn(&Device, Cookie) -> Result<(), String>;

/// What goes on meanwhile, and what it may see.
const OTHERS: [Other; 4] = [
    |device, cookie| {
        let local = Buffer::new(64);
        let segments = [local.segment()];
        let read = Inline::read(cookie, &segments).flags(flag::MEMCPY_THREAD);
        match read.slot(1).run(device) {
            PENDING | Err(Errno::EINVAL) => Ok(()),
            other => Err(format!("submitting: {other:?}")),
        }
    },
    |device, _| match events::read(device, 1) {
        Err(Errno::EINVAL | Errno::EAGAIN) => Ok(()),
        other => Err(format!("reading: {other:?}")),
    },
    |device, _| match device.poll(libc::POLLIN) {
        Ok(0 | libc::POLLERR) => Ok(()),
        other => Err(format!("polling: {other:?}")),
    },
    |device, _| match bind::offload(device, CURRENT, &[]) {
        Ok(()) | Err(Errno::EBUSY) => Ok(()),
        other => Err(format!("binding: {other:?}")),
    },
];
