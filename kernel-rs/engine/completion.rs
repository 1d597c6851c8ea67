// SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause

//! How the end of a request is told.

use super::{
    counters::{Counters, Sum},
    status::Status,
};
use crate::{
    abi::{status, Counter},
    host::*,
    logic::flags::Plan,
};

/// How a copy ended, or that it did not yet.
#[derive(Clone, Copy)]
pub(crate) struct Outcome {
    /// A value of [`status`].
    pub(crate) status: u8,
    /// The bytes that were copied, or are going to be.
    pub(crate) bytes: u64,
}

impl Outcome {
    /// That of a copy which moved `bytes` of `length` bytes.
    pub(super) fn new(bytes: u64, length: u64) -> Self {
        let status = if bytes == length {
            status::SUCCESS
        } else {
            status::FAILED
        };
        Self { status, bytes }
    }

    /// That of a copy that is left to others.
    pub(super) fn pending(length: u64) -> Self {
        Self {
            status: status::PENDING,
            bytes: length,
        }
    }
}

/// Where the end of a request is to be told. If it never is, the place of its event is given back.
pub(super) struct Ticket {
    status: Arc<Status>,
    index: u32,
    event: bool,
}

impl Ticket {
    /// For the slot at `index`, which exists.
    ///
    /// # Errors
    ///
    /// [`EBUSY`] if there are too many events, [`ENOMEM`].
    pub(super) fn new(status: &Arc<Status>, plan: &Plan, index: u32) -> Result<Self> {
        if plan.event {
            status.events.reserve(status.slots())?;
        }
        Ok(Self {
            status: status.clone(),
            index,
            event: plan.event,
        })
    }

    /// Marks the slot as that of a request which is not over.
    pub(super) fn announce(&self) {
        self.status.store(self.index, status::PENDING);
    }

    /// Tells the end: first in the slot, after all data, then by the event.
    fn tell(mut self, outcome: Outcome) {
        self.status.store(self.index, outcome.status);
        if core::mem::take(&mut self.event) {
            self.status.events.tell(self.index);
        }
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        if self.event {
            self.status.events.cancel();
        }
    }
}

/// What copied.
pub(super) enum By {
    /// The CPU, in this place.
    Cpu(Sum),
    /// DMA channels so many bytes, and the rest the CPU in this place.
    Dma(u64, Sum),
}

/// The end of every copy, wherever it was carried out. It is counted first, so that whoever learns
/// of it finds it counted.
#[inline(always)]
pub(super) fn complete(counters: &Counters, ticket: Option<Ticket>, by: By, outcome: Outcome) {
    let failure = match by {
        By::Cpu(place) => {
            counters.ended(place, outcome.bytes);
            Counter::FailedCopyUser
        }
        By::Dma(bytes, place) => {
            counters.ended_by_dma(place, outcome.bytes, bytes);
            Counter::FailedDmaCopy
        }
    };
    if outcome.status == status::FAILED {
        counters.count(failure);
    }
    if let Some(ticket) = ticket {
        ticket.tell(outcome);
    }
}
