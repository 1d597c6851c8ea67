// SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause

//! The way of every copy request, from its flags to its reply.
//!
//! The order of the steps is that of the contract, §13.2: it decides which error a caller sees, what
//! is counted, and whether a single-use region is consumed.

use super::{
    completion::{complete, By, Outcome, Ticket},
    counters::Sum,
    flight::{Flight, Runway},
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
    aid: Option<Aid>,
}

/// What a request needs to end, if it is not just made in the call.
struct Aid {
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
            aid: None,
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
        if !self.plan.plain {
            let aid = Aid::new(offload, &self.plan, index)
                .inspect_err(|&error| self.engine.refused(error))?;
            self.aid = Some(aid);
        }
        Ok(())
    }

    /// The regions were found: from here on the request counts as processed.
    #[inline]
    pub(super) fn accept(&self) {
        self.engine.counters.count(Counter::ProcessedTotal);
        if let Some(aid) = &self.aid {
            aid.announce(&self.plan);
        }
    }

    /// Carries the copy out, or leaves it to others.
    #[inline(always)]
    pub(super) fn carry_out(&mut self, request: Request<'_>) -> Outcome {
        let length = request.length();
        if let Some(aid) = self.aid.take() {
            return aid.carry_out(self.engine, &self.plan, request, length);
        }
        let bytes = if length > 0 {
            request.copy(length, task::is_dying)
        } else {
            0
        };
        let outcome = Outcome::new(bytes, length);
        complete(
            &self.engine.counters,
            None,
            By::Cpu(Sum::BytesCall),
            outcome,
        );
        outcome
    }
}

impl Aid {
    /// All that go to a thread have a slot.
    #[cold]
    fn new(offload: &Offload, plan: &Plan, index: u32) -> Result<Self> {
        let channels = if plan.dma {
            Some(offload.channels().ok_or(EINVAL)?)
        } else {
            None
        };
        let ticket = if plan.slot {
            Some(Ticket::new(&offload.status, plan, index)?)
        } else {
            None
        };
        Ok(Self {
            ticket,
            place: offload.place(plan)?,
            runway: channels.map(Runway::new).transpose()?,
        })
    }

    /// Marks the slot, if the request counts as pending from now on.
    #[cold]
    fn announce(&self, plan: &Plan) {
        if let (true, Some(ticket)) = (plan.pending, &self.ticket) {
            ticket.announce();
        }
    }

    /// Carries a copy out, or leaves it to others.
    #[cold]
    fn carry_out(
        mut self,
        engine: &Engine,
        plan: &Plan,
        request: Request<'_>,
        length: u64,
    ) -> Outcome {
        if length == 0 {
            let outcome = self.end(engine, By::Cpu(Sum::BytesCall), Outcome::new(0, 0));
            return if plan.pending {
                Outcome::pending(0)
            } else {
                outcome
            };
        }
        if let Some(runway) = self.runway.take() {
            return self.fly(engine, plan, runway.flight(request, length), length);
        }
        if self.place.is_some() {
            let work = request.detach().map(Work::Copy);
            return self.leave_to_thread(engine, plan, work, length);
        }
        let bytes = request.copy(length, task::is_dying);
        let outcome = Outcome::new(bytes, length);
        self.end(engine, By::Cpu(Sum::BytesCall), outcome)
    }

    /// Has a copy made by DMA channels.
    fn fly(mut self, engine: &Engine, plan: &Plan, flight: Option<Flight>, length: u64) -> Outcome {
        engine.counters.count(Counter::ProcessedDma);
        let Some(mut flight) = flight else {
            return Outcome::new(0, length);
        };
        if plan.in_thread || (plan.by_itself && !flight.start(task::is_dying)) {
            return self.leave_to_thread(engine, plan, Some(Work::Flight(flight)), length);
        }
        flight.finish(task::is_dying);
        let (by, outcome) = flight.outcome(Sum::BytesCall);
        self.end(engine, by, outcome)
    }

    /// Queues what is to be done for a copy. What goes there is all pinned, and has a slot.
    fn leave_to_thread(
        &mut self,
        engine: &Engine,
        plan: &Plan,
        work: Option<Work>,
        length: u64,
    ) -> Outcome {
        let (Some(place), Some(ticket), Some(work)) = (self.place.take(), self.ticket.take(), work)
        else {
            return Outcome::new(0, length);
        };
        if plan.in_thread {
            engine.counters.count(Counter::ProcessedThread);
        }
        place.fill(work, ticket);
        Outcome::pending(length)
    }

    /// The copy is over.
    fn end(&mut self, engine: &Engine, by: By, outcome: Outcome) -> Outcome {
        complete(&engine.counters, self.ticket.take(), by, outcome);
        outcome
    }
}
