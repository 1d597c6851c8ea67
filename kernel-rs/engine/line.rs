// SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause

//! A queue that grows when places are reserved, and can be waited for.

use crate::{
    host::{wait::WaitQueue, *},
    logic::ring::Ring,
};

/// A first-in-first-out queue.
#[pin_data]
pub(super) struct Line<T> {
    #[pin]
    ring: SpinLock<Ring<KVVec<T>>>,
    /// Woken up when something was queued, or the last place was freed.
    #[pin]
    pub(super) changed: WaitQueue,
}

/// How many places there are at first.
const FIRST: usize = 16;

impl<T: Default> Line<T> {
    /// An empty queue.
    pub(super) fn new() -> impl PinInit<Self> {
        pin_init!(Self {
            ring <- new_spinlock!(Ring::new(KVVec::new()), "Line::ring"),
            changed <- WaitQueue::new(),
        })
    }

    /// Takes one of `limit` places.
    ///
    /// # Errors
    ///
    /// [`EBUSY`] if all are taken, [`ENOMEM`].
    pub(super) fn reserve(&self, limit: usize) -> Result {
        loop {
            let places = {
                let mut ring = self.ring.lock();
                if ring.held() >= limit {
                    return Err(EBUSY);
                }
                if ring.reserve() {
                    return Ok(());
                }
                ring.places()
            };
            let larger = storage(places.saturating_mul(2).clamp(FIRST, limit.max(FIRST)))?;
            // What is not used any more is freed after the lock is released.
            let unused = self.ring.lock().move_to(larger);
            drop(unused);
        }
    }

    /// Gives a reserved place back.
    pub(super) fn cancel(&self) {
        self.ring.lock().cancel();
    }

    /// Queues an item in a reserved place.
    pub(super) fn push(&self, item: T) {
        let refused = self.ring.lock().push(item);
        drop(refused);
        self.changed.wake();
    }

    /// Takes out the items that are first, as many as there are and fit, and tells how many. Each
    /// is to be settled or to be given back.
    pub(super) fn lend(&self, out: &mut [T]) -> usize {
        self.ring.lock().lend(out)
    }

    /// Frees the places of so many items that were taken out.
    pub(super) fn settle(&self, count: usize) {
        let idle = {
            let mut ring = self.ring.lock();
            ring.settle(count);
            ring.held() == 0
        };
        if idle {
            self.changed.wake();
        }
    }

    /// Queues items again that were taken out, before all others.
    pub(super) fn give_back(&self, items: &mut [T]) {
        self.ring.lock().give_back(items);
        self.changed.wake();
    }

    /// Whether nothing is queued.
    pub(super) fn is_empty(&self) -> bool {
        self.ring.lock().is_empty()
    }

    /// Whether all places are free.
    pub(super) fn is_idle(&self) -> bool {
        self.ring.lock().held() == 0
    }
}

fn storage<T: Default>(places: usize) -> Result<KVVec<T>> {
    let mut storage = KVVec::with_capacity(places, for_caller())?;
    for _ in 0..places {
        storage.push(T::default(), for_caller())?;
    }
    Ok(storage)
}
