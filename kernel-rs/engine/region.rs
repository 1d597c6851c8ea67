// SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause

//! Memory that others may copy from or to.

use super::{ownership::Ownership, segments::Segments};
use crate::{
    abi::protection,
    host::{
        pages::{Access, Pinned, Tenure},
        task::Kuid,
        *,
    },
    logic::flags::RegionFlags,
};

/// A region.
///
/// It refers to the pages that its segments had when it was created; they stay pinned until the
/// last copy that uses the region is over.
pub(crate) struct Region {
    pub(super) memory: Pinned,
    pub(super) flags: RegionFlags,
    pub(super) owner: Arc<Ownership>,
    protection: u32,
    uid: Kuid,
}

impl Region {
    /// Pins memory of the calling process.
    pub(crate) fn new(
        segments: &Segments,
        protection: u32,
        flags: RegionFlags,
        uid: Kuid,
        owner: Arc<Ownership>,
    ) -> Result<Self> {
        let access = if protection & protection::WRITE != 0 {
            Access::Write
        } else {
            Access::Read
        };
        Ok(Self {
            memory: Pinned::new(segments.runs(), access, Tenure::Region)?,
            flags,
            owner,
            protection,
            uid,
        })
    }

    /// Whether a caller with this real user id may do what `needed`, a bit of [`protection`], says.
    ///
    /// There is no exception for the administrator, nor for the owner.
    ///
    /// # Errors
    ///
    /// [`EPERM`] for other users, [`EACCES`] for what the region does not offer.
    pub(super) fn permits(&self, uid: Kuid, needed: u32) -> Result {
        if !self.flags.any_user_access() && uid != self.uid {
            return Err(EPERM);
        }
        if self.protection & needed == 0 {
            return Err(EACCES);
        }
        Ok(())
    }
}
