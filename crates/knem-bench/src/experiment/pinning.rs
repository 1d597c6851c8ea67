// SPDX-License-Identifier: BSD-3-Clause

//! What declaring a region for a single use takes of declaring and copying: overlapping the two
//! could win so much, and no more.

use knem::{Device, Protection, Segment};

use super::arena::Arena;
use super::{Record, Setting, Trial};
use crate::failure::{doing, Result};
use crate::memory::ONCE;
use crate::requests;
use crate::syscall;

const WHAT: &str = "pinning-for-nothing";

pub fn measure(setting: &Setting<'_>) -> Result<Vec<Record>> {
    let device = Device::open()?;
    let record = |&bytes: &usize| {
        Ok(Record {
            trial: Trial::Pinning,
            what: WHAT,
            bytes,
            unit: setting.args.unit.into(),
            figures: least(setting, &device, bytes)?,
        })
    };
    setting.args.sizes.iter().map(record).collect()
}

/// The least that both take, and that the copy does.
fn least(setting: &Setting<'_>, device: &Device, bytes: usize) -> Result<(u64, u64)> {
    let mut arena = Arena::new(bytes, false)?;
    let (mut creates, mut copies) = (u64::MAX, u64::MAX);
    for _ in 0..=setting.args.repeat {
        let (create, copy) = arena.verified(WHAT, |from, to| {
            let local = [Segment::from(&mut **to)];
            // SAFETY: The region is only read from, and ends with the copy; what that writes to is
            // borrowed exclusively.
            let (mut create, mut copy) = unsafe {
                (
                    requests::create(device, from, Protection::Read, ONCE),
                    requests::inline(device, 0, &local, 0),
                )
            };
            let mut said = 0;
            let created = setting.clock.take(|| said = create.issue());
            doing("declare a region", syscall::told(said))?;
            let copy = copy.of(create.argument().cookie);
            let copied = setting.clock.take(|| said = copy.issue());
            doing("copy", copy.outcome(said)).map(|()| (created, copied))
        })?;
        creates = creates.min(create);
        copies = copies.min(copy);
    }
    Ok((creates + copies, copies))
}
