// SPDX-License-Identifier: BSD-3-Clause

//! How things stand, second by second, and what came of it.

use std::fs;
use std::time::{Duration, Instant};

use knem_check::statistics;

use crate::board::{Board, Tally};

/// As much more memory as the kernel may hold in the end; its caches grow a little.
const SLACK: i64 = 16 << 20;

/// Looks at the module and at the kernel's memory.
pub struct Meter<'a> {
    board: &'a Board,
    start: Instant,
    shown: Duration,
    /// Bytes of the kernel's small objects that it cannot give up, at first.
    slab: i64,
}

/// What came of it.
pub struct Verdict {
    seconds: u64,
    copies: u64,
    bytes: u64,
    refused: u64,
    wrong: u64,
    kills: u64,
    /// Pages that are still pinned.
    pinned: i64,
    /// Regions and queued requests that are still there.
    left: u64,
    /// Bytes that the kernel's small objects grew by.
    grown: i64,
}

impl Meter<'_> {
    /// Starts the clock.
    pub fn new(board: &Board) -> Meter<'_> {
        Meter {
            board,
            start: Instant::now(),
            shown: Duration::ZERO,
            slab: slab(),
        }
    }

    /// Tells how things stand, if a second is over since the last time.
    pub fn look(&mut self) {
        let time = self.start.elapsed();
        if time < self.shown + Duration::from_secs(1) {
            return;
        }
        self.shown = time;
        let now = statistics::now();
        println!(
            r#"{{"seconds":{:.1},"bytes":{},"pinned":{},"slab":{},"contexts":{},"regions":{}}}"#,
            time.as_secs_f64(),
            now.bytes_call + now.bytes_thread,
            now.pinned_bytes,
            slab(),
            now.contexts,
            now.regions,
        );
    }

    /// What came of it, once all processes are gone.
    pub fn verdict(&self, kills: u64, pinned: i64) -> Verdict {
        let now = statistics::now();
        Verdict {
            seconds: self.start.elapsed().as_secs(),
            copies: self.board.counted(Tally::Copies),
            bytes: self.board.counted(Tally::Bytes),
            refused: self.board.counted(Tally::Refused),
            wrong: self.board.counted(Tally::Wrong),
            kills,
            pinned,
            left: now.regions + now.queued,
            grown: slab() - self.slab,
        }
    }
}

impl Verdict {
    /// Whether all was well: and that something was done at all.
    pub fn holds(&self) -> bool {
        let clean = (self.wrong, self.pinned, self.left) == (0, 0, 0);
        clean && self.copies > 0 && self.grown < SLACK
    }

    /// One line.
    pub fn line(&self) -> String {
        let verdict = if self.holds() { "soaked" } else { "FAILED" };
        format!(
            "{verdict}: {} s, {} copies, {:.2} GiB verified, {} refused, {} killed, {} wrong, {} pages \
             pinned, {} left, slab {:+.1} MiB",
            self.seconds,
            self.copies,
            self.bytes as f64 / f64::from(1 << 30),
            self.refused,
            self.kills,
            self.wrong,
            self.pinned,
            self.left,
            self.grown as f64 / f64::from(1 << 20),
        )
    }
}

/// Bytes of the kernel's small objects that it cannot give up by itself.
fn slab() -> i64 {
    let text = fs::read_to_string("/proc/meminfo").expect("proc is mounted");
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix("SUnreclaim:"))
        .expect("the kernel tells of its memory");
    let kilobytes = line.trim().trim_end_matches(" kB").parse::<i64>();
    kilobytes.expect("in kilobytes") * 1024
}
