// SPDX-License-Identifier: BSD-3-Clause

use std::io;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

/// After so long without a change the other process is held to be gone.
const PATIENCE: Duration = Duration::from_secs(60);
/// Looks that are worth it where each process has a CPU of its own: more than a chunk takes.
pub const LOOKS: u32 = 20_000;

/// A number that one process changes while another waits for it. Zeroed memory is a signal at 0.
///
/// The waiter looks for a while and then sleeps, so that two processes on one CPU do not wait for
/// the scheduler to tell them apart.
#[repr(C, align(128))]
pub struct Signal {
    value: AtomicU32,
    sleeping: AtomicU32,
}

impl Signal {
    /// A signal at 0.
    pub const fn new() -> Self {
        Self {
            value: AtomicU32::new(0),
            sleeping: AtomicU32::new(0),
        }
    }

    /// The number, and all that was written before it was set.
    pub fn get(&self) -> u32 {
        self.value.load(Ordering::SeqCst)
    }

    /// Sets the number. Only one process does.
    pub fn set(&self, value: u32) {
        self.value.store(value, Ordering::SeqCst);
        // The sleeper says so before it looks for the last time: one of the two sees the other.
        if self.sleeping.swap(0, Ordering::SeqCst) != 0 {
            // SAFETY: The call looks at the address of a word that is mapped.
            unsafe { libc::syscall(libc::SYS_futex, &self.value, libc::FUTEX_WAKE, 1) };
        }
    }

    /// Returns when the number is no longer one to wait for; looks so many times before it
    /// sleeps. Only one process waits.
    ///
    /// # Errors
    /// `TimedOut` when nothing changed for a minute.
    pub fn wait_while(&self, looks: u32, wait: impl Fn(u32) -> bool) -> io::Result<()> {
        for _ in 0..looks {
            if !wait(self.get()) {
                return Ok(());
            }
            std::hint::spin_loop();
        }
        let begin = Instant::now();
        loop {
            self.sleeping.store(1, Ordering::SeqCst);
            let value = self.get();
            if !wait(value) {
                self.sleeping.store(0, Ordering::SeqCst);
                return Ok(());
            }
            if begin.elapsed() > PATIENCE {
                let why = "the other process gave no sign for a minute";
                return Err(io::Error::new(io::ErrorKind::TimedOut, why));
            }
            self.sleep(value);
        }
    }

    /// Sleeps while the number is `value`, for at most ten seconds.
    fn sleep(&self, value: u32) {
        let limit = libc::timespec {
            tv_sec: 10,
            tv_nsec: 0,
        };
        // SAFETY: The word and the time are valid during the call. However it ends, the caller
        // looks again.
        unsafe {
            libc::syscall(
                libc::SYS_futex,
                &self.value,
                libc::FUTEX_WAIT,
                value,
                &limit,
            )
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wakes_who_waits() {
        for looks in [0, LOOKS] {
            back_and_forth(looks);
        }
    }

    fn back_and_forth(looks: u32) {
        let signal = Signal::new();
        let answer = Signal::new();
        std::thread::scope(|scope| {
            scope.spawn(|| {
                for round in 0..200 {
                    signal.wait_while(looks, |value| value == round).unwrap();
                    if round % 50 == 0 {
                        // Long enough for the other to fall asleep.
                        std::thread::sleep(Duration::from_millis(20));
                    }
                    answer.set(round + 1);
                }
            });
            let begin = Instant::now();
            for round in 0..200 {
                signal.set(round + 1);
                answer.wait_while(looks, |value| value == round).unwrap();
            }
            // A missed wake-up would cost ten seconds.
            assert!(begin.elapsed() < Duration::from_secs(5));
        });
    }
}
