// SPDX-License-Identifier: BSD-3-Clause

//! The processes, of which some are killed, and the parameters, which change.

use knem_check::module::Setting;
use knem_check::process::Peer;
use knem_check::random::Random;

use crate::board::{Board, WORKERS};
use crate::worker::work;

/// Parameters that may change at any time, and values that all work goes on with.
const SETTINGS: [(&str, &[&str]); 5] = [
    ("binding", &["-1", "0", "1"]),
    ("maxqueued", &["1", "8", "65536"]),
    ("maxregions", &["2", "1048576"]),
    ("memlock", &["count", "enforce"]),
    ("statsverbose", &["0", "1"]),
];

/// What makes life hard.
pub struct Stress<'a> {
    board: &'a Board,
    random: Random,
    workers: Vec<Peer>,
    setting: Option<Setting>,
    kills: u64,
}

impl Stress<'_> {
    /// Starts all processes.
    pub fn new(board: &Board, seed: u64) -> Stress<'_> {
        let mut random = Random::new(seed);
        let workers = (0..WORKERS)
            .map(|number| spawn(board, number, random.any()))
            .collect();
        Stress {
            board,
            random,
            workers,
            setting: None,
            kills: 0,
        }
    }

    /// Kills one process, in whatever it is doing, and starts another in its place; or changes a parameter.
    pub fn beat(&mut self) {
        if self.random.one_in(3) {
            let (name, values) = self.random.pick(&SETTINGS);
            let value = self.random.pick(values);
            // The one before is put back first.
            self.setting = None;
            self.setting = Some(Setting::new(name, value));
        } else {
            let number = self.random.below(WORKERS as u64) as usize;
            self.workers[number].signal(libc::SIGKILL);
            self.workers[number] = spawn(self.board, number, self.random.any());
            self.kills += 1;
        }
    }

    /// Ends all of it; tells how many were killed until then.
    pub fn end(self) -> u64 {
        self.kills
    }
}

fn spawn(board: &Board, number: usize, seed: u64) -> Peer {
    Peer::spawn(|_| work(board, number, seed))
}
