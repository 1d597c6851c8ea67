// SPDX-License-Identifier: BSD-3-Clause

//! A copy in two halves, by two threads on two CPUs: what the hardware gives, without the module.

use super::arena::Arena;
use super::desk::{Closing, Desk};
use super::duel::{duel, Way};
use super::{crowd, wide, Record, Setting, Trial};
use crate::cpu;
use crate::failure::{doing, Result};

/// The second thread is awake and waits, or sleeps and has to be woken up.
const WHAT: [(&str, u32); 2] = [("awake", u32::MAX), ("woken", 0)];

pub fn measure(setting: &Setting<'_>) -> Result<Vec<Record>> {
    let mut records = Vec::new();
    if !setting.two() {
        return Ok(records);
    }
    let sizes = &setting.args.sizes;
    for (what, looks) in WHAT {
        for &bytes in sizes {
            let figures = alone(setting, what, looks, bytes)?;
            records.push(record(setting, what, bytes, figures));
        }
    }
    for &bytes in sizes {
        let figures = crowd::measure(setting, bytes)?;
        records.push(record(setting, crowd::WHAT, bytes, figures));
    }
    Ok(records)
}

fn record(setting: &Setting<'_>, what: &'static str, bytes: usize, figures: (u64, u64)) -> Record {
    Record {
        trial: Trial::SplitMemcpy,
        what,
        bytes,
        unit: setting.args.unit.into(),
        figures,
    }
}

/// One process copies, and the other CPU has nothing else to do.
fn alone(
    setting: &Setting<'_>,
    what: &'static str,
    looks: u32,
    bytes: usize,
) -> Result<(u64, u64)> {
    let mut arena = Arena::new(bytes, false)?;
    let desk = Desk::new(looks, u32::MAX);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            cpu::settle(setting.places.of(1));
            desk.serve(wide::string)
        });
        let _closing = Closing(&desk);
        duel(setting.args.repeat, |way| {
            arena.verified(what, |from, to| {
                let mut said = Ok(());
                let taken = setting.clock.take(|| match way {
                    Way::Without => wide::string(from, to),
                    Way::With => said = desk.halve(from, to),
                });
                doing("copy in two halves", said).map(|()| taken)
            })
        })
    })
}
