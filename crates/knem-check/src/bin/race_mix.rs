// SPDX-License-Identifier: BSD-3-Clause

//! §1, §7.6: many threads on one descriptor create, copy and destroy at random; every byte that
//! arrives is right.

use knem_check::clock;
use knem_check::prelude::*;
use knem_check::random::Random;
use std::thread;
use std::time::Duration;

fn main() -> ExitCode {
    tap::run(env!("CARGO_BIN_NAME"), check)
}

const THREADS: u64 = 4;
const LENGTH: usize = 40_000;
const SPAN: Duration = Duration::from_millis(2500);

fn check(tap: &mut Tap) {
    let base = pins::outstanding();
    let seed = Random::seed();
    tap.note(&format!("seed {seed:#x}"));
    let device = Device::open();
    let common = Buffer::filled(LENGTH, 99);
    let cookie = region::whole(&device, common.segment(), READ);
    let outcomes: Vec<_> = thread::scope(|scope| {
        let device = &device;
        let workers: Vec<_> = (0..THREADS)
            .map(|i| scope.spawn(move || worker(device, cookie, Random::new(seed + i))))
            .collect();
        workers
            .into_iter()
            .map(|worker| worker.join().expect("no panic"))
            .collect()
    });
    tap.proves("1.concurrent");
    for (i, outcome) in outcomes.into_iter().enumerate() {
        tap.holds(
            &format!("thread {i} always got what it should"),
            outcome.map(drop),
        );
    }
    drop(device);
    tap.equal("nothing stays pinned", pins::settle(base), base);
}

/// Keeps a few regions of its own and uses them and the common one in any way.
fn worker(device: &Device, common: Cookie, mut random: Random) -> Result<usize, String> {
    let mut own: Vec<(Buffer, u64, Cookie)> = Vec::new();
    let local = Buffer::new(LENGTH);
    let said = |error: Errno| format!("{error:?}");
    clock::during(SPAN, 50, || {
        if own.len() < 4 {
            let (length, seed) = (1 + random.below(LENGTH as u64 - 1) as usize, random.any());
            let memory = Buffer::filled(length, seed);
            let cookie =
                region::create(device, &[memory.segment()], READ_WRITE, 0).map_err(said)?;
            own.push((memory, seed, cookie));
        }
        let chosen = random.below(own.len() as u64) as usize;
        let (memory, seed, cookie) = &mut own[chosen];
        match random.below(4) {
            0 => {
                region::destroy(device, *cookie).map_err(said)?;
                own.swap_remove(chosen);
            }
            1 => {
                *seed = random.any();
                local.put(0, &pattern::bytes(*seed, memory.len()));
                let answer = Inline::write(*cookie, &[local.segment()]).run(device);
                expect(answer, memory, *seed)?;
            }
            2 => {
                let answer = Between::new(common, *cookie).run(device);
                *seed = 99;
                expect(answer, memory, *seed)?;
            }
            _ => {
                let flags = random.pick(&[0, flag::PIN_LOCAL]);
                let segments = [local.segment()];
                let answer = Inline::read(*cookie, &segments).flags(flags).run(device);
                let got = &local.bytes()[..memory.len()];
                expect(answer, memory, *seed)?;
                pattern::same("local", got, &pattern::bytes(*seed, memory.len()))?;
            }
        }
        Ok(())
    })
}

fn expect(answer: Outcome, memory: &Buffer, seed: u64) -> Result<(), String> {
    match answer {
        SUCCESS => memory.matches("memory", seed),
        answer => Err(format!("{answer:?}")),
    }
}
