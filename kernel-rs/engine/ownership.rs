// SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause

//! Which regions belong to a context.

use core::mem;

use crate::{host::*, logic::cookie::Sequence};

/// The regions of one context.
#[pin_data]
pub(crate) struct Ownership {
    #[pin]
    sequences: Mutex<RBTree<Sequence, ()>>,
}

impl Ownership {
    /// Owns nothing.
    pub(super) fn new() -> Result<Arc<Self>> {
        Arc::pin_init(
            pin_init!(Self {
                sequences <- new_mutex!(RBTree::new(), "Ownership::sequences"),
            }),
            for_caller(),
        )
    }

    /// Adds a region.
    pub(super) fn add(&self, sequence: Sequence) -> Result {
        let node = RBTreeNode::new(sequence, (), for_caller())?;
        self.sequences.lock().insert(node);
        Ok(())
    }

    /// Removes a region, and tells whether it was there.
    pub(super) fn remove(&self, sequence: Sequence) -> bool {
        // The node is freed after the lock is released.
        let node = self.sequences.lock().remove_node(&sequence);
        node.is_some()
    }

    /// Removes all regions.
    pub(super) fn take(&self) -> RBTree<Sequence, ()> {
        mem::replace(&mut *self.sequences.lock(), RBTree::new())
    }
}
