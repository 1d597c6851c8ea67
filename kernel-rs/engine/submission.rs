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
    engine: &'a Engine,
    pub(super) plan: Plan,
    /// [`None`] if the copy is just made in the call.
    needs: Option<Needs>,
}

/// What a request needs to end, taken as long as it can still be refused.
struct Needs {
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
            needs: None,
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
            let needs = Needs::take(&self.plan, offload, index);
            self.needs = Some(needs.inspect_err(|&error| self.engine.refused(error))?);
        }
        Ok(())
    }

    /// The regions were found: from here on the request counts as processed.
    #[inline]
    pub(super) fn accept(&self) {
        self.engine.counters.count(Counter::ProcessedTotal);
        if let (true, Some(needs)) = (self.plan.pending, &self.needs) {
            needs.announce();
        }
    }

    /// Carries the copy out, or leaves it to others.
    #[inline(always)]
    pub(super) fn carry_out(self, request: Request<'_>) -> Outcome {
        let length = request.length();
        match self.needs {
            None => {
                let bytes = match length {
                    0 => 0,
                    _ => request.copy(length, task::is_dying),
                };
                let by = By::Cpu(Sum::BytesCall);
                end(self.engine, None, by, Outcome::new(bytes, length))
            }
            Some(needs) => needs.carry_out(self.engine, &self.plan, request, length),
        }
    }
}

impl Needs {
    /// All that go to a thread have a slot.
    #[cold]
    fn take(plan: &Plan, offload: &Offload, index: u32) -> Result<Self> {
        let channels = if plan.dma {
            Some(offload.channels().ok_or(EINVAL)?)
        } else {
            None
        };
        let (ticket, place) = if plan.slot {
            let ticket = Ticket::new(&offload.status, plan, index)?;
            (Some(ticket), offload.place(plan)?)
        } else {
            (None, None)
        };
        let runway = channels.map(Runway::new).transpose()?;
        Ok(Self {
            ticket,
            place,
            runway,
        })
    }

    #[cold]
    fn announce(&self) {
        if let Some(ticket) = &self.ticket {
            ticket.announce();
        }
    }

    /// What goes to the thread, or to DMA channels, is all pinned.
    #[cold]
    fn carry_out(
        mut self,
        engine: &Engine,
        plan: &Plan,
        request: Request<'_>,
        length: u64,
    ) -> Outcome {
        let by = By::Cpu(Sum::BytesCall);
        if length == 0 {
            let outcome = end(engine, self.ticket, by, Outcome::new(0, 0));
            return if plan.pending {
                Outcome::pending(0)
            } else {
                outcome
            };
        }
        if self.place.is_none() && self.runway.is_none() {
            let bytes = request.copy(length, task::is_dying);
            return end(engine, self.ticket, by, Outcome::new(bytes, length));
        }
        let Some(request) = request.detach() else {
            return end(engine, self.ticket, by, Outcome::new(0, length));
        };
        match self.runway.take() {
            Some(runway) => self.fly(engine, plan, runway.flight(request, length), length),
            None => self.queue(engine, plan, Work::Copy(request), length),
        }
    }

    /// Has the copy made by DMA channels.
    fn fly(self, engine: &Engine, plan: &Plan, mut flight: Flight, length: u64) -> Outcome {
        engine.counters.count(Counter::ProcessedDma);
        if plan.in_thread || (plan.by_itself && !flight.start(task::is_dying)) {
            return self.queue(engine, plan, Work::Flight(flight), length);
        }
        flight.finish(task::is_dying);
        let (by, outcome) = flight.outcome(Sum::BytesCall);
        end(engine, self.ticket, by, outcome)
    }

    /// Queues what is to be done for the copy. It has a slot.
    fn queue(self, engine: &Engine, plan: &Plan, work: Work, length: u64) -> Outcome {
        let (Some(place), Some(ticket)) = (self.place, self.ticket) else {
            return Outcome::new(0, length);
        };
        if plan.in_thread {
            engine.counters.count(Counter::ProcessedThread);
        }
        place.fill(work, ticket);
        Outcome::pending(length)
    }
}

/// The copy is over.
#[inline]
fn end(engine: &Engine, ticket: Option<Ticket>, by: By, outcome: Outcome) -> Outcome {
    complete(&engine.counters, ticket, by, outcome);
    outcome
}
