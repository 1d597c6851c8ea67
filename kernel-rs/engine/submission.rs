// SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause

//! The way of every copy request, from its flags to its reply.
//!
//! The order of the steps is that of the contract, §13.2: it decides which error a caller sees, what
//! is counted, and whether a single-use region is consumed.

use super::{
    completion::{complete, By, Outcome, Ticket},
    counters::Sum,
    flight::Runway,
    offload::Offload,
    queue::{Place, Work},
    request::Request,
    Engine,
};
use crate::{
    abi::Counter,
    host::{task, *},
    logic::flags::Plan,
};

/// A request that was accepted, and whose regions are still to be found.
pub(super) struct Submission<'a> {
    pub(super) engine: &'a Engine,
    pub(super) plan: Plan,
    ticket: Option<Ticket>,
    place: Option<Place>,
    runway: Option<Runway>,
}

impl<'a> Submission<'a> {
    /// A request with this plan.
    #[inline]
    pub(super) fn new(engine: &'a Engine, plan: Plan) -> Self {
        engine.counters.count(Counter::Submitted);
        Self {
            engine,
            plan,
            ticket: None,
            place: None,
            runway: None,
        }
    }

    /// Takes what the request needs to end, if it is not just made in the call: its slot is the one
    /// at `index`.
    ///
    /// # Errors
    ///
    /// [`EINVAL`] if there are no DMA channels, [`EBUSY`] if too much is waiting, [`ENOMEM`].
    #[inline]
    pub(super) fn prepare(&mut self, offload: &Offload, index: u32) -> Result {
        if self.plan.slot || self.plan.dma {
            self.take(offload, index)
                .inspect_err(|&error| self.engine.refused(error))?;
        }
        Ok(())
    }

    /// All that go to a thread have a slot.
    #[cold]
    fn take(&mut self, offload: &Offload, index: u32) -> Result {
        let channels = if self.plan.dma {
            Some(offload.channels().ok_or(EINVAL)?)
        } else {
            None
        };
        if self.plan.slot {
            self.ticket = Some(Ticket::new(&offload.status, &self.plan, index)?);
            self.place = offload.place(&self.plan)?;
        }
        self.runway = channels.map(Runway::new).transpose()?;
        Ok(())
    }

    /// The regions were found: from here on the request counts as processed.
    #[inline]
    pub(super) fn accept(&self) {
        self.engine.counters.count(Counter::ProcessedTotal);
        if let (true, Some(ticket)) = (self.plan.pending, &self.ticket) {
            ticket.announce();
        }
    }

    /// Carries the copy out, or leaves it to the thread.
    #[inline(always)]
    pub(super) fn carry_out(&mut self, request: Request<'_>) -> Outcome {
        let length = request.length();
        if length == 0 {
            let outcome = self.end(Outcome::new(0, 0));
            return if self.plan.pending {
                Outcome::pending(0)
            } else {
                outcome
            };
        }
        if self.place.is_some() || self.plan.dma {
            return self.leave_to_others(request, length);
        }
        let bytes = request.copy(length, task::is_dying);
        self.end(Outcome::new(bytes, length))
    }

    /// The copy is over.
    #[inline]
    fn end(&mut self, outcome: Outcome) -> Outcome {
        self.end_by(By::Cpu(Sum::BytesCall), outcome)
    }

    #[inline]
    fn end_by(&mut self, by: By, outcome: Outcome) -> Outcome {
        let ticket = self.ticket.take();
        complete(&self.engine.counters, ticket, by, outcome);
        outcome
    }

    /// Leaves the copy to the thread, or to DMA channels. What goes there is all pinned.
    #[cold]
    fn leave_to_others(&mut self, request: Request<'_>, length: u64) -> Outcome {
        let Some(request) = request.detach() else {
            return self.end(Outcome::new(0, length));
        };
        if let Some(runway) = self.runway.take() {
            return self.fly(runway, request, length);
        }
        self.queue(Work::Copy(request), length)
    }

    /// Has the copy made by DMA channels.
    fn fly(&mut self, runway: Runway, request: Request<'static>, length: u64) -> Outcome {
        self.engine.counters.count(Counter::ProcessedDma);
        let mut flight = runway.flight(request, length);
        if self.plan.in_thread || (self.plan.by_itself && !flight.start(task::is_dying)) {
            return self.queue(Work::Flight(flight), length);
        }
        flight.finish(task::is_dying);
        let (by, outcome) = flight.outcome(Sum::BytesCall);
        self.end_by(by, outcome)
    }

    /// Queues what is to be done for the copy. It has a slot.
    fn queue(&mut self, work: Work, length: u64) -> Outcome {
        let (Some(place), Some(ticket)) = (self.place.take(), self.ticket.take()) else {
            return Outcome::new(0, length);
        };
        if self.plan.in_thread {
            self.engine.counters.count(Counter::ProcessedThread);
        }
        place.fill(work, ticket);
        Outcome::pending(length)
    }
}
