// SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause

//! All contexts, and what a reader of the statistics may see of them.

use core::fmt::{self, Write};

use super::{ownership::Ownership, Engine};
use crate::{
    host::{task, *},
    logic::text::Listing,
};

/// The contexts that are open, in the order in which they were opened.
pub(super) struct Roster {
    contexts: RBTree<u64, Arc<Ownership>>,
    newest: u64,
}

impl Roster {
    /// No context is open.
    pub(super) fn new() -> Self {
        Self {
            contexts: RBTree::new(),
            newest: 0,
        }
    }

    /// Adds a context of the calling thread.
    pub(super) fn admit(&mut self, engine: Arc<Engine>) -> Result<Arc<Ownership>> {
        let number = self.newest + 1;
        let owned = Ownership::new(engine, number)?;
        self.contexts
            .try_create_and_insert(number, owned.clone(), for_caller())?;
        self.newest = number;
        Ok(owned)
    }

    /// Removes a context. The last reference to it is the caller's.
    pub(super) fn dismiss(&mut self, number: u64) {
        self.contexts.remove(&number);
    }

    /// Writes down those contexts, and their regions, that the calling thread may see.
    pub(super) fn list(&self, out: &mut dyn Write) -> fmt::Result {
        let (uid, everything) = (task::uid(), task::is_administrator());
        let mut listing = Listing::new(out);
        for owned in self.contexts.values() {
            if everything || owned.uid() == uid {
                list_context(&mut listing, owned)?;
            } else {
                listing.hide();
            }
            task::reschedule();
        }
        listing.end()
    }
}

fn list_context(listing: &mut Listing<'_>, owned: &Ownership) -> fmt::Result {
    listing.context(owned.process_number(), owned.number())?;
    for &(number, single_use) in owned.list().map_err(|_| fmt::Error)?.iter() {
        listing.region(number, single_use)?;
    }
    listing.context_end()
}
