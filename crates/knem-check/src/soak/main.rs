// SPDX-License-Identifier: BSD-3-Clause

//! `soak SECONDS`: many processes copy in all ways from each other's memory and verify every byte, while some
//! are killed and parameters change.
//!
//! Each second a line of JSON tells how things stand, and the last line what came of it all. Exit code 0:
//! every byte was right, and nothing was left behind. Needs root.

mod board;
mod meter;
mod stress;
mod worker;

use std::process::ExitCode;
use std::time::{Duration, Instant};

use board::Board;
use knem_check::pins;
use knem_check::random::Random;
use meter::Meter;
use stress::Stress;

/// How often a process is killed or a parameter changed.
const BEAT: Duration = Duration::from_millis(200);

fn main() -> ExitCode {
    let seconds = std::env::args().nth(1).and_then(|text| text.parse().ok());
    let Some(seconds) = seconds else {
        eprintln!("usage: soak SECONDS");
        return ExitCode::from(2);
    };
    let seed = Random::seed();
    println!("# seed {seed:#x}");
    let base = pins::outstanding();
    let board = Board::new();
    let mut meter = Meter::new(&board);
    let mut stress = Stress::new(&board, seed);
    let (start, span) = (Instant::now(), Duration::from_secs(seconds));
    while start.elapsed() < span {
        std::thread::sleep(BEAT);
        stress.beat();
        meter.look();
    }
    let kills = stress.end();
    let pinned = pins::settle(base) - base;
    let verdict = meter.verdict(kills, pinned);
    println!("{}", verdict.line());
    ExitCode::from(u8::from(!verdict.holds()))
}
