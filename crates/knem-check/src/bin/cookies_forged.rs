// SPDX-License-Identifier: BSD-3-Clause

//! §6.2, W17: who does not know a cookie does not find it: of a million guesses none hits any of a thousand
//! regions, whether they are numbers at random or close to a cookie that is known.

use knem_check::prelude::*;
use knem_check::random::Random;
use std::collections::HashSet;
use std::thread;

fn main() -> ExitCode {
    tap::run(env!("CARGO_BIN_NAME"), check)
}

const REGIONS: usize = 1000;
const THREADS: u64 = 2;
const GUESSES: u64 = (1 << 20) / THREADS;

fn check(tap: &mut Tap) {
    let seed = Random::seed();
    tap.note(&format!("seed {seed:#x}"));
    let device = Device::open();
    let memory = Buffer::filled(REGIONS, 1);
    let cookies: Vec<Cookie> = (0..REGIONS)
        .map(|at| region::whole(&device, memory.part(at, 1), READ_WRITE))
        .collect();
    let answers: Vec<_> = thread::scope(|scope| {
        let guessers: Vec<_> = (0..THREADS)
            .map(|number| {
                let cookies = &cookies;
                scope.spawn(move || guess(cookies, Random::new(seed + number)))
            })
            .collect();
        guessers
            .into_iter()
            .map(|guesser| guesser.join().expect("no panic"))
            .collect()
    });
    tap.proves("ext.unpredictable");
    for answer in answers {
        tap.holds("no guess finds a region", answer);
    }
    tap.holds("and none changed anything", memory.matches("memory", 1));
}

/// Reads and writes with cookies that are not there.
fn guess(cookies: &[Cookie], mut random: Random) -> Result<(), String> {
    let device = Device::open();
    let local = Buffer::new(1);
    let segments = [local.segment()];
    let known: HashSet<Cookie> = cookies.iter().copied().collect();
    for _ in 0..GUESSES {
        let guess = match random.below(3) {
            0 => random.any(),
            1 => random.pick(cookies).wrapping_add(random.below(1 << 16)),
            _ => random.pick(cookies) ^ (1 << random.below(64)),
        };
        if known.contains(&guess) {
            continue;
        }
        let answer = Inline {
            write: random.below(2) as u32,
            ..Inline::read(guess, &segments)
        }
        .run(&device);
        if answer != refused(Errno::EINVAL) {
            return Err(format!("{guess:#x}: {answer:?}"));
        }
    }
    Ok(())
}
