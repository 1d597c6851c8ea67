// SPDX-License-Identifier: BSD-3-Clause

use std::time::Instant;

use crate::stamp;

/// What durations are taken in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Nanoseconds.
    Time,
    /// Instructions, of a machine that runs one a nanosecond and counts them: QEMU's
    /// `-icount shift=0`. Its time-stamp counter is exact, while the kernel's clock is rounded.
    Instructions,
}

/// Takes how long something lasts.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    unit: Unit,
    begin: Instant,
    own: u64,
}

impl Clock {
    /// A clock; instructions cost the same every time, so the clock's own are known and left out.
    pub fn new(unit: Unit) -> Self {
        let begin = Instant::now();
        let mut clock = Self {
            unit,
            begin,
            own: 0,
        };
        if unit == Unit::Instructions {
            clock.own = (0..100).map(|_| clock.take(|| ())).min().unwrap_or(0);
        }
        clock
    }

    /// How long `work` lasts.
    pub fn take(&self, work: impl FnOnce()) -> u64 {
        let taken = match self.unit {
            Unit::Time => {
                let begin = self.begin.elapsed();
                work();
                (self.begin.elapsed() - begin).as_nanos() as u64
            }
            Unit::Instructions => {
                let begin = stamp::begin();
                work();
                stamp::end() - begin
            }
        };
        taken.saturating_sub(self.own)
    }

    /// What taking a duration costs itself, and is left out of it; nothing where that varies.
    pub fn own(&self) -> u64 {
        self.own
    }

    /// What this clock takes.
    pub fn unit(&self) -> Unit {
        self.unit
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn takes_time() {
        let clock = Clock::new(Unit::Time);
        let taken = clock.take(|| std::thread::sleep(Duration::from_millis(20)));
        assert!(taken >= 20_000_000, "{taken}");
    }

    #[test]
    #[cfg(target_arch = "x86_64")]
    fn counts_something_that_grows() {
        let clock = Clock::new(Unit::Instructions);
        let count = |n: u64| {
            clock.take(|| {
                for i in 0..n {
                    std::hint::black_box(i);
                }
            })
        };
        let least = |n| (0..20).map(|_| count(n)).min().unwrap();
        assert!(least(100_000) > least(1000));
    }
}
