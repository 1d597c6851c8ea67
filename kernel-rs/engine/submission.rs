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
    logic::flags::{Kind, Plan},
};

/// A request that was accepted, and whose regions are still to be found.
pub(super) struct Submission<'a> {
    pub(super) engine: &'a Engine,
    pub(super) plan: Plan,
    ticket: Option<Ticket>,
    place: Option<Place>,
}

impl<'a> Submission<'a> {
    /// Resolves the flags of a request and takes what it needs to end.
    ///
    /// # Errors
    ///
    /// [`EINVAL`] for flags that cannot be honoured, [`EBUSY`] if too much is waiting, [`ENOMEM`].
    pub(super) fn new(
        engine: &'a Engine,
        offload: &Offload,
        kind: Kind,
        flags: u32,
        index: u32,
    ) -> Result<Self> {
        let status = &offload.status;
        let plan = engine
            .masks
            .on_copy(flags, kind, status.slots(), index)
            .ok_or(EINVAL)?;
        engine.counters.count(Counter::Submitted);
        let take = || {
            let ticket = plan
                .slot
                .then(|| Ticket::new(status, &plan, index))
                .transpose()?;
            let place = plan.in_thread.then(|| offload.place()).transpose()?;
            Ok((ticket, place))
        };
        let (ticket, place) = take().inspect_err(|&error| engine.refused(error))?;
        Ok(Self {
            engine,
            plan,
            ticket,
            place,
        })
    }

    /// The regions were found: from here on the request counts as processed.
    pub(super) fn accept(&self) {
        self.engine.counters.count(Counter::ProcessedTotal);
        if let (true, Some(ticket)) = (self.plan.pending, &self.ticket) {
            ticket.announce();
        }
    }

    /// Carries the copy out, or leaves it to the thread.
    #[inline]
    pub(super) fn carry_out(self, request: Request<'_>) -> Outcome {
        let length = request.length();
        let pending = self.plan.pending;
        if length == 0 {
            let outcome = self.end(Outcome::new(0, 0));
            return if pending {
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
    fn end(self, outcome: Outcome) -> Outcome {
        complete(&self.engine.counters, self.ticket, Sum::BytesCall, outcome);
        outcome
    }

    /// Queues the copy. What goes there has a slot, and is all pinned.
    fn leave_to_thread(self, request: Request<'_>, length: u64) -> Outcome {
        let (Some(place), Some(ticket), Some(request)) =
            (self.place, self.ticket, request.detach())
        else {
            return Outcome::new(0, length);
        };
        self.engine.counters.count(Counter::ProcessedThread);
        place.fill(request, ticket);
        Outcome::pending(length)
    }
}
