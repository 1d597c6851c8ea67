// SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause

//! The way of every copy request, from its flags to its reply.
//!
//! The order of the steps is that of the contract, §13.2: it decides which error a caller sees, what
//! is counted, and whether a single-use region is consumed.

use super::{
    completion::{complete, Outcome, Ticket},
    counters::Sum,
    offload::Offload,
    queue::Place,
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
        }
    }

    /// Takes what the request needs to end, if it is not just made in the call: its slot is the one
    /// at `index`.
    ///
    /// # Errors
    ///
    /// [`EBUSY`] if too much is waiting, [`ENOMEM`].
    #[inline]
    pub(super) fn prepare(&mut self, offload: &Offload, index: u32) -> Result {
        if self.plan.slot {
            self.take(offload, index)
                .inspect_err(|&error| self.engine.refused(error))?;
        }
        Ok(())
    }

    /// All that go to the thread have a slot.
    #[cold]
    fn take(&mut self, offload: &Offload, index: u32) -> Result {
        self.ticket = Some(Ticket::new(&offload.status, &self.plan, index)?);
        if self.plan.in_thread {
            self.place = Some(offload.place()?);
        }
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
        if self.place.is_some() {
            return self.leave_to_thread(request, length);
        }
        let bytes = request.copy(length, task::is_dying);
        self.end(Outcome::new(bytes, length))
    }

    /// The copy is over.
    #[inline]
    fn end(&mut self, outcome: Outcome) -> Outcome {
        let ticket = self.ticket.take();
        complete(&self.engine.counters, ticket, Sum::BytesCall, outcome);
        outcome
    }

    /// Queues the copy. What goes there has a slot, and is all pinned.
    #[cold]
    fn leave_to_thread(&mut self, request: Request<'_>, length: u64) -> Outcome {
        let (Some(place), Some(ticket), Some(request)) =
            (self.place.take(), self.ticket.take(), request.detach())
        else {
            return Outcome::new(0, length);
        };
        self.engine.counters.count(Counter::ProcessedThread);
        place.fill(request, ticket);
        Outcome::pending(length)
    }
}
