// SPDX-License-Identifier: BSD-3-Clause

//! What a copy takes from a region that nobody else ever used, and from one that several used at a
//! time: its references are counted in several places from then on.

use knem::{CopyFlags, Device, Region, Segment};

use super::arena::Arena;
use super::thread::{both, Slot};
use super::{Record, Setting, Trial};
use crate::failure::{doing, Failure, Result};
use crate::requests;

const WHAT: &str = "striped-copy";
/// Long enough for the thread's copy not to end before another one began.
const LENGTH: usize = 16 << 20;
/// Who runs when is the scheduler's affair.
const ATTEMPTS: usize = 100;

pub fn measure(setting: &Setting<'_>) -> Result<Vec<Record>> {
    let device = Device::open()?;
    let largest = setting.args.sizes.iter().copied().max().unwrap_or(LENGTH);
    let mut arena = Arena::new(LENGTH.max(largest), false)?;
    let [from, to] = both(&device, &arena)?;
    let single = all(setting, &device, &from, &mut arena)?;
    doing("use a region twice at a time", crowd(&device, &from, &to))?;
    let several = all(setting, &device, &from, &mut arena)?;
    let sizes = setting.args.sizes.iter();
    let figures = single.into_iter().zip(several);
    Ok(sizes
        .zip(figures)
        .map(|(&bytes, figures)| Record {
            trial: Trial::Stripes,
            what: WHAT,
            bytes,
            unit: setting.args.unit.into(),
            figures,
        })
        .collect())
}

/// The least that a copy of each size takes.
fn all(
    setting: &Setting<'_>,
    device: &Device,
    region: &Region<()>,
    arena: &mut Arena,
) -> Result<Vec<u64>> {
    let mut least = |bytes: usize| -> Result<u64> {
        let mut least = u64::MAX;
        for _ in 0..=setting.args.repeat {
            let taken = arena.verified(WHAT, |_, to| {
                // What is not copied by this is copied before.
                device.read(region.cookie(), 0, &mut to[..], CopyFlags::NONE)?;
                to[..bytes].fill(0);
                let cookie = region.cookie().get();
                let local = [Segment::from(&mut to[..bytes])];
                // SAFETY: The memory is borrowed exclusively while the request is there.
                let mut copy = unsafe { requests::inline(device, cookie, &local, 0) };
                let mut said = 0;
                let taken = setting.clock.take(|| said = copy.issue());
                doing("copy", copy.outcome(said))?;
                Ok::<_, Failure>(taken)
            })?;
            least = least.min(taken);
        }
        Ok(least)
    };
    let sizes = setting.args.sizes.iter();
    sizes.map(|&bytes| least(bytes)).collect()
}

/// Copies from a region while the module's thread does.
fn crowd(device: &Device, from: &Region<()>, to: &Region<()>) -> std::io::Result<()> {
    let slot = Slot::of(device).map_err(|failure| std::io::Error::other(failure.to_string()))?;
    let [from, to] = [from.cookie().get(), to.cookie().get()];
    let mut long = requests::copy(device, from, to, LENGTH as u64).by_thread();
    let mut byte = [0];
    let local = [Segment::from(&mut byte[..])];
    // SAFETY: Nobody looks at the byte as long as the request is there.
    let mut short = unsafe { requests::inline(device, from, &local, 0) };
    for _ in 0..ATTEMPTS {
        slot.submit(&mut long)?;
        let said = short.issue();
        let met = slot.is_pending();
        short.outcome(said)?;
        slot.wait()?;
        if met {
            return Ok(());
        }
    }
    Err(std::io::Error::other("the thread is always faster"))
}
