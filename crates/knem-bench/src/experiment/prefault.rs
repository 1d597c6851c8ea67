// SPDX-License-Identifier: BSD-3-Clause

//! Copies into memory that nobody has touched: its pages are made by the copy, one by one, or all
//! together before it.

use knem::{Device, Protection, RegionOptions, Segment};

use super::arena::Arena;
use super::duel::{duel, Way};
use super::{Record, Setting, Trial};
use crate::buffer::Buffer;
use crate::failure::{doing, Result};
use crate::requests;

/// Of what pages the memory is.
const WHAT: [(&str, bool); 2] = [("small", false), ("huge", true)];

pub fn measure(setting: &Setting<'_>) -> Result<Vec<Record>> {
    let device = Device::open()?;
    let mut records = Vec::new();
    for (what, huge) in WHAT {
        for &bytes in &setting.args.sizes {
            let arena = match Arena::new(bytes, huge) {
                // A kernel without huge pages.
                Err(_) if huge => continue,
                arena => arena?,
            };
            records.push(Record {
                trial: Trial::Prefault,
                what,
                bytes,
                unit: setting.args.unit.into(),
                figures: measure_one(setting, &device, what, arena)?,
            });
        }
    }
    Ok(records)
}

fn measure_one(
    setting: &Setting<'_>,
    device: &Device,
    what: &'static str,
    mut arena: Arena,
) -> Result<(u64, u64)> {
    let segments = [Segment::from(&*arena.from)];
    let options = RegionOptions::default();
    // SAFETY: Others only read from the region, which ends before its memory does.
    let region = unsafe { device.create_region(&segments, Protection::Read, options) }?;
    duel(setting.args.repeat, |way| {
        arena.verified(what, |_, to| {
            doing("forget memory", to.advise(libc::MADV_DONTNEED))?;
            let mut said = Ok(());
            let local = [Segment::from(&mut **to)];
            let cookie = region.cookie().get();
            // SAFETY: The memory is borrowed exclusively while the request is there.
            let mut copy = unsafe { requests::inline(device, cookie, &local, 0) };
            let taken = setting.clock.take(|| {
                said = populate(way, to).and_then(|()| {
                    let told = copy.issue();
                    copy.outcome(told)
                });
            });
            doing("copy into untouched memory", said).map(|()| taken)
        })
    })
}

fn populate(way: Way, memory: &mut Buffer) -> std::io::Result<()> {
    match way {
        Way::Without => Ok(()),
        Way::With => memory.advise(libc::MADV_POPULATE_WRITE),
    }
}
