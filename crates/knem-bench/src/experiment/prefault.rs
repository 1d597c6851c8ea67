// SPDX-License-Identifier: BSD-3-Clause

//! Copies into memory that nobody has touched: its pages are made by the copy, one by one, or all
//! together before it.

use std::io;

use knem::{Device, ProcessMemory, Protection, RegionOptions, Segment};

use super::arena::Arena;
use super::duel::{duel, Way};
use super::{Record, Setting, Trial};
use crate::buffer::Buffer;
use crate::failure::{doing, Result};
use crate::operation::{Attached, Operation};
use crate::requests;

/// Of what pages the memory is that is copied to.
const WHAT: [(&str, bool); 2] = [("small", false), ("huge", true)];

/// A part of a huge page cannot be forgotten without making small ones of it.
const HUGE: usize = 2 << 20;

/// By the module, from a region.
pub fn measure(setting: &Setting<'_>) -> Result<Vec<Record>> {
    let device = Device::open()?;
    measure_all(setting, Trial::Prefault, |what, arena| {
        let segments = [Segment::from(&*arena.from)];
        let options = RegionOptions::default();
        // SAFETY: Others only read from the region, which ends before its memory does.
        let region = unsafe { device.create_region(&segments, Protection::Read, options, ()) }?;
        let cookie = region.cookie().get();
        both_ways(setting, what, arena, |_, to| {
            // SAFETY: The memory is not looked at while the operation is there.
            Operation::Inline(unsafe { requests::inline(&device, cookie, &[to], 0) })
        })
    })
}

/// By the kernel's cross-memory attach, from this very process.
pub fn measure_attached(setting: &Setting<'_>) -> Result<Vec<Record>> {
    let pid = std::process::id() as i32;
    measure_all(setting, Trial::PrefaultAttached, |what, arena| {
        both_ways(setting, what, arena, |from, to| {
            let address = from.as_ptr() as u64;
            let process = ProcessMemory { pid, address };
            // SAFETY: As above.
            Operation::Attached(unsafe { Attached::new(libc::SYS_process_vm_readv, process, to) })
        })
    })
}

fn measure_all(
    setting: &Setting<'_>,
    trial: Trial,
    measure: impl Fn(&'static str, &mut Arena) -> Result<(u64, u64)>,
) -> Result<Vec<Record>> {
    let mut records = Vec::new();
    for (what, huge) in WHAT {
        for &bytes in &setting.args.sizes {
            if huge && bytes % HUGE != 0 {
                continue;
            }
            let mut arena = match Arena::new(bytes, huge) {
                // A kernel without huge pages.
                Err(_) if huge => continue,
                arena => arena?,
            };
            records.push(Record {
                trial,
                what,
                bytes,
                unit: setting.args.unit.into(),
                figures: measure(what, &mut arena)?,
            });
        }
    }
    Ok(records)
}

fn both_ways<'d>(
    setting: &Setting<'_>,
    what: &'static str,
    arena: &mut Arena,
    prepare: impl Fn(&[u8], Segment) -> Operation<'d>,
) -> Result<(u64, u64)> {
    duel(setting.args.repeat, |way| {
        arena.verified(what, |from, to| {
            doing("forget memory", to.advise(libc::MADV_DONTNEED))?;
            let mut copy = prepare(from, Segment::from(&mut **to));
            let mut said = Ok(());
            let taken = setting.clock.take(|| {
                said = populate(way, to).and_then(|()| {
                    let told = copy.carry_out();
                    copy.outcome(told)
                });
            });
            doing("copy into untouched memory", said).map(|()| taken)
        })
    })
}

fn populate(way: Way, memory: &mut Buffer) -> io::Result<()> {
    match way {
        Way::Without => Ok(()),
        Way::With => memory.advise(libc::MADV_POPULATE_WRITE),
    }
}
