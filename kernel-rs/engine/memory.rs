// SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause

//! Pinned memory, and on whose account.

use super::{counters::Gauge, ownership::Ownership};
use crate::host::{
    pages::{Access, Pinned, PinnedCursor, Tenure},
    *,
};
use crate::logic::runs::Run;

/// Memory of a process, pinned for a context.
pub(crate) struct Memory {
    pinned: Pinned,
    owner: Arc<Ownership>,
}

impl Memory {
    /// Pins memory of the calling process.
    ///
    /// # Errors
    ///
    /// [`EFAULT`] if it cannot be accessed so, [`ENOMEM`].
    pub(super) fn new(
        owner: Arc<Ownership>,
        segments: &[Run],
        access: Access,
        tenure: Tenure,
    ) -> Result<Self> {
        let pinned = Pinned::new(segments, access, tenure)?;
        owner.counters().rise(Gauge::PinnedBytes, pinned.size());
        Ok(Self { pinned, owner })
    }

    /// On whose account it is pinned.
    pub(super) fn owner(&self) -> &Ownership {
        &self.owner
    }

    /// Unpins it.
    pub(super) fn release(&mut self) {
        let size = self.pinned.size();
        if size > 0 {
            self.pinned.release();
            self.owner.counters().fall(Gauge::PinnedBytes, size);
        }
    }

    /// All its bytes.
    pub(super) fn length(&self) -> u64 {
        self.pinned.length()
    }

    /// A position in it.
    pub(super) fn cursor(&self, offset: u64) -> PinnedCursor<'_> {
        self.pinned.cursor(offset)
    }
}

impl Drop for Memory {
    fn drop(&mut self) {
        self.release();
    }
}
