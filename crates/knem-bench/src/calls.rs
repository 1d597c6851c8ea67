// SPDX-License-Identifier: BSD-3-Clause

//! What calls cost that move no bytes.

use std::hint::black_box;
use std::io;
use std::os::fd::{AsFd, AsRawFd};
use std::time::Duration;

use knem_abi::request;

use knem::{Cookie, CopyFlags, Device, Protection, Region, RegionOptions, Segment};

use crate::buffer::Buffer;
use crate::clock::{Clock, Unit};
use crate::failure::{doing, Result};
use crate::pins::Pins;
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
/// Regions that end before what is left to do for them is counted; the kernel gathers some
/// hundreds of objects before it frees them, and the last of those are not seen.
const ENDED: u64 = 4000;
/// Regions of so many bytes are a quarter of that, for the time that they take.
const MANY_PAGES: usize = 1 << 20;
/// Turns of a loop that leave everybody else time to do it: some 80 ms of an emulated machine.
const TURNS: u64 = 20_000_000;

/// Measures all calls; a round more than `repeat` is not counted.
pub fn measure_all(device: &Device, clock: &Clock, repeat: usize) -> Result<Vec<Call>> {
    let measure = Measure {
        device,
        pins: Pins::open(),
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
    pins: Option<Pins>,
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
            self.many("getppid", || {
                // SAFETY: The call touches no memory.
                let _ = unsafe { libc::getppid() };
                Ok(())
            })?,
            self.many("get-info", || self.info())?,
            self.many("copy-nothing", || self.copy_nothing(cookie))?,
        ])
    }

    /// The request by itself: the client's way to it and from it would be a tenth of the cost.
    fn info(&self) -> Result<()> {
        let mut info = knem_abi::Info::default();
        let device = self.device.as_fd().as_raw_fd();
        // SAFETY: The request fills the structure and holds no address.
        match unsafe { libc::ioctl(device, request::GET_INFO as _, &mut info) } {
            0 => Ok(()),
            _ => doing("ask the module what it is", Err(io::Error::last_os_error())),
        }
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
        if let Some(pins) = &self.pins {
            calls.extend(self.pins(pins, memory, huge)?);
        }
        if self.clock.unit() == Unit::Instructions {
            calls.push(call("deferred", vec![self.deferred(memory)?]));
        }
        Ok(calls)
    }

    /// What pinning alone costs of that, where a module is loaded that does nothing else.
    fn pins(&self, pins: &Pins, memory: &Buffer, huge: bool) -> Result<[Call; 2]> {
        let (mut taken, mut dropped) = (Vec::new(), Vec::new());
        for round in 0..=self.repeat {
            let mut result = Ok(());
            let pin = self.clock.take(|| result = pins.pin(memory));
            result?;
            let mut result = Ok(());
            let unpin = self.clock.take(|| result = pins.unpin());
            result?;
            if round > 0 {
                taken.push(pin);
                dropped.push(unpin);
            }
        }
        let call = |name, taken| Call::new(name, memory.len(), huge, 1, self.clock.unit(), taken);
        Ok([call("pin", taken), call("unpin", dropped)])
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
        let ended = match memory.len() {
            ..MANY_PAGES => ENDED,
            _ => ENDED / 4,
        };
        let mut alone = u64::MAX;
        for _ in 0..ENDED / 4 {
            let mut result = Ok(());
            alone = alone.min(self.clock.take(|| result = live()));
            result?;
        }
        let (mut idle, mut busy) = (u64::MAX, u64::MAX);
        for _ in 0..3 {
            settle();
            idle = idle.min(self.clock.take(pass_time));
            let mut result = Ok(());
            busy = busy.min(self.clock.take(|| {
                result = (0..ended).try_for_each(|_| live());
                pass_time();
            }));
            result?;
        }
        Ok(busy.saturating_sub(idle + ended * alone) / ended)
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

/// Waits until nobody has anything left to do. A machine that counts does not wait for real.
fn settle() {
    std::thread::sleep(Duration::from_secs(7));
}

fn pass_time() {
    for turn in 0..TURNS {
        black_box(turn);
    }
}
