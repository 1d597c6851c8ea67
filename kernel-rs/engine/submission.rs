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
    pub(super) fn carry_out(self, request: Request) -> Outcome {
        let Self {
            engine,
            plan,
            ticket,
            place,
        } = self;
        let length = request.length();
        let pending = Outcome::pending(length);
        if length == 0 {
            let outcome = Outcome::new(0, 0);
            complete(&engine.counters, ticket, Sum::BytesCall, outcome);
            return if plan.pending { pending } else { outcome };
        }
        match (place, ticket) {
            (Some(place), Some(ticket)) => {
                engine.counters.count(Counter::ProcessedThread);
                place.fill(request, ticket);
                pending
            }
            (_, ticket) => {
                let bytes = request.copy(length, task::is_dying);
                let outcome = Outcome::new(bytes, length);
                complete(&engine.counters, ticket, Sum::BytesCall, outcome);
                outcome
            }
        }
    }
}
