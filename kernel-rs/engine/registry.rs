// SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause

//! Where cookies find regions.
//!
//! The table holds all regions of the machine, by number. Each context has an [`Ownership`] that
//! lists the numbers of its own regions. Whoever removes a region from the table is the one who
//! ends it: its destroyer, its only user, or the end of its context.
//!
//! Locks: that of an ownership and that of the table are never held together.

use super::{ownership::Ownership, region::Region};
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

    /// Makes a region known, and gives it a cookie.
    pub(super) fn publish(&self, region: Region) -> Result<Cookie> {
        let (sequence, cookie) = self.number();
        let owner = region.owner.clone();
        let region = RcuArc::new(region)?;
        owner.add(sequence)?;
        if let Err(error) = self.regions.insert(sequence.0, region) {
            owner.remove(sequence);
            return Err(error);
        }
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
            region.owner.remove(sequence);
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
        if !owner.remove(sequence) {
            return Err(EINVAL);
        }
        match self.regions.remove(sequence.0) {
            Some(_region) => Ok(()),
            None => Err(EINVAL),
        }
    }

    /// Ends all regions of this owner.
    pub(super) fn release(&self, owner: &Ownership) {
        let sequences = owner.take();
        for sequence in sequences.keys() {
            self.regions.remove(sequence.0);
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
