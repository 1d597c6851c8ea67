// SPDX-License-Identifier: BSD-3-Clause

//! What calls cost that move no bytes.

use std::hint::black_box;
use std::time::Duration;

use knem::{Cookie, CopyFlags, Device, Segment};

use crate::buffer::Buffer;
use crate::clock::{Clock, Unit};
use crate::failure::{doing, Result};
use crate::life::Life;
use crate::pins::Pins;
use crate::report::Call;
use crate::requests;
use crate::syscall::{self, told};

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

const DECLARE: &str = "declare a region";
const END: &str = "end a region";
const LIVE: &str = "declare and end a region";

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
        let (mut life, mut info) = (Life::of(self.device, &memory), requests::info(self.device));
        doing(DECLARE, told(life.begin()))?;
        let nowhere = [Segment::from(&[][..])];
        // SAFETY: There is no memory in it.
        let mut copy = unsafe { requests::inline(self.device, life.cookie(), &nowhere, 0) };
        let region = Cookie::new(life.cookie()).expect("the module gives out no 0");
        let calls = vec![
            // SAFETY: The call touches no memory.
            self.many("getppid", || unsafe {
                syscall::call(libc::SYS_getppid, [0; 6])
            })?,
            self.many("get-info", || info.issue())?,
            self.many("copy-nothing", || copy.issue())?,
            // The same two by the client of this workspace, to see what that takes itself.
            self.many("client-info", || said(self.device.info()))?,
            self.many("client-copy-nothing", || {
                said(self.device.read(region, 0, &mut [], CopyFlags::NONE))
            })?,
        ];
        doing(END, told(life.end()))?;
        Ok(calls)
    }

    /// The life of a region: its two calls, and what is left to do after them.
    fn region(&self, memory: &Buffer, huge: bool) -> Result<Vec<Call>> {
        let mut life = Life::of(self.device, memory);
        let (mut creates, mut destroys, mut both) = (Vec::new(), Vec::new(), Vec::new());
        for round in 0..=self.repeat {
            let mut said = 0;
            let create = self.clock.take(|| said = life.begin());
            doing(DECLARE, told(said))?;
            let destroy = self.clock.take(|| said = life.end());
            doing(END, told(said))?;
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

    /// What the kernel does for a region after it was destroyed: what regions cost in the long
    /// run, when all of it is done, less what their calls cost.
    fn deferred(&self, memory: &Buffer) -> Result<u64> {
        let mut life = Life::of(self.device, memory);
        let ended = match memory.len() {
            ..MANY_PAGES => ENDED,
            _ => ENDED / 4,
        };
        let mut alone = u64::MAX;
        for _ in 0..ENDED / 4 {
            let mut said = 0;
            alone = alone.min(self.clock.take(|| said = life.whole()));
            doing(LIVE, told(said))?;
        }
        let (mut idle, mut busy) = (u64::MAX, u64::MAX);
        for _ in 0..3 {
            settle();
            idle = idle.min(self.clock.take(pass_time));
            let mut worst = 0;
            busy = busy.min(self.clock.take(|| {
                worst = least(ended, || life.whole());
                pass_time();
            }));
            doing(LIVE, told(worst))?;
        }
        Ok(busy.saturating_sub(idle + ended * alone) / ended)
    }

    /// A call by itself, many times in a row.
    fn many(&self, name: &'static str, mut call: impl FnMut() -> isize) -> Result<Call> {
        let times = match self.clock.unit() {
            Unit::Time => BATCH,
            Unit::Instructions => 1,
        };
        let mut taken = Vec::with_capacity(self.repeat);
        for round in 0..=self.repeat {
            let mut worst = 0;
            let time = match times {
                // By itself: a loop would be counted, too.
                1 => self.clock.take(|| worst = call()),
                _ => self.clock.take(|| worst = least(times, &mut call)),
            };
            doing(name, told(worst))?;
            if round > 0 {
                taken.push(time);
            }
        }
        Ok(Call::new(name, 0, false, times, self.clock.unit(), taken))
    }
}

/// What the client says, as the kernel would say it.
#[inline(always)]
fn said<T>(result: knem::Result<T>) -> isize {
    match result {
        Ok(_) => 0,
        Err(_) => -(libc::EIO as isize),
    }
}

/// The least of what several calls say: the error, if there is one.
#[inline(always)]
fn least(times: u64, mut call: impl FnMut() -> isize) -> isize {
    (0..times).fold(isize::MAX, |least, _| least.min(call()))
}

/// Waits until nobody has anything left to do. A machine that counts does not wait for real.
pub fn settle() {
    std::thread::sleep(Duration::from_secs(7));
}

fn pass_time() {
    for turn in 0..TURNS {
        black_box(turn);
    }
}
