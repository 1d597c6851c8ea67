// SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause

//! The numbers of the statistics.

use crate::{
    abi::{self, Counter, SIZE_BUCKETS},
    host::{percpu::PerCpuCounters, *},
    logic::histogram,
};

/// What is counted besides [`Counter::ALL`].
#[derive(Clone, Copy)]
#[repr(usize)]
pub(crate) enum Sum {
    /// Requests refused because too many were waiting.
    Busy = Counter::ALL.len(),
    /// Regions created.
    RegionsCreated,
    /// Bytes copied in calls.
    BytesCall,
    /// Bytes copied in kernel threads.
    BytesThread,
    /// Bytes copied by DMA channels.
    BytesDma,
    /// Regions whose memory is unpinned again.
    RegionsEnded,
}

/// What is there now. Clearing the statistics does not change it.
#[derive(Clone, Copy)]
#[repr(usize)]
pub(crate) enum Gauge {
    /// Contexts.
    Contexts = SIZES + SIZE_BUCKETS,
    /// Requests that wait for a thread or run in one.
    Queued,
    /// Bytes of pinned pages.
    PinnedBytes,
}

/// Where the sizes of copies start.
const SIZES: usize = Sum::RegionsEnded as usize + 1;
/// All that can be cleared.
const EVENTS: usize = SIZES + SIZE_BUCKETS;
const ALL: usize = Gauge::PinnedBytes as usize + 1;

/// Counts what happens to requests; exact, however many tasks count at once.
#[pin_data]
pub(crate) struct Counters {
    values: PerCpuCounters<ALL>,
    /// The values when they were last cleared. Clearing does not touch the counters themselves,
    /// which other CPUs are changing meanwhile.
    #[pin]
    cleared: Mutex<[u64; EVENTS]>,
}

impl Counters {
    /// Counters that are all 0.
    pub(crate) fn new() -> impl PinInit<Self, Error> {
        try_pin_init!(Self {
            values: PerCpuCounters::new()?,
            cleared <- new_mutex!([0; EVENTS], "Counters::cleared"),
        }? Error)
    }

    /// Counts one event.
    pub(crate) fn count(&self, counter: Counter) {
        self.values.add(counter as usize, 1);
    }

    /// Adds to a sum.
    pub(crate) fn add(&self, sum: Sum, value: u64) {
        self.values.add(sum as usize, value);
    }

    /// Counts a copy that is over, and its bytes.
    pub(crate) fn ended(&self, place: Sum, bytes: u64) {
        let size = SIZES + histogram::bucket(bytes);
        self.values.add_both((place as usize, bytes), (size, 1));
    }

    /// The same, where DMA channels copied so many of the bytes.
    pub(crate) fn ended_by_dma(&self, place: Sum, bytes: u64, by_dma: u64) {
        let size = SIZES + histogram::bucket(bytes);
        self.add(Sum::BytesDma, by_dma);
        let rest = bytes.saturating_sub(by_dma);
        self.values.add_both((place as usize, rest), (size, 1));
    }

    /// There is more of something.
    pub(crate) fn rise(&self, gauge: Gauge, value: u64) {
        self.values.add(gauge as usize, value);
    }

    /// There is less of something.
    pub(crate) fn fall(&self, gauge: Gauge, value: u64) {
        self.values.add(gauge as usize, value.wrapping_neg());
    }

    /// The values since they were last cleared.
    pub(crate) fn snapshot(&self) -> abi::Statistics {
        let cleared = self.cleared.lock();
        let event = |index: usize| self.values.sum(index).wrapping_sub(cleared[index]);
        let gauge = |gauge: Gauge| self.values.sum(gauge as usize);
        // The later first, so that nothing has ended that was not created.
        let ended = self.values.sum(Sum::RegionsEnded as usize);
        let created = self.values.sum(Sum::RegionsCreated as usize);
        abi::Statistics {
            flags: 0,
            pad: 0,
            counters: core::array::from_fn(event),
            failed_busy: event(Sum::Busy as usize),
            regions_created: event(Sum::RegionsCreated as usize),
            bytes_call: event(Sum::BytesCall as usize),
            bytes_thread: event(Sum::BytesThread as usize),
            bytes_dma: event(Sum::BytesDma as usize),
            contexts: gauge(Gauge::Contexts),
            regions: created.wrapping_sub(ended),
            queued: gauge(Gauge::Queued),
            pinned_bytes: gauge(Gauge::PinnedBytes),
            copy_sizes: core::array::from_fn(|bucket| event(SIZES + bucket)),
        }
    }

    /// Sets all values to 0, but for the gauges.
    pub(crate) fn clear(&self) {
        let mut cleared = self.cleared.lock();
        for (index, value) in cleared.iter_mut().enumerate() {
            *value = self.values.sum(index);
        }
    }
}
