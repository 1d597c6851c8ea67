// SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause

//! Pinned memory, and on whose account.

use super::{counters::Gauge, ownership::Ownership};
use crate::host::{
    account::Charge,
    batch::Room,
    pages::{self, Access, Pinned, PinnedCursor, Tenure},
    *,
};
use crate::logic::runs::Run;

/// Memory of a process, pinned for a context.
pub(crate) struct Memory {
    pinned: Pinned,
    /// Of the process whose memory it is, whoever unpins it.
    charge: Option<Charge>,
    owner: Arc<Ownership>,
}

impl Memory {
    /// No memory yet.
    #[inline]
    pub(super) fn new(owner: Arc<Ownership>) -> Self {
        Self {
            pinned: Pinned::new(),
            charge: None,
            owner,
        }
    }

    /// Pins memory of the calling process. There is none before.
    ///
    /// # Errors
    ///
    /// [`EFAULT`] if it cannot be accessed so, [`ENOMEM`] if there is too little, or the process may
    /// not pin so much.
    pub(super) fn pin(&mut self, segments: &[Run], access: Access, tenure: Tenure) -> Result {
        let pages = pages::count(segments);
        let charge = Charge::new(pages)?;
        let mut room = Room::new(pages, self.owner.spare_room())?;
        self.pinned
            .pin(segments, access, tenure, &mut room)
            .inspect_err(|_| self.pinned.release())?;
        let size = charge.bytes();
        self.owner.counters().rise(Gauge::PinnedBytes, size);
        self.charge = Some(charge);
        Ok(())
    }

    /// On whose account it is pinned.
    pub(super) fn owner(&self) -> &Ownership {
        &self.owner
    }

    /// Unpins it.
    pub(super) fn release(&mut self) {
        if let Some(charge) = self.charge.take() {
            self.pinned.release();
            let size = charge.bytes();
            self.owner.counters().fall(Gauge::PinnedBytes, size);
        }
    }

    /// All its bytes.
    #[inline]
    pub(super) fn length(&self) -> u64 {
        self.pinned.length()
    }

    /// A position in it.
    #[inline]
    pub(super) fn cursor(&self, offset: u64) -> PinnedCursor<'_> {
        self.pinned.cursor(offset)
    }
}

impl Drop for Memory {
    fn drop(&mut self) {
        self.release();
    }
}
