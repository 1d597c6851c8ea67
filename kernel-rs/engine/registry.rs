// SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause

//! Where cookies find regions.
//!
//! The table finds all regions of the machine, also those that are not to be found any more, as long
//! as their memory is pinned. Each context owns those of its regions that are; whoever takes a region
//! from its context is the one who ends it: its destroyer, its only user, or the end of the context.

use super::{
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
pub(crate) struct Registry {
    cipher: Cipher,
    /// The number of the newest region.
    newest: Atomic<u64>,
    regions: RcuTable<Region>,
}

impl Registry {
    /// An empty registry.
    pub(super) fn new() -> Result<Self> {
        Ok(Self {
            cipher: Cipher::new(random::key()),
            newest: Atomic::new(0),
            regions: RcuTable::new()?,
        })
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
        let region = Region::pin(owner.clone(), segments, plan)?;
        let cookie = self.cookie();
        owner.add(self.regions.publish(cookie, region))?;
        Ok(cookie)
    }

    /// Finds the region with a cookie for the calling thread, which wants to do what `needed`, a
    /// bit of [`crate::abi::protection`], says. A single-use region is consumed.
    ///
    /// # Errors
    ///
    /// [`EINVAL`] if there is none, [`EPERM`] or [`EACCES`] if the caller may not use it so.
    pub(super) fn find(&self, cookie: Cookie, needed: u32) -> Result<RcuArc<Region>> {
        let region = self.regions.find(cookie).ok_or(EINVAL)?;
        if !region.place.is_live() {
            return Err(EINVAL);
        }
        region.permits(task::uid(), needed)?;
        if region.flags.single_use() && !region.owner().retire(&region) {
            return Err(EINVAL);
        }
        Ok(region)
    }

    /// Ends a region of this owner. Copies that use it go on.
    ///
    /// # Errors
    ///
    /// [`EINVAL`] if the owner has no such region.
    pub(super) fn destroy(&self, owner: &Ownership, cookie: Cookie) -> Result {
        let region = self.find_own(owner, cookie)?;
        // A last user may have been faster.
        if owner.retire(&region) {
            Ok(())
        } else {
            Err(EINVAL)
        }
    }

    /// Ends a region of this owner, unless it has ended already, and waits until no copy uses it any
    /// more.
    ///
    /// # Errors
    ///
    /// [`EINVAL`] if the owner has no such region, nor one that a copy still uses; [`EINTR`] if a
    /// signal came first: then the region has ended, and the wait may be taken up again.
    pub(super) fn destroy_and_wait(&self, owner: &Ownership, cookie: Cookie) -> Result {
        let region = self.find_own(owner, cookie)?;
        owner.retire(&region);
        drop(region);
        owner.wait_for_end(|| !self.regions.holds(cookie))
    }

    /// A region of this owner.
    fn find_own(&self, owner: &Ownership, cookie: Cookie) -> Result<RcuArc<Region>> {
        let region = self.regions.find(cookie).ok_or(EINVAL)?;
        if !core::ptr::eq(region.owner(), owner) {
            return Err(EINVAL);
        }
        Ok(region)
    }

    /// The cookie of a new region.
    fn cookie(&self) -> Cookie {
        loop {
            let sequence = Sequence(self.newest.fetch_add(1, Relaxed).wrapping_add(1));
            if let Some(cookie) = self.cipher.cookie(sequence) {
                return cookie;
            }
        }
    }
}
