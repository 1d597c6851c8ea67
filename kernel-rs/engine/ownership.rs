// SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause

//! Which regions belong to a context.
//!
//! A region has an entry here from its creation until its memory is unpinned. It can be found as long
//! as the entry is live.

use super::{counters::Gauge, Engine};
use crate::{
    host::{
        ordering::Relaxed,
        task::{self, Kuid, Process},
        wait::{Sleep, WaitQueue},
        *,
    },
    logic::cookie::Sequence,
};

/// The regions of one context, and whose they are.
#[pin_data]
pub(crate) struct Ownership {
    engine: Arc<Engine>,
    /// Counts the contexts since the module was loaded.
    number: u64,
    process: Option<Process>,
    /// The real user id of the thread that opened the context. It is that of all its regions, and
    /// does not follow later changes.
    uid: Kuid,
    /// How many regions were created.
    created: Atomic<u64>,
    #[pin]
    entries: SpinLock<RBTree<Sequence, Entry>>,
    /// Woken up when a region has ended.
    #[pin]
    ended: WaitQueue,
}

/// A region as its context lists it.
#[derive(Clone, Copy)]
pub(crate) struct Entry {
    /// Counts the regions of the context.
    pub(super) number: u64,
    pub(super) single_use: bool,
    /// Whether it can be found.
    pub(super) live: bool,
}

impl Ownership {
    /// Owns nothing, on behalf of the calling thread.
    pub(super) fn new(engine: Arc<Engine>, number: u64) -> Result<Arc<Self>> {
        Arc::pin_init(
            pin_init!(Self {
                engine,
                number,
                process: Process::of_caller(),
                uid: task::uid(),
                created: Atomic::new(0),
                entries <- new_spinlock!(RBTree::new(), "Ownership::entries"),
                ended <- WaitQueue::new(),
            }),
            for_caller(),
        )
    }

    /// The engine of the context.
    pub(crate) fn engine(&self) -> &Engine {
        &self.engine
    }

    /// The number of the context.
    pub(crate) fn number(&self) -> u64 {
        self.number
    }

    /// The user to whom the regions belong.
    pub(super) fn uid(&self) -> Kuid {
        self.uid
    }

    /// The process that opened the context, as the caller sees it; 0 if it does not see it.
    pub(super) fn process_number(&self) -> i32 {
        self.process.as_ref().map_or(0, Process::number)
    }

    /// Adds a region. The entry stays as long as what is returned.
    pub(super) fn add(self: &Arc<Self>, sequence: Sequence, single_use: bool) -> Result<Tenancy> {
        let entry = Entry {
            number: self.created.fetch_add(1, Relaxed).wrapping_add(1),
            single_use,
            live: true,
        };
        let node = RBTreeNode::new(sequence, entry, for_caller())?;
        self.entries.lock().insert(node);
        self.engine.counters.rise(Gauge::Regions, 1);
        Ok(Tenancy {
            owner: self.clone(),
            sequence,
        })
    }

    /// From now on a region cannot be found any more. Of several callers, one is told so.
    pub(super) fn retire(&self, sequence: Sequence) -> bool {
        let mut entries = self.entries.lock();
        match entries.get_mut(&sequence) {
            Some(entry) => core::mem::replace(&mut entry.live, false),
            None => false,
        }
    }

    /// Whether the memory of a region is still pinned.
    pub(super) fn holds(&self, sequence: Sequence) -> bool {
        self.entries.lock().get(&sequence).is_some()
    }

    /// Waits until the memory of a region is unpinned.
    ///
    /// # Errors
    ///
    /// [`EINTR`] if a signal came first.
    pub(super) fn wait_for_end(&self, sequence: Sequence) -> Result {
        self.ended
            .sleep(Sleep::Interruptible, || !self.holds(sequence))
    }

    /// The first region from `start` on, in the order of their creation.
    pub(super) fn first_from(&self, start: Sequence) -> Option<(Sequence, Entry)> {
        let entries = self.entries.lock();
        let cursor = entries.cursor_lower_bound(&start)?;
        let (&sequence, &entry) = cursor.current();
        Some((sequence, entry))
    }
}

/// The entry of a region, removed when dropped.
pub(super) struct Tenancy {
    owner: Arc<Ownership>,
    sequence: Sequence,
}

impl Tenancy {
    /// Whose region it is.
    pub(super) fn owner(&self) -> &Ownership {
        &self.owner
    }
}

impl Drop for Tenancy {
    fn drop(&mut self) {
        // The node is freed after the lock is released.
        let node = self.owner.entries.lock().remove_node(&self.sequence);
        drop(node);
        self.owner.engine.counters.fall(Gauge::Regions, 1);
        self.owner.ended.wake();
    }
}
