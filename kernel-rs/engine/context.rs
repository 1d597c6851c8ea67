// SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause

//! What one open file can do.

use super::{ownership::Ownership, region::Region, request::Request, segments::Segments, Engine};
use crate::{
    abi::{self, Cookie},
    host::{
        task::{self, Kuid},
        *,
    },
};

/// A user of the engine, with regions of its own, which end with it.
pub(crate) struct Context {
    engine: Arc<Engine>,
    owned: Arc<Ownership>,
    /// The real user id of the thread that opened the context. It is that of all its regions, and
    /// does not follow later changes.
    uid: Kuid,
}

impl Context {
    /// A context of the calling thread.
    pub(crate) fn new(engine: Arc<Engine>) -> Result<Self> {
        Ok(Self {
            engine,
            owned: Ownership::new()?,
            uid: task::uid(),
        })
    }

    /// The engine that this context uses.
    pub(crate) fn engine(&self) -> &Engine {
        &self.engine
    }

    /// What the driver offers.
    pub(crate) fn info(&self) -> abi::Info {
        abi::Info {
            abi: abi::ABI_VERSION,
            features: self.engine.features(),
            ignored_flags: self.engine.masks.ignored(),
            forced_flags: self.engine.masks.forced(),
        }
    }

    /// Declares memory of the calling process as a region.
    ///
    /// # Errors
    ///
    /// [`ENOMEM`] if there are too many segments or there is too little memory, [`EFAULT`] if the
    /// segments or their memory cannot be accessed.
    pub(crate) fn create_region(&self, command: &abi::CreateRegion) -> Result<Cookie> {
        let segments = Segments::read(command.iovec_array, command.iovec_nr)?;
        let flags = self.engine.masks.on_region(command.flags);
        let owner = self.owned.clone();
        let region = Region::new(&segments, command.protection, flags, self.uid, owner)?;
        self.engine.registry.publish(region)
    }

    /// Ends a region of this context.
    ///
    /// # Errors
    ///
    /// [`EINVAL`] if this context has no such region.
    pub(crate) fn destroy_region(&self, cookie: Cookie) -> Result {
        self.engine.registry.destroy(&self.owned, cookie)
    }

    /// Copies between two regions, and tells how it ended: a value of [`abi::status`].
    pub(crate) fn copy(&self, command: &abi::CopyBounded) -> Result<u8> {
        Ok(Request::between(&self.engine, command)?.run(&self.engine))
    }

    /// Copies between a region and memory of the caller, and tells how it ended: a value of
    /// [`abi::status`].
    pub(crate) fn inline_copy(&self, command: &abi::InlineCopyBounded) -> Result<u8> {
        Ok(Request::inline(&self.engine, command)?.run(&self.engine))
    }
}

impl Drop for Context {
    fn drop(&mut self) {
        self.engine.registry.release(&self.owned);
    }
}
