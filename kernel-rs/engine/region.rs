// SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause

//! Memory that others may copy from or to.

use super::{memory::Memory, ownership::Ownership, segments::Segments};
use crate::{
    abi::protection,
    host::{
        ordering::{Acquire, Relaxed, Release},
        pages::{Access, Tenure},
        rcu::{Ending, RcuBox},
        task::Kuid,
        *,
    },
    logic::flags::RegionFlags,
};

/// What a region is going to be.
pub(crate) struct Plan {
    pub(crate) protection: u32,
    pub(crate) flags: RegionFlags,
}

/// A region.
///
/// It refers to the pages that its segments had when it was created; they stay pinned until the
/// last copy that uses the region is over.
pub(crate) struct Region {
    pub(super) memory: Memory,
    pub(super) place: Place,
    pub(super) flags: RegionFlags,
    protection: u32,
}

impl Region {
    /// Pins memory of the calling process for a region, which cannot be found yet.
    ///
    /// # Errors
    ///
    /// [`EFAULT`] if the memory cannot be accessed as planned, [`ENOMEM`].
    pub(super) fn pin(
        owner: Arc<Ownership>,
        segments: &Segments,
        plan: &Plan,
    ) -> Result<RcuBox<Self>> {
        let access = if plan.protection & protection::WRITE != 0 {
            Access::Write
        } else {
            Access::Read
        };
        let mut region = RcuBox::new(|| Self {
            memory: Memory::new(owner),
            place: Place::outside(),
            flags: plan.flags,
            protection: plan.protection,
        })?;
        region.memory.pin(segments.runs(), access, Tenure::Region)?;
        Ok(region)
    }

    /// Whose region it is.
    pub(super) fn owner(&self) -> &Ownership {
        self.memory.owner()
    }

    /// Whether a caller with this real user id may do what `needed`, a bit of [`protection`], says.
    ///
    /// There is no exception for the administrator, nor for the owner.
    ///
    /// # Errors
    ///
    /// [`EPERM`] for other users, [`EACCES`] for what the region does not offer.
    pub(super) fn permits(&self, uid: Kuid, needed: u32) -> Result {
        if !self.flags.any_user_access() && uid != self.owner().uid() {
            return Err(EPERM);
        }
        if self.protection & needed == 0 {
            return Err(EACCES);
        }
        Ok(())
    }
}

impl Ending for Region {
    fn end(&mut self) {
        self.memory.release();
    }
}

impl Drop for Region {
    fn drop(&mut self) {
        if self.place.number() != 0 {
            self.owner().tell_end();
        }
    }
}

/// Where a region stands among those of its context. Only changed under the lock of that.
pub(super) struct Place {
    /// Counts the regions of the context; 0 before there is a place.
    number: Atomic<u64>,
    index: Atomic<usize>,
    /// Whether the region can be found.
    live: Atomic<bool>,
}

impl Place {
    /// None yet.
    fn outside() -> Self {
        Self {
            number: Atomic::new(0),
            index: Atomic::new(0),
            live: Atomic::new(false),
        }
    }

    /// The region has got this place; it can be found.
    pub(super) fn enter(&self, number: u64, index: usize) {
        self.number.store(number, Relaxed);
        self.index.store(index, Relaxed);
        self.live.store(true, Release);
    }

    /// The region can be found no more.
    pub(super) fn leave(&self) {
        self.live.store(false, Relaxed);
    }

    /// Where it is, as long as it can be found.
    pub(super) fn find(&self) -> Option<usize> {
        self.is_live().then(|| self.index.load(Relaxed))
    }

    /// Whether the region can be found.
    pub(super) fn is_live(&self) -> bool {
        self.live.load(Acquire)
    }

    /// The number of the region in its context; 0 if it never was there.
    pub(super) fn number(&self) -> u64 {
        self.number.load(Relaxed)
    }
}
