// SPDX-License-Identifier: BSD-3-Clause

use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::Arc;

use napi_derive::napi;

const WAITING: u8 = 0;
const BEGUN: u8 = 1;
const CALLED_OFF: u8 = 2;

/// Whether a copy that waits for a thread begins or is called off: whoever comes first decides.
#[derive(Clone, Default)]
pub struct Turn(Arc<AtomicU8>);

impl Turn {
    /// Begins, unless it was called off.
    pub fn begin(&self) -> bool {
        self.decide(BEGUN)
    }

    /// Calls it off, unless it has begun.
    fn call_off(&self) -> bool {
        self.decide(CALLED_OFF)
    }

    fn decide(&self, state: u8) -> bool {
        // Nothing but the state itself is passed on by it.
        let order = Ordering::Relaxed;
        let swap = self.0.compare_exchange(WAITING, state, order, order);
        swap.is_ok()
    }
}

/// A way to call off a copy on another thread.
#[napi]
#[derive(Default)]
pub struct Cancellation(Turn);

#[napi]
impl Cancellation {
    /// One for the next copy.
    #[napi(constructor)]
    pub fn new() -> Self {
        Self::default()
    }

    /// Calls the copy off. Says whether that was in time: then it never touches its memory.
    #[napi]
    pub fn cancel(&self) -> bool {
        self.0.call_off()
    }

    pub(crate) fn turn(&self) -> Turn {
        self.0.clone()
    }
}
