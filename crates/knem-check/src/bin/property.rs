// SPDX-License-Identifier: BSD-3-Clause

//! §§2–14, 17.1, 17.3: random sequences of calls, from three processes of two users, against a model
//! of the contract; every answer, byte, slot, event and counter is what it should be.
//!
//! `KNEM_SEED` repeats the sequences of an earlier run, `KNEM_CASES` says how many there are; without
//! it they go on for a while.

use knem_check::prelude::*;
use knem_check::property::actors::Actors;
use knem_check::property::driver::Outcomes;
use knem_check::property::search::{self, Failure};
use knem_check::random::Random;
use std::time::{Duration, Instant};

fn main() -> ExitCode {
    tap::run(env!("CARGO_BIN_NAME"), check)
}

/// Sequences that share a seed.
const BATCH: u32 = 10;
/// How long it goes on, unless the environment says how often.
const SPAN: Duration = Duration::from_secs(20);
/// Batches that there are at least.
const LEAST: u64 = 3;

fn check(tap: &mut Tap) {
    let seed = number("KNEM_SEED").unwrap_or_else(|| Random::seed() >> 16);
    let base = pins::outstanding();
    let mut actors = Actors::start().expect("processes and memory can be had");
    tap.note(&format!("KNEM_SEED={seed}"));
    let text = "all sequences of calls do what the contract says";
    match batches(&mut actors, seed) {
        Ok((cases, outcomes)) => {
            tap.check(text, true);
            let calls: usize = outcomes.values().sum();
            tap.note(&format!("{cases} sequences, {calls} calls"));
            for (what, count) in outcomes {
                tap.note(&format!("{count:>6} {what}"));
            }
            actors.join();
        }
        Err((seed, failure)) => {
            tap.check(text, false);
            tap.note(&format!("KNEM_SEED={seed} KNEM_CASES={BATCH} has it again"));
            tap.note(&failure.reason);
            for operation in failure.operations {
                tap.note(&format!("{operation:?}"));
            }
            drop(actors);
        }
    }
    tap.equal("nothing stays pinned", pins::settle(base), base);
}

/// Runs batches, each with a seed of its own; answers how many sequences it were and how calls
/// ended, or the seed of the batch that went wrong.
fn batches(actors: &mut Actors, seed: u64) -> Result<(u64, Outcomes), (u64, Failure)> {
    let wanted = number("KNEM_CASES").map(|cases| cases.div_ceil(BATCH.into()));
    let start = Instant::now();
    let mut all = Outcomes::new();
    let mut batch = 0;
    let goes_on = |batch| match wanted {
        Some(wanted) => batch < wanted,
        None => batch < LEAST || start.elapsed() < SPAN,
    };
    while goes_on(batch) {
        let seed = seed + batch;
        let outcomes = search::search(actors, seed, BATCH).map_err(|failure| (seed, failure))?;
        for (what, count) in outcomes {
            *all.entry(what).or_default() += count;
        }
        batch += 1;
    }
    Ok((batch * u64::from(BATCH), all))
}

/// A number from the environment.
fn number(name: &str) -> Option<u64> {
    let text = std::env::var(name).ok()?;
    let number = text.parse();
    Some(number.unwrap_or_else(|_| panic!("{name}={text} is not a number")))
}
