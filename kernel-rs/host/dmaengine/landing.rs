// SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause

//! Where the transfers of a copy land.

use core::ptr;

use kernel::{prelude::*, types::Opaque};

use super::helpers::{self, RawLanding};
use crate::host::{
    for_caller,
    wait::{Sleep, WaitQueue, Woken},
};

/// Where transfers land, and who waits for that.
///
/// # Invariants
///
/// `raw` points to `queue`.
#[pin_data]
pub(super) struct Landing {
    #[pin]
    queue: WaitQueue,
    raw: Opaque<RawLanding>,
}

// SAFETY: What is raw is only written under the lock of the queue.
unsafe impl Send for Landing {}
// SAFETY: As above.
unsafe impl Sync for Landing {}

impl Landing {
    /// Nothing has landed.
    ///
    /// # Errors
    ///
    /// [`ENOMEM`].
    pub(super) fn new() -> Result<Pin<KBox<Self>>> {
        let raw = RawLanding {
            queue: ptr::null_mut(),
            landed: 0,
            enough: 0,
        };
        let landing = KBox::pin_init(
            pin_init!(Self {
                queue <- WaitQueue::new(),
                raw: Opaque::new(raw),
            }),
            for_caller(),
        )?;
        // SAFETY: Nobody else knows it yet.
        // INVARIANT: The queue stays where it is: both are pinned.
        unsafe { (*landing.raw.get()).queue = landing.queue.head() };
        Ok(landing)
    }

    /// What C is told; it may be used as long as the landing exists.
    pub(super) fn raw(&self) -> *mut RawLanding {
        self.raw.get()
    }

    /// How many transfers have landed so far; wraps.
    pub(super) fn landed(&self) -> u32 {
        // SAFETY: An aligned integer that is always valid, and is written whole.
        unsafe { (&raw const (*self.raw.get()).landed).read_volatile() }
    }

    /// Waits until so many have landed, so many milliseconds at most.
    pub(super) fn wait(&self, enough: u32, sleep: Sleep, milliseconds: u32) -> Woken {
        // SAFETY: By the invariants.
        unsafe { helpers::knem_dma_expect(self.raw.get(), enough) };
        self.queue.sleep_for(sleep, milliseconds, || {
            (self.landed().wrapping_sub(enough) as i32) >= 0
        })
    }
}
