// SPDX-License-Identifier: BSD-3-Clause

//! How much of a copy in a kernel thread is hidden behind computing.

use std::hint::{black_box, spin_loop};
use std::io;
use std::os::fd::{AsFd, AsRawFd};
use std::sync::atomic::{AtomicU8, Ordering};

use knem::{Device, Segment};
use knem_abi::{bind, request, status, BindOffload, InlineCopy};

use crate::args::Args;
use crate::buffer::pages;
use crate::clock::Clock;
use crate::failure::{doing, Failure, Result};
use crate::requests::{self, Prepared};
use crate::syscall::told;

/// Turns that are timed to learn how long one takes.
const TRIAL: u64 = 1_000_000;
/// A status array of one page has far more slots than the one that is used.
const SLOTS: usize = 4096;

/// What was found out about one size: seconds, the middle ones of several rounds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Overlap {
    /// Of the copy.
    pub bytes: usize,
    /// Whether of huge pages.
    pub huge: bool,
    /// The copy, waited for.
    pub copy: f64,
    /// Computing as long as that.
    pub compute: f64,
    /// The copy begun, then the computing, then the end of the copy waited for.
    pub both: f64,
}

impl Overlap {
    /// The share of the copy that took no time of its own, from 0 to 1.
    pub fn hidden(&self) -> f64 {
        let saved = self.copy + self.compute - self.both;
        (saved / self.copy.min(self.compute)).clamp(0.0, 1.0)
    }

    /// As one object.
    pub fn json(&self, bed: &str) -> String {
        let Self {
            bytes,
            huge,
            copy,
            compute,
            both,
        } = self;
        format!(
            "{{\"bed\":\"{bed}\",\"bytes\":{bytes},\"pages\":\"{}\",\"copy\":{copy:.9},\
             \"compute\":{compute:.9},\"both\":{both:.9},\"hidden\":{:.3}}}",
            pages(*huge),
            self.hidden()
        )
    }
}

/// A context with a kernel thread, on other CPUs than this process where there are any.
pub struct Thread {
    device: Device,
    slots: *mut u8,
}

impl Thread {
    /// To be called when this process has settled on its CPU.
    pub fn start() -> Result<Self> {
        let device = Device::open()?;
        let descriptor = device.as_fd().as_raw_fd();
        let mut place = BindOffload {
            flags: bind::CURRENT_REVERSED,
            ..BindOffload::default()
        };
        // A machine of one CPU refuses this; the thread then shares it.
        // SAFETY: The structure is the request's, and holds no address.
        let _ = unsafe { libc::ioctl(descriptor, request::BIND_OFFLOAD as _, &mut place) };
        // SAFETY: The kernel chooses the place; nothing else is there.
        let slots = unsafe {
            libc::mmap(
                std::ptr::null_mut(),
                SLOTS,
                libc::PROT_READ | libc::PROT_WRITE,
                libc::MAP_SHARED,
                descriptor,
                knem_abi::STATUS_ARRAY_FILE_OFFSET as libc::off_t,
            )
        };
        if slots == libc::MAP_FAILED {
            return doing("map the status array", Err(io::Error::last_os_error()));
        }
        Ok(Self {
            device,
            slots: slots.cast(),
        })
    }

    /// Measures copies from a region; also tells how many they were.
    pub fn measure(
        &self,
        clock: &Clock,
        cookie: u64,
        to: &mut [u8],
        args: &Args,
    ) -> Result<(Overlap, u64)> {
        let bytes = to.len();
        let rounds = args.repeat.max(5);
        let local = [Segment::from(to)];
        // SAFETY: The memory is borrowed for writing, and each copy is waited for.
        let mut request = unsafe { requests::queued(&self.device, cookie, &local) };
        let copy = median(rounds, || timed(clock, || self.copy(&mut request, || ())))?;
        let turns = turns_of(clock, copy);
        let compute = median(rounds, || {
            timed(clock, || {
                work(turns);
                Ok(())
            })
        })?;
        let both = median(rounds, || {
            timed(clock, || self.copy(&mut request, || work(turns)))
        })?;
        let seconds = |nanoseconds: u64| nanoseconds as f64 / 1e9;
        let overlap = Overlap {
            bytes,
            huge: args.huge,
            copy: seconds(copy),
            compute: seconds(compute),
            both: seconds(both),
        };
        Ok((overlap, 2 * (rounds as u64 + 1)))
    }

    /// Begins a copy, does something else, and waits until the copy is over.
    fn copy(&self, request: &mut Prepared<'_, InlineCopy>, meanwhile: impl FnOnce()) -> Result<()> {
        let slot = self.slot();
        slot.store(status::PENDING, Ordering::Relaxed);
        doing("begin a copy", told(request.issue()))?;
        meanwhile();
        let mut over = request.argument().current_status as u8;
        while over == status::PENDING {
            spin_loop();
            over = slot.load(Ordering::Acquire);
        }
        if over == status::SUCCESS {
            return Ok(());
        }
        let text = format!("the kernel thread ended with status {over}");
        Err(Failure::Peer(text))
    }

    fn slot(&self) -> &AtomicU8 {
        // SAFETY: The first slot lies in the mapping, which lives as long as this; the kernel
        // writes whole bytes.
        unsafe { AtomicU8::from_ptr(self.slots) }
    }
}

impl Drop for Thread {
    fn drop(&mut self) {
        // SAFETY: The mapping is this one's own, and nothing refers to it any more.
        unsafe { libc::munmap(self.slots.cast(), SLOTS) };
    }
}

/// Nanoseconds.
fn timed(clock: &Clock, work: impl FnOnce() -> Result<()>) -> Result<u64> {
    let mut result = Ok(());
    let taken = clock.take(|| result = work());
    result.map(|()| taken)
}

/// The middle one of so many rounds, after one that is not counted.
fn median(rounds: usize, mut round: impl FnMut() -> Result<u64>) -> Result<u64> {
    round()?;
    let mut taken = (0..rounds).map(|_| round()).collect::<Result<Vec<_>>>()?;
    taken.sort_unstable();
    Ok(taken[taken.len() / 2])
}

/// As many turns of [`work`] as take so long.
fn turns_of(clock: &Clock, nanoseconds: u64) -> u64 {
    let trial = clock.take(|| work(TRIAL)).max(1);
    (nanoseconds * TRIAL / trial).max(1)
}

/// Computing that touches no memory.
fn work(turns: u64) {
    for turn in 0..turns {
        black_box(turn);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Unit;

    fn hidden(both: f64) -> f64 {
        let (bytes, huge) = (1, false);
        let (copy, compute) = (2.0, 2.0);
        Overlap {
            bytes,
            huge,
            copy,
            compute,
            both,
        }
        .hidden()
    }

    #[test]
    fn all_is_hidden_or_nothing_or_some() {
        assert_eq!([2.0, 3.0, 4.0].map(hidden), [1.0, 0.5, 0.0]);
        assert_eq!([1.5, 9.0].map(hidden), [1.0, 0.0]);
    }

    #[test]
    fn json_has_the_keys() {
        let one = Overlap {
            bytes: 4096,
            huge: true,
            copy: 2e-6,
            compute: 2e-6,
            both: 3e-6,
        };
        assert_eq!(
            one.json("uml"),
            "{\"bed\":\"uml\",\"bytes\":4096,\"pages\":\"huge\",\"copy\":0.000002000,\
             \"compute\":0.000002000,\"both\":0.000003000,\"hidden\":0.500}"
        );
    }

    #[test]
    fn turns_take_as_long_as_they_should() {
        let clock = Clock::new(Unit::Time);
        let turns = turns_of(&clock, 50_000_000);
        let best = (0..5).map(|_| clock.take(|| work(turns))).min().unwrap();
        assert!((10_000_000..500_000_000).contains(&best), "{best}");
    }
}
