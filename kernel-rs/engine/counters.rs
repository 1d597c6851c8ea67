// SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause

//! The counters of the statistics.

use crate::{
    abi::Counter,
    host::{percpu::PerCpuCounters, *},
};

const COUNT: usize = Counter::ALL.len();

/// Counts what happens to requests; exact, however many tasks count at once.
#[pin_data]
pub(crate) struct Counters {
    values: PerCpuCounters<COUNT>,
    /// The values when they were last cleared. Clearing does not touch the counters themselves,
    /// which other CPUs are changing meanwhile.
    #[pin]
    cleared: Mutex<[u64; COUNT]>,
}

impl Counters {
    /// Counters that are all 0.
    pub(crate) fn new() -> impl PinInit<Self, Error> {
        try_pin_init!(Self {
            values: PerCpuCounters::new()?,
            cleared <- new_mutex!([0; COUNT], "Counters::cleared"),
        }? Error)
    }

    /// Counts one event.
    pub(crate) fn count(&self, counter: Counter) {
        self.values.add(counter as usize, 1);
    }

    /// The values of [`Counter::ALL`] since they were last cleared.
    pub(crate) fn snapshot(&self) -> [u64; COUNT] {
        let cleared = self.cleared.lock();
        core::array::from_fn(|index| self.values.sum(index).wrapping_sub(cleared[index]))
    }

    /// Sets all values to 0.
    pub(crate) fn clear(&self) {
        *self.cleared.lock() = core::array::from_fn(|index| self.values.sum(index));
    }
}
