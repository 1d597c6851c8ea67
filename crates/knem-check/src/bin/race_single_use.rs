// SPDX-License-Identifier: BSD-3-Clause

//! §6.4, W3: of many who use one single-use region at the same time exactly one succeeds.

use knem_check::clock;
use knem_check::prelude::*;
use std::sync::Barrier;
use std::thread;
use std::time::Duration;

fn main() -> ExitCode {
    tap::run(env!("CARGO_BIN_NAME"), check)
}

const THREADS: usize = 4;

fn check(tap: &mut Tap) {
    let device = Device::open();
    let base = pins::outstanding();
    let memory = Buffer::filled(4 * PAGE, 1);
    let locals: Vec<Buffer> = (0..THREADS).map(|_| Buffer::new(4 * PAGE)).collect();
    let rounds = clock::during(Duration::from_millis(1500), 30, || {
        round(&device, &memory, &locals)
    });
    tap.note(&format!("{rounds:?} rounds"));
    tap.holds(
        "each had exactly one winner, and the others EINVAL",
        rounds.map(drop),
    );
    tap.equal("nothing stays pinned", pins::settle(base), base);
}

/// All threads go for one region, half of them through a descriptor of their own; one destroys.
fn round(device: &Device, memory: &Buffer, locals: &[Buffer]) -> Result<(), String> {
    let cookie = region::create(device, &[memory.segment()], READ_WRITE, flag::SINGLE_USE)
        .map_err(|error| format!("{error:?}"))?;
    let barrier = Barrier::new(THREADS + 1);
    let other = Device::open();
    let (answers, destroyed) = thread::scope(|scope| {
        let users: Vec<_> = locals
            .iter()
            .enumerate()
            .map(|(i, local)| {
                let (device, barrier) = (if i % 2 == 0 { device } else { &other }, &barrier);
                scope.spawn(move || {
                    local.clear();
                    barrier.wait();
                    Inline::read(cookie, &[local.segment()]).run(device)
                })
            })
            .collect();
        barrier.wait();
        let destroyed = region::destroy(device, cookie);
        let answers: Vec<Outcome> = users
            .into_iter()
            .map(|user| user.join().expect("no panic"))
            .collect();
        (answers, destroyed)
    });
    let winners: Vec<usize> = (0..THREADS).filter(|&i| answers[i] == SUCCESS).collect();
    let losers = answers
        .iter()
        .filter(|&&answer| answer == refused(Errno::EINVAL))
        .count();
    if winners.len() + losers != THREADS || winners.len() + usize::from(destroyed.is_ok()) != 1 {
        return Err(format!("users {answers:?}, destroy {destroyed:?}"));
    }
    winners
        .iter()
        .try_for_each(|&winner| locals[winner].matches("winner", 1))
}
