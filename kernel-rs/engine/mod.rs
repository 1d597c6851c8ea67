// SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause

//! What moves bytes: regions, the registry in which cookies find them, and the copies.
//!
//! A [`context`] makes a [`submission`] of what it is asked for, which turns flags into a plan and
//! takes what the copy needs to end. Then it makes a [`request`], which knows its two sides. That is
//! carried out in the call, or put into the [`queue`] of the context. Wherever that was, one function
//! of [`completion`] tells the end.

mod completion;
pub(crate) mod context;
mod copy;
mod counters;
mod events;
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

use core::fmt;

use crate::{
    abi::{self, feature, Counter},
    host::{params, *},
    logic::{flags::Masks, text},
};
use counters::{Counters, Sum};
use ownership::Ownership;
use registry::Registry;
use roster::Roster;

/// What all contexts share.
#[pin_data]
pub(crate) struct Engine {
    /// The flags added to and dropped from every request.
    masks: Masks,
    /// Whether the local memory that inline copies read from must be there, all of it.
    check_local_read: bool,
    registry: Registry,
    #[pin]
    counters: Counters,
    #[pin]
    roster: Mutex<Roster>,
}

impl Engine {
    /// An engine as the module parameters want it.
    ///
    /// # Errors
    ///
    /// [`EINVAL`] if the parameters contradict each other.
    pub(crate) fn new() -> Result<Arc<Self>> {
        let masks = Masks::new(params::switches()).ok_or(EINVAL)?;
        Arc::pin_init(
            try_pin_init!(Self {
                masks,
                check_local_read: params::check_local_read(),
                registry: Registry::new()?,
                counters <- Counters::new(),
                roster <- new_mutex!(Roster::new(), "Engine::roster"),
            }? Error),
            GFP_KERNEL,
        )
    }

    /// What happened so far.
    pub(crate) fn statistics(&self) -> abi::Statistics {
        self.counters.snapshot()
    }

    /// Writes down what happened so far, and, if the administrator wants it, what there is.
    pub(crate) fn report(&self, out: &mut dyn fmt::Write) -> fmt::Result {
        let statistics = text::Statistics {
            features: self.features(),
            forced_flags: self.masks.forced(),
            ignored_flags: self.masks.ignored(),
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

    /// Bits of [`feature`].
    fn features(&self) -> u32 {
        feature::ALWAYS
    }

    /// Adds a context of the calling thread.
    fn admit(self: &Arc<Self>) -> Result<Arc<Ownership>> {
        self.roster.lock().admit(self.clone())
    }

    /// Removes a context.
    fn dismiss(&self, owned: &Ownership) {
        self.roster.lock().dismiss(owned.number());
    }

    /// Counts a request that was refused because something is scarce.
    #[cold]
    fn refused(&self, error: Error) {
        if error == EBUSY {
            self.counters.add(Sum::Busy, 1);
        } else {
            self.counters.count(Counter::FailedNoMemory);
        }
    }
}
