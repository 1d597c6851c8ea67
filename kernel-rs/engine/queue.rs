// SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause

//! Requests that wait for the kernel thread of their context.

use core::mem::MaybeUninit;

use super::{
    completion::{complete, Outcome, Ticket},
    counters::{Gauge, Sum},
    line::Line,
    offload::Offload,
    request::Request,
    Engine,
};
use crate::host::{
    params, thread,
    wait::{Sleep, WaitQueue},
    *,
};

/// A request that is carried out in the thread.
pub(super) struct Job {
    pub(super) request: Request,
    pub(super) ticket: Ticket,
}

/// The requests that wait, first in, first out.
#[pin_data]
pub(crate) struct Queue {
    #[pin]
    line: Line<Option<KBox<Job>>>,
}

impl Queue {
    /// Nothing waits.
    pub(super) fn new() -> impl PinInit<Self> {
        pin_init!(Self { line <- Line::new() })
    }

    /// Sleeps until there is work, or the calling thread should stop.
    pub(super) fn wait_for_work(&self) {
        // Nothing else ends this sleep.
        let _ = self.changed().sleep(Sleep::Idle, || {
            !self.line.is_empty() || thread::should_stop()
        });
    }

    /// Waits until all requests are over.
    ///
    /// # Errors
    ///
    /// [`EINTR`] if the caller is about to die.
    pub(super) fn wait_until_idle(&self) -> Result {
        self.changed()
            .sleep(Sleep::Killable, || self.line.is_idle())
    }

    /// Takes the next request. Its place is free again when [`Self::settle`] is called.
    pub(super) fn take(&self) -> Option<KBox<Job>> {
        let mut next = [None];
        self.line.lend(&mut next);
        let [next] = next;
        next
    }

    /// The request taken is over.
    pub(super) fn settle(&self) {
        self.line.settle(1);
    }

    fn changed(&self) -> &WaitQueue {
        &self.line.changed
    }
}

/// A place in the queue, given back when dropped.
pub(super) struct Place {
    offload: Arc<Offload>,
    /// Allocated early, so that queueing does not fail.
    job: Option<KBox<MaybeUninit<Job>>>,
}

impl Place {
    /// Takes a place.
    ///
    /// # Errors
    ///
    /// [`EBUSY`] if the context has too many requests waiting, [`ENOMEM`].
    pub(super) fn new(offload: &Arc<Offload>) -> Result<Self> {
        let job = KBox::new_uninit(for_caller())?;
        offload.queue.line.reserve(params::most_queued())?;
        Ok(Self {
            offload: offload.clone(),
            job: Some(job),
        })
    }

    /// Queues a request.
    pub(super) fn fill(mut self, request: Request, ticket: Ticket) {
        if let Some(job) = self.job.take() {
            let job = KBox::write(job, Job { request, ticket });
            self.offload.engine().counters.rise(Gauge::Queued, 1);
            self.offload.queue.line.push(Some(job));
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if self.job.is_some() {
            self.offload.queue.line.cancel();
        }
    }
}

impl Job {
    /// Carries the request out, as far as its context does not give it up.
    pub(super) fn carry_out(self, offload: &Offload) {
        let length = self.request.length();
        let bytes = self.request.copy(length, || offload.is_cancelled());
        self.end(offload.engine(), Outcome::new(bytes, length));
    }

    /// Ends the request without doing anything.
    pub(super) fn give_up(self, offload: &Offload) {
        let outcome = Outcome::new(0, self.request.length());
        self.end(offload.engine(), outcome);
    }

    fn end(self, engine: &Engine, outcome: Outcome) {
        engine.counters.fall(Gauge::Queued, 1);
        complete(engine, Some(self.ticket), Sum::BytesThread, outcome);
        // Only now is the memory unpinned, so that nobody waits for it.
        drop(self.request);
    }
}
