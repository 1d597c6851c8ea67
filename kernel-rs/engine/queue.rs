// SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause

//! Requests that wait for the kernel thread of their context.

use core::mem::MaybeUninit;

use super::{
    completion::{complete, By, Outcome, Ticket},
    counters::{Counters, Gauge, Sum},
    flight::Flight,
    line::Line,
    ownership::Ownership,
    request::Request,
};
use crate::host::{
    ordering::Relaxed,
    params,
    thread::{Body, Running},
    wait::Sleep,
    *,
};

/// The requests that wait, first in, first out, and what the thread does with them.
#[pin_data]
pub(crate) struct Queue {
    owner: Arc<Ownership>,
    #[pin]
    line: Line<Option<KBox<Job>>>,
    /// Nobody wants what is queued any more.
    given_up: Atomic<bool>,
}

/// A request that is carried out in the thread.
struct Job {
    work: Work,
    ticket: Ticket,
}

/// What there is to be done for a request.
pub(super) enum Work {
    /// Copying.
    Copy(Request<'static>),
    /// Having it copied by DMA channels, or waiting until they have.
    Flight(Flight),
}

impl Work {
    /// Does it, and tells how it ended and by what.
    fn carry_out(&mut self, given_up: impl Fn() -> bool) -> (By, Outcome) {
        match self {
            Self::Copy(request) => {
                let length = request.length();
                let bytes = if given_up() {
                    0
                } else {
                    request.copy(length, given_up)
                };
                let outcome = Outcome::new(bytes, length);
                (By::Cpu(Sum::BytesThread), outcome)
            }
            Self::Flight(flight) => {
                flight.finish(given_up);
                flight.outcome(Sum::BytesThread)
            }
        }
    }
}

impl Queue {
    /// Nothing waits.
    pub(super) fn new(owner: Arc<Ownership>) -> Result<Arc<Self>> {
        Arc::pin_init(
            pin_init!(Self {
                owner,
                line <- Line::new(),
                given_up: Atomic::new(false),
            }),
            for_caller(),
        )
    }

    /// Waits until all requests are over.
    ///
    /// # Errors
    ///
    /// [`EINTR`] if the caller is about to die.
    pub(super) fn wait_until_idle(&self) -> Result {
        self.line
            .changed
            .sleep(Sleep::Killable, || self.line.is_idle())
    }

    /// From now on all requests end at once.
    pub(super) fn give_up(&self) {
        self.given_up.store(true, Relaxed);
    }

    /// Carries out the request that is first, if there is one.
    pub(super) fn serve(&self) -> bool {
        let mut first = [None];
        self.line.lend(&mut first);
        let [Some(job)] = first else {
            return false;
        };
        self.carry_out(KBox::into_inner(job));
        self.line.settle(1);
        true
    }

    fn carry_out(&self, job: Job) {
        let Job { mut work, ticket } = job;
        let (by, outcome) = work.carry_out(|| self.given_up.load(Relaxed));
        let counters = self.counters();
        counters.fall(Gauge::Queued, 1);
        complete(counters, Some(ticket), by, outcome);
        // Only now is the memory unpinned, so that nobody waits for it.
        drop(work);
    }

    fn counters(&self) -> &Counters {
        &self.owner.engine().counters
    }
}

impl Body for Queue {
    fn run(&self, thread: &Running) {
        // Nothing else ends this sleep.
        let _ = self.line.changed.sleep(Sleep::Idle, || {
            !self.line.is_empty() || thread.should_stop()
        });
        while !thread.should_stop() && self.serve() {}
    }
}

/// A place in a queue, given back when dropped.
pub(super) struct Place {
    queue: Arc<Queue>,
    /// Allocated early, so that queueing does not fail.
    job: Option<KBox<MaybeUninit<Job>>>,
}

impl Place {
    /// Takes a place.
    ///
    /// # Errors
    ///
    /// [`EBUSY`] if the context has too many requests waiting, [`ENOMEM`].
    pub(super) fn new(queue: &Arc<Queue>) -> Result<Self> {
        let job = KBox::new_uninit(for_caller())?;
        queue.line.reserve(params::most_queued())?;
        Ok(Self {
            queue: queue.clone(),
            job: Some(job),
        })
    }

    /// Queues a request.
    pub(super) fn fill(mut self, work: Work, ticket: Ticket) {
        if let Some(job) = self.job.take() {
            let job = KBox::write(job, Job { work, ticket });
            self.queue.counters().rise(Gauge::Queued, 1);
            self.queue.line.push(Some(job));
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if self.job.is_some() {
            self.queue.line.cancel();
        }
    }
}
