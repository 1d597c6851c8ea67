// SPDX-License-Identifier: BSD-3-Clause

//! What calls cost that move no bytes.

use std::hint::black_box;

use knem::{Cookie, CopyFlags, Device, Protection, Region, RegionOptions, Segment};

use crate::buffer::Buffer;
use crate::clock::{Clock, Unit};
use crate::failure::{doing, Result};
use crate::report::Call;

/// Memory that regions are made of: bytes, and whether of huge pages.
const MEMORY: [(usize, bool); 6] = [
    (4 << 10, false),
    (64 << 10, false),
    (1 << 20, false),
    (2 << 20, false),
    (1 << 20, true),
    (2 << 20, true),
];

/// Calls before the clock is looked at again, where looking costs time.
const BATCH: u64 = 64;
/// Regions that end before what is left to do for them is counted.
const ENDED: u64 = 1000;
/// Turns of a loop that leave everybody else time to do it: some 50 ms of an emulated machine.
const TURNS: u64 = 10_000_000;

/// Measures all calls; a round more than `repeat` is not counted.
pub fn measure_all(device: &Device, clock: &Clock, repeat: usize) -> Result<Vec<Call>> {
    let measure = Measure {
        device,
        clock,
        repeat: repeat.max(20),
    };
    let mut calls = measure.plain()?;
    for (bytes, huge) in MEMORY {
        match Buffer::private(bytes, 0, huge) {
            Ok(memory) => calls.extend(measure.region(&memory, huge)?),
            // A kernel without huge pages.
            Err(_) if huge => continue,
            Err(error) => doing("have that much memory", Err(error))?,
        }
    }
    Ok(calls)
}

struct Measure<'d> {
    device: &'d Device,
    clock: &'d Clock,
    repeat: usize,
}

impl Measure<'_> {
    /// Calls without memory; the first one is the system's own, for comparison.
    fn plain(&self) -> Result<Vec<Call>> {
        let memory = doing("have a page", Buffer::private(4096, 0, false))?;
        let region = self.create(&memory)?;
        let cookie = region.cookie();
        Ok(vec![
            // SAFETY: The call touches no memory.
            self.many("getppid", || Ok(drop(unsafe { libc::getppid() })))?,
            self.many("get-info", || Ok(drop(self.device.info()?)))?,
            self.many("raw", || { let mut info = [0u64; 4]; unsafe { libc::ioctl(std::os::fd::AsRawFd::as_raw_fd(&std::os::fd::AsFd::as_fd(self.device)), 0x80184b10u64 as _, &mut info) }; Ok(()) })?,
            self.many("raw-enotty", || { let mut info = [0u64; 4]; unsafe { libc::ioctl(std::os::fd::AsRawFd::as_raw_fd(&std::os::fd::AsFd::as_fd(self.device)), 0x80184b77u64 as _, &mut info) }; Ok(()) })?,
            self.many("copy-nothing", || self.copy_nothing(cookie))?,
        ])
    }

    fn copy_nothing(&self, cookie: Cookie) -> Result<()> {
        Ok(self.device.read(cookie, 0, &mut [], CopyFlags::NONE)?)
    }

    /// The life of a region: its two calls, and what is left to do after them.
    fn region(&self, memory: &Buffer, huge: bool) -> Result<Vec<Call>> {
        let (mut creates, mut destroys, mut both) = (Vec::new(), Vec::new(), Vec::new());
        for round in 0..=self.repeat {
            let mut made = None;
            let create = self.clock.take(|| made = Some(self.create(memory)));
            let region = made.expect("it was just made")?;
            let mut ended = Ok(());
            let destroy = self.clock.take(|| ended = region.destroy());
            ended?;
            if round > 0 {
                creates.push(create);
                destroys.push(destroy);
                both.push(create + destroy);
            }
        }
        let bytes = memory.len();
        let call = |name, taken| Call::new(name, bytes, huge, 1, self.clock.unit(), taken);
        let mut calls = vec![
            call("create", creates),
            call("destroy", destroys),
            call("create-destroy", both),
        ];
        if self.clock.unit() == Unit::Instructions {
            calls.push(call("deferred", vec![self.deferred(memory)?]));
        }
        Ok(calls)
    }

    fn create(&self, memory: &Buffer) -> Result<Region<'static>> {
        let segments = [Segment::from(&**memory)];
        // SAFETY: The region is only read from, and ends before its memory.
        let region = unsafe {
            let options = RegionOptions::default();
            self.device
                .create_region(&segments, Protection::Read, options)
        };
        Ok(region?)
    }

    /// What the kernel does for a region after it was destroyed: what regions cost in the long
    /// run, when all of it is done, less what their calls cost.
    fn deferred(&self, memory: &Buffer) -> Result<u64> {
        let live = || self.create(memory).and_then(|region| Ok(region.destroy()?));
        let mut alone = u64::MAX;
        for _ in 0..ENDED {
            let mut result = Ok(());
            alone = alone.min(self.clock.take(|| result = live()));
            result?;
        }
        let idle = (0..3)
            .map(|_| self.clock.take(pass_time))
            .min()
            .unwrap_or(0);
        let mut least = u64::MAX;
        for _ in 0..3 {
            let mut result = Ok(());
            least = least.min(self.clock.take(|| {
                result = (0..ENDED).try_for_each(|_| live());
                pass_time();
            }));
            result?;
        }
        eprintln!("{} alone {alone} idle {idle} least {least}", memory.len());
        Ok(least.saturating_sub(idle + ENDED * alone) / ENDED)
    }

    /// A call by itself, many times in a row.
    fn many(&self, name: &'static str, call: impl Fn() -> Result<()>) -> Result<Call> {
        let times = match self.clock.unit() {
            Unit::Time => BATCH,
            Unit::Instructions => 1,
        };
        let mut taken = Vec::with_capacity(self.repeat);
        for round in 0..=self.repeat {
            let mut result = Ok(());
            let time = self
                .clock
                .take(|| result = (0..times).try_for_each(|_| call()));
            result?;
            if round > 0 {
                taken.push(time);
            }
        }
        Ok(Call::new(name, 0, false, times, self.clock.unit(), taken))
    }
}

fn pass_time() {
    for turn in 0..TURNS {
        black_box(turn);
    }
}
