// SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause

//! What moves bytes: regions, the registry in which cookies find them, and the copies.

pub(crate) mod context;
pub(crate) mod copy;
pub(crate) mod counters;
pub(crate) mod ownership;
pub(crate) mod region;
pub(crate) mod registry;
pub(crate) mod request;
pub(crate) mod segments;

use crate::{
    host::{params, Arc, *},
    logic::{flags::Masks, text::Statistics},
};
use counters::Counters;
use registry::Registry;

/// What all contexts share.
#[pin_data]
pub(crate) struct Engine {
    /// The flags added to and dropped from every request.
    masks: Masks,
    /// Whether the local memory that inline copies read from is pinned.
    pin_local_read: bool,
    #[pin]
    registry: Registry,
    #[pin]
    counters: Counters,
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
                pin_local_read: params::pin_local_read(),
                registry <- Registry::new(),
                counters <- Counters::new(),
            }? Error),
            GFP_KERNEL,
        )
    }

    /// What the statistics tell now.
    pub(crate) fn statistics(&self) -> Statistics {
        Statistics {
            features: self.features(),
            forced_flags: self.masks.forced(),
            ignored_flags: self.masks.ignored(),
            counters: self.counters.snapshot(),
        }
    }

    /// Sets all counters to 0.
    pub(crate) fn clear_statistics(&self) {
        self.counters.clear();
    }

    /// Bits of [`crate::abi::feature`].
    fn features(&self) -> u32 {
        0
    }
}
