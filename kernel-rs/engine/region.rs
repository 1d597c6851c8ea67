// SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause

//! Memory that others may copy from or to.

use super::{
    memory::Memory,
    ownership::{Ownership, Tenancy},
    segments::Segments,
};
use crate::{
    abi::protection,
    host::{
        pages::{Access, Tenure},
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
    /// Dropped before `tenancy`, so that the memory of a region without an entry is unpinned.
    pub(super) memory: Memory,
    pub(super) tenancy: Tenancy,
    pub(super) flags: RegionFlags,
    protection: u32,
}

impl Region {
    /// Pins memory of the calling process for a region.
    pub(super) fn pin(owner: Arc<Ownership>, segments: &Segments, plan: &Plan) -> Result<Memory> {
        let access = if plan.protection & protection::WRITE != 0 {
            Access::Write
        } else {
            Access::Read
        };
        Memory::new(owner, segments.runs(), access, Tenure::Region)
    }

    /// A region of pinned memory.
    pub(super) fn new(memory: Memory, tenancy: Tenancy, plan: &Plan) -> Self {
        Self {
            memory,
            tenancy,
            flags: plan.flags,
            protection: plan.protection,
        }
    }

    /// Whether a caller with this real user id may do what `needed`, a bit of [`protection`], says.
    ///
    /// There is no exception for the administrator, nor for the owner.
    ///
    /// # Errors
    ///
    /// [`EPERM`] for other users, [`EACCES`] for what the region does not offer.
    pub(super) fn permits(&self, uid: Kuid, needed: u32) -> Result {
        if !self.flags.any_user_access() && uid != self.tenancy.owner().uid() {
            return Err(EPERM);
        }
        if self.protection & needed == 0 {
            return Err(EACCES);
        }
        Ok(())
    }
}
