// SPDX-License-Identifier: BSD-3-Clause

//! A copy from region to region in two halves: one in the call, the other meanwhile in the module's
//! thread, on another CPU.

use std::hint;
use std::os::fd::AsFd;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::{Duration, Instant};

use knem::{Device, Protection, Region, RegionOptions, Segment};
use knem_abi::{status, CopyBounded};

use super::arena::Arena;
use super::duel::{duel, Way};
use super::{Record, Setting, Trial};
use crate::buffer::Buffer;
use crate::failure::{doing, Result};
use crate::requests::{self, Prepared};
use crate::spinner::Spinner;

const WHAT: &str = "module-thread";
/// No copy of the module's thread lasts longer.
const PATIENCE: Duration = Duration::from_secs(60);

pub fn measure(setting: &Setting<'_>) -> Result<Vec<Record>> {
    let mut records = Vec::new();
    if !setting.two() {
        return Ok(records);
    }
    let _busy = Spinner::start(setting.places.of(1));
    let device = Device::open()?;
    if let Some(cpu) = setting.places.of(1) {
        doing("place the module's thread", requests::bind(&device, cpu))?;
    }
    // A device has one, which is not mapped twice.
    let slot = Slot::of(&device)?;
    for &bytes in &setting.args.sizes {
        records.push(Record {
            trial: Trial::SplitRegion,
            what: WHAT,
            bytes,
            unit: setting.args.unit.into(),
            figures: halves(setting, &device, &slot, bytes)?,
        });
    }
    Ok(records)
}

fn halves(setting: &Setting<'_>, device: &Device, slot: &Slot, bytes: usize) -> Result<(u64, u64)> {
    let mut arena = Arena::new(bytes, false)?;
    let [from, to] = both(device, &arena)?;
    let [from, to] = [from.cookie().get(), to.cookie().get()];
    let half = bytes as u64 / 2;
    let mut whole = requests::copy(device, from, to, bytes as u64);
    let mut first = requests::copy(device, from, to, half);
    let mut second = requests::copy(device, from, to, bytes as u64 - half)
        .further(half)
        .by_thread();
    duel(setting.args.repeat, |way| {
        arena.verified(WHAT, |_, _| {
            let mut said = Ok(());
            let taken = setting.clock.take(|| {
                said = match way {
                    Way::Without => {
                        let told = whole.issue();
                        whole.outcome(told)
                    }
                    Way::With => together(&mut first, &mut second, slot),
                }
            });
            doing("copy in two halves", said).map(|()| taken)
        })
    })
}

/// Regions of both sides, which end before their memory does.
pub fn both(device: &Device, arena: &Arena) -> Result<[Region<()>; 2]> {
    let region = |memory: &Buffer, protection| {
        let segments = [Segment::from(&**memory)];
        // SAFETY: The caller lets the regions end before the memory, of which nothing is relied on
        // during copies.
        unsafe { device.create_region(&segments, protection, RegionOptions::default(), ()) }
    };
    Ok([
        region(&arena.from, Protection::Read)?,
        region(&arena.to, Protection::Write)?,
    ])
}

fn together(
    first: &mut Prepared<'_, CopyBounded>,
    second: &mut Prepared<'_, CopyBounded>,
    slot: &Slot,
) -> std::io::Result<()> {
    slot.submit(second)?;
    let told = first.issue();
    first.outcome(told).and(slot.wait())
}

/// The slot in which the module's thread says how a copy ended.
pub struct Slot(Buffer);

impl Slot {
    /// The device's first one.
    pub fn of(device: &Device) -> Result<Self> {
        doing("map a status slot", Buffer::shared(device.as_fd(), 4096)).map(Self)
    }

    fn status(&self) -> &AtomicU8 {
        // SAFETY: The page is mapped for as long as this is there; the kernel writes bytes of it as a
        // whole, and nobody looks at it otherwise.
        unsafe { AtomicU8::from_ptr(self.0.address()) }
    }

    /// Gives a copy to the thread.
    pub fn submit(&self, copy: &mut Prepared<'_, CopyBounded>) -> std::io::Result<()> {
        self.status().store(status::PENDING, Ordering::Relaxed);
        crate::syscall::told(copy.issue()).map(drop)
    }

    /// Whether it is not over yet.
    pub fn is_pending(&self) -> bool {
        self.status().load(Ordering::Acquire) == status::PENDING
    }

    /// Waits until it is over.
    pub fn wait(&self) -> std::io::Result<()> {
        let begin = Instant::now();
        while self.is_pending() {
            for _ in 0..1000 {
                if !self.is_pending() {
                    break;
                }
                hint::spin_loop();
            }
            if begin.elapsed() > PATIENCE {
                return Err(std::io::ErrorKind::TimedOut.into());
            }
        }
        match self.status().load(Ordering::Acquire) {
            status::SUCCESS => Ok(()),
            _ => Err(std::io::Error::other(
                "the module says that the copy failed",
            )),
        }
    }
}
