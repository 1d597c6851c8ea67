// SPDX-License-Identifier: BSD-3-Clause

//! How much of a copy in a kernel thread is hidden behind computing.

use std::fs::File;
use std::hint::{black_box, spin_loop};
use std::io;
use std::os::fd::AsRawFd;
use std::sync::atomic::{AtomicU8, Ordering};

use knem_abi::{bind, flag, request, status, BindOffload, InlineCopy, Iovec};

use crate::args::Args;
use crate::clock::Clock;
use crate::failure::{doing, Failure, Result};

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
}

/// A context with a kernel thread, on other CPUs than this process where there are any.
pub struct Thread {
    device: File,
    slots: *mut u8,
}

impl Thread {
    /// To be called when this process has settled on its CPU.
    pub fn start() -> Result<Self> {
        let opened = File::options()
            .read(true)
            .write(true)
            .open(knem::DEVICE_PATH);
        let device = doing("open the device", opened)?;
        let mut place = BindOffload {
            flags: bind::CURRENT_REVERSED,
            ..BindOffload::default()
        };
        // A machine of one CPU refuses this; the thread then shares it.
        // SAFETY: The structure is the request's, and holds no address.
        let _ = unsafe { libc::ioctl(device.as_raw_fd(), request::BIND_OFFLOAD as _, &mut place) };
        // SAFETY: The kernel chooses the place; nothing else is there.
        let slots = unsafe {
            libc::mmap(
                std::ptr::null_mut(),
                SLOTS,
                libc::PROT_READ | libc::PROT_WRITE,
                libc::MAP_SHARED,
                device.as_raw_fd(),
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
        let local = Iovec {
            base: to.as_mut_ptr() as u64,
            len: bytes as u64,
        };
        let rounds = args.repeat.max(5);
        let copy = median(rounds, || timed(clock, || self.copy(cookie, &local, || ())))?;
        let turns = turns_of(clock, copy);
        let compute = median(rounds, || {
            timed(clock, || {
                work(turns);
                Ok(())
            })
        })?;
        let both = median(rounds, || {
            timed(clock, || self.copy(cookie, &local, || work(turns)))
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
    fn copy(&self, cookie: u64, local: &Iovec, meanwhile: impl FnOnce()) -> Result<()> {
        let slot = self.slot();
        slot.store(status::PENDING, Ordering::Relaxed);
        let mut argument = InlineCopy {
            local_iovec_array: std::ptr::from_ref(local) as u64,
            local_iovec_nr: 1,
            remote_cookie: cookie,
            flags: flag::MEMCPY_THREAD,
            ..InlineCopy::default()
        };
        let device = self.device.as_raw_fd();
        // SAFETY: The structure is the request's, and the memory that it names is borrowed for
        // writing until the copy is over, which this function waits for.
        match unsafe { libc::ioctl(device, request::INLINE_COPY as _, &mut argument) } {
            0 => (),
            _ => return doing("begin a copy", Err(io::Error::last_os_error())),
        }
        meanwhile();
        if argument.current_status == u32::from(status::PENDING) {
            while slot.load(Ordering::Acquire) == status::PENDING {
                spin_loop();
            }
        }
        let over = match argument.current_status {
            0 => u32::from(slot.load(Ordering::Acquire)),
            done => done,
        };
        if over == u32::from(status::SUCCESS) {
            return Ok(());
        }
        Err(Failure::Peer(format!(
            "the kernel thread ended with status {over}"
        )))
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
    fn turns_take_as_long_as_they_should() {
        let clock = Clock::new(Unit::Time);
        let turns = turns_of(&clock, 50_000_000);
        let best = (0..5).map(|_| clock.take(|| work(turns))).min().unwrap();
        assert!((10_000_000..500_000_000).contains(&best), "{best}");
    }
}
