// SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause

//! Where cookies find regions.
//!
//! The table holds all regions of the machine that can be found, by number. Each context has an
//! [`Ownership`] that lists its own. Whoever removes a region from the table is the one who ends it:
//! its destroyer, its only user, or the end of its context.
//!
//! Locks: that of an ownership and that of the table are never held together.

use super::{
    counters::Sum,
    ownership::Ownership,
    region::{Plan, Region},
    segments::Segments,
};
use crate::{
    abi::Cookie,
    host::{
        ordering::Relaxed,
        random,
        rcu::{RcuArc, RcuTable},
        task, *,
    },
    logic::cookie::{Cipher, Sequence},
};

/// All regions of the machine.
#[pin_data]
pub(crate) struct Registry {
    cipher: Cipher,
    /// The number of the newest region.
    newest: Atomic<u64>,
    #[pin]
    regions: RcuTable<Region>,
}

impl Registry {
    /// An empty registry.
    pub(super) fn new() -> impl PinInit<Self, Error> {
        try_pin_init!(Self {
            cipher: Cipher::new(random::key()),
            newest: Atomic::new(0),
            regions <- RcuTable::new(),
        }? Error)
    }

    /// Pins memory of the calling process as a region, makes it known, and gives it a cookie.
    ///
    /// # Errors
    ///
    /// [`EFAULT`] if the memory cannot be accessed as planned, [`ENOMEM`].
    pub(super) fn create(
        &self,
        owner: &Arc<Ownership>,
        segments: &Segments,
        plan: &Plan,
    ) -> Result<Cookie> {
        let memory = Region::pin(owner.clone(), segments, plan)?;
        let (sequence, cookie) = self.number();
        let tenancy = owner.add(sequence, plan.flags.single_use())?;
        let region = RcuArc::new(Region::new(memory, tenancy, plan))?;
        self.regions.insert(sequence.0, region)?;
        owner.engine().counters.add(Sum::RegionsCreated, 1);
        Ok(cookie)
    }

    /// Finds the region with a cookie for the calling thread, which wants to do what `needed`, a
    /// bit of [`crate::abi::protection`], says. A single-use region is consumed.
    ///
    /// # Errors
    ///
    /// [`EINVAL`] if there is none, [`EPERM`] or [`EACCES`] if the caller may not use it so.
    pub(super) fn find(&self, cookie: Cookie, needed: u32) -> Result<RcuArc<Region>> {
        let sequence = self.cipher.sequence(cookie).ok_or(EINVAL)?;
        let region = self.regions.find(sequence.0).ok_or(EINVAL)?;
        region.permits(task::uid(), needed)?;
        if region.flags.single_use() {
            self.regions.remove(sequence.0).ok_or(EINVAL)?;
            region.tenancy.owner().retire(sequence);
        }
        Ok(region)
    }

    /// Ends a region of this owner. Copies that use it go on.
    ///
    /// # Errors
    ///
    /// [`EINVAL`] if the owner has no such region.
    pub(super) fn destroy(&self, owner: &Ownership, cookie: Cookie) -> Result {
        let sequence = self.cipher.sequence(cookie).ok_or(EINVAL)?;
        if !owner.retire(sequence) {
            return Err(EINVAL);
        }
        // A last user may have been faster.
        self.regions.remove(sequence.0).ok_or(EINVAL)?;
        Ok(())
    }

    /// Ends a region of this owner, unless it has ended already, and waits until no copy uses it any
    /// more.
    ///
    /// # Errors
    ///
    /// [`EINVAL`] if the owner has no such region, nor one that a copy still uses; [`EINTR`] if a
    /// signal came first: then the region has ended, and the wait may be taken up again.
    pub(super) fn destroy_and_wait(&self, owner: &Ownership, cookie: Cookie) -> Result {
        let sequence = self.cipher.sequence(cookie).ok_or(EINVAL)?;
        if owner.retire(sequence) {
            self.regions.remove(sequence.0);
        } else if !owner.holds(sequence) {
            return Err(EINVAL);
        }
        owner.wait_for_end(sequence)
    }

    /// Ends all regions of this owner.
    pub(super) fn release(&self, owner: &Ownership) {
        let mut start = Sequence(0);
        while let Some((sequence, _)) = owner.first_from(start) {
            owner.retire(sequence);
            self.regions.remove(sequence.0);
            start = sequence.following();
            task::reschedule();
        }
    }

    /// The number and the cookie of a new region.
    fn number(&self) -> (Sequence, Cookie) {
        loop {
            let sequence = Sequence(self.newest.fetch_add(1, Relaxed).wrapping_add(1));
            if let Some(cookie) = self.cipher.cookie(sequence) {
                return (sequence, cookie);
            }
        }
    }
}
