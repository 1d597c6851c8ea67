// SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause

//! Whether there are DMA channels, and for how long.
//!
//! All contexts share them. They are taken when a context is opened and there are none yet, and given
//! back when the last context is closed. So a driver that comes serves the contexts that are opened
//! after that, and one that is to go can go when no context is open.

use super::{channels::Channels, Engine};
use crate::{
    host::{dmaengine, *},
    logic::text,
};

/// Takes channels while they are needed.
#[pin_data]
pub(super) struct Dma {
    /// Whether the administrator wants DMA.
    wanted: bool,
    #[pin]
    pool: Mutex<Pool>,
}

struct Pool {
    contexts: usize,
    channels: Option<Arc<Channels>>,
}

impl Dma {
    /// No channels are needed yet, nor ever if they are not wanted.
    pub(super) fn new(wanted: bool) -> impl PinInit<Self> {
        let pool = Pool {
            contexts: 0,
            channels: None,
        };
        pin_init!(Self {
            wanted,
            pool <- new_mutex!(pool, "Dma::pool"),
        })
    }

    /// What stands in the way of DMA, whatever channels there are.
    pub(super) fn obstacle(&self) -> Option<text::Dma<'static>> {
        if !dmaengine::built_in() {
            Some(text::Dma::NoKernelSupport)
        } else if !self.wanted {
            Some(text::Dma::Disabled)
        } else {
            None
        }
    }

    /// The channels, if there are any: they are there until [`Self::leave`].
    fn enter(&self) -> Option<Arc<Channels>> {
        let mut pool = self.pool.lock();
        pool.contexts += 1;
        if self.wanted && pool.channels.is_none() {
            // For want of memory there are none.
            pool.channels = Channels::take().ok();
        }
        pool.channels.clone()
    }

    /// The channels are not needed any more.
    fn leave(&self) {
        let mut pool = self.pool.lock();
        pool.contexts -= 1;
        if pool.contexts == 0 {
            // Given back before others could want them.
            drop(pool.channels.take());
        }
    }
}

/// The channels that a context may use, if any.
pub(super) struct Access {
    engine: Arc<Engine>,
    channels: Option<Arc<Channels>>,
}

impl Access {
    /// For a new context.
    pub(super) fn new(engine: Arc<Engine>) -> Self {
        let channels = engine.dma.enter();
        Self { engine, channels }
    }

    /// Those channels, if one is in service.
    pub(super) fn channels(&self) -> Option<&Arc<Channels>> {
        let channels = self.channels.as_ref();
        channels.filter(|channels| channels.any())
    }
}

impl Drop for Access {
    fn drop(&mut self) {
        drop(self.channels.take());
        self.engine.dma.leave();
    }
}
