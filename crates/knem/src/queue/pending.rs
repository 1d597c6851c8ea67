// SPDX-License-Identifier: BSD-3-Clause

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use super::Queue;
use crate::Result;

/// A copy that the module has: a future of the bytes it copied.
///
/// It makes progress by itself; somebody must [drain](Queue::drain) the queue for it to hear of its
/// end. Dropping it does not stop the copy, and what it needs stays alive until it is over.
#[derive(Debug)]
#[must_use = "the copy goes on, but nobody will know how it ends"]
pub struct Pending {
    queue: Queue,
    /// None once the end was told.
    slot: Option<u32>,
}

impl Pending {
    pub(super) fn new(queue: Queue, slot: u32) -> Self {
        let slot = Some(slot);
        Self { queue, slot }
    }

    /// Whether the copy is over. It looks at the status slot, and costs no call of the system.
    pub fn is_over(&self) -> bool {
        self.slot.is_none_or(|slot| self.queue.is_over(slot))
    }

    /// Waits for the end, and gives the bytes that were copied. Several threads may wait, each for
    /// its own; whoever is first reads for all.
    ///
    /// # Errors
    /// [`crate::Error::CopyFailed`]; [`crate::Error::Io`] where the descriptor can't be waited for,
    /// and then the copy may go on.
    pub fn wait(mut self) -> Result<u64> {
        let slot = self.slot.expect("a copy whose end is not told");
        let end = self.queue.wait_for(slot)?;
        self.slot = None;
        end.outcome()
    }
}

impl Future for Pending {
    type Output = Result<u64>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let slot = self.slot.expect("a future that is ready is not polled");
        let end = self.queue.poll(slot, context.waker());
        end.map(|end| {
            self.slot = None;
            end.outcome()
        })
    }
}

impl Drop for Pending {
    fn drop(&mut self) {
        if let Some(slot) = self.slot {
            self.queue.abandon(slot);
        }
    }
}
