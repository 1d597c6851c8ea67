// SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause

//! What moves bytes: regions, the registry in which cookies find them, and the copies.
//!
//! A [`context`] makes a [`submission`] of what it is asked for, which turns flags into a plan and
//! takes what the copy needs to end. Then it makes a [`request`], which knows its two sides. That is
//! carried out in the call, or put into a [`queue`] of the context; either by the CPU or, as a
//! [`flight`], by DMA channels. Wherever that was, one function of [`completion`] tells the end.

mod channels;
mod completion;
pub(crate) mod context;
mod copy;
mod counters;
mod dma;
mod events;
mod flight;
mod lane;
mod line;
mod memory;
mod offload;
mod ownership;
mod queue;
pub(crate) mod region;
mod registry;
mod request;
mod roster;
mod segments;
mod status;
mod submission;
mod threads;

use core::fmt;

use crate::{
    abi::{self, feature, flag, Counter},
    host::{dmaengine, params, task::Kuid, *},
    logic::{flags::Masks, text},
};
use counters::{Counters, Sum};
use dma::{Access, Dma};
use ownership::Ownership;
use registry::Registry;
use roster::Roster;
use threads::Threads;

/// What all contexts share.
#[pin_data]
pub(crate) struct Engine {
    /// The flags added to and dropped from every request.
    masks: Masks,
    /// Whether the local memory that inline copies read from must be there, all of it.
    check_local_read: bool,
    registry: Registry,
    #[pin]
    dma: Dma,
    #[pin]
    counters: Counters,
    #[pin]
    roster: Mutex<Roster>,
    #[pin]
    threads: Mutex<Threads>,
}

impl Engine {
    /// An engine as the module parameters want it.
    ///
    /// # Errors
    ///
    /// [`EINVAL`] if the parameters contradict each other.
    pub(crate) fn new() -> Result<Arc<Self>> {
        let mut masks = Masks::new(params::switches()).ok_or(EINVAL)?;
        if !dmaengine::built_in() {
            masks = masks.without_dma();
        }
        Arc::pin_init(
            try_pin_init!(Self {
                masks,
                check_local_read: params::check_local_read(),
                registry: Registry::new()?,
                dma <- Dma::new(masks.ignored() & flag::DMA == 0),
                counters <- Counters::new(),
                roster <- new_mutex!(Roster::new(), "Engine::roster"),
                threads <- new_mutex!(Threads::new(), "Engine::threads"),
            }? Error),
            GFP_KERNEL,
        )
    }

    /// What happened so far.
    pub(crate) fn statistics(&self) -> abi::Statistics {
        self.counters.snapshot()
    }

    /// Writes down what happened so far, and, if the administrator wants it, what there is.
    pub(crate) fn report(self: &Arc<Self>, out: &mut dyn fmt::Write) -> fmt::Result {
        // As a context that is opened now would find it.
        let access = Access::new(self.clone());
        let channels = access.channels();
        let dma = match (self.dma.obstacle(), channels) {
            (Some(obstacle), _) => obstacle,
            (None, None) => text::Dma::NoChannel,
            (None, Some(channels)) => text::Dma::Channels {
                small: params::dma_small(),
                names: &**channels,
            },
        };
        let statistics = text::Statistics {
            features: features(channels.is_some()),
            forced_flags: self.masks.forced(),
            ignored_flags: self.masks.ignored(),
            dma,
            debug: params::debugging(),
            counters: self.counters.snapshot().counters,
        };
        statistics.write(out)?;
        if params::statistics_verbose() {
            self.roster.lock().list(out)?;
        }
        Ok(())
    }

    /// Sets all counters to 0.
    pub(crate) fn clear_statistics(&self) {
        self.counters.clear();
    }

    /// Adds a context of the calling thread.
    fn admit(self: &Arc<Self>) -> Result<Arc<Ownership>> {
        self.roster.lock().admit(self.clone())
    }

    /// Removes a context.
    fn dismiss(&self, owned: &Ownership) {
        self.roster.lock().dismiss(owned.number());
    }

    /// A user gets a further kernel thread.
    ///
    /// # Errors
    ///
    /// [`ENOMEM`] also if there are too many.
    fn take_thread(&self, user: Kuid) -> Result {
        self.threads.lock().take(user)
    }

    /// A user has one less.
    fn give_back_thread(&self, user: Kuid) {
        self.threads.lock().give_back(user);
    }

    /// Counts a request that was refused because something is scarce, or not there.
    #[cold]
    fn refused(&self, error: Error) {
        if error == EBUSY {
            self.counters.add(Sum::Busy, 1);
        } else if error == EINVAL {
            self.counters.count(Counter::FailedInvalidFlags);
        } else {
            self.counters.count(Counter::FailedNoMemory);
        }
    }
}

/// Bits of [`feature`].
fn features(dma: bool) -> u32 {
    feature::ALWAYS | if dma { feature::DMA } else { 0 }
}
