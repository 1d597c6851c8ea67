// SPDX-License-Identifier: BSD-3-Clause

//! What the module might do otherwise, measured without a line of it: each experiment takes the
//! same work as it is done and as it might be, in turns, and the bytes of every round are
//! verified.

mod arena;
mod crowd;
mod desk;
mod duel;
mod overlap;
mod pinning;
mod prefault;
mod record;
mod references;
mod split;
mod stage;
mod streaming;
mod stripes;
mod thread;
pub mod trial;
mod wide;

pub use record::{text, Record};
pub use trial::Trial;

use crate::args::Args;
use crate::calls;
use crate::clock::{Clock, Unit};
use crate::cpu::{self, Places};
use crate::failure::Result;

/// What every experiment is told.
pub struct Setting<'a> {
    args: &'a Args,
    clock: Clock,
    places: Places,
}

impl Setting<'_> {
    /// Whether there is a second CPU.
    fn two(&self) -> bool {
        self.places.others(2).count() > 0
    }
}

/// Carries out the experiments that are asked for. Those that take two CPUs find out nothing
/// where there is one.
pub fn measure_all(args: &Args) -> Result<Vec<Record>> {
    let setting = Setting {
        args,
        clock: Clock::new(args.unit),
        places: cpu::places(args.apart),
    };
    cpu::settle(setting.places.of(0));
    if args.unit == Unit::Instructions {
        // A machine that has just started has other things to do beside.
        calls::settle();
    }
    let mut records = Vec::new();
    for trial in &args.experiments {
        records.extend(trial.carry_out(&setting)?);
    }
    Ok(records)
}
