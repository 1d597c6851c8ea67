// SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause

//! What one open file can do.

use super::{
    completion::Outcome,
    counters::Gauge,
    features,
    offload::Offload,
    ownership::Ownership,
    region,
    request::{Care, Local, Request, Sides, Window},
    segments::Segments,
    submission::Submission,
    Engine,
};
use crate::{
    abi::{self, Cookie, Counter},
    host::{log::debug, pages::Access, task, *},
    logic::flags::{Kind, Plan, RegionFlags},
};

/// A user of the engine, with regions of its own, which end with it.
pub(crate) struct Context {
    owned: Arc<Ownership>,
    offload: Pin<KBox<Offload>>,
}

impl Context {
    /// A context of the calling thread.
    pub(crate) fn new(engine: Arc<Engine>) -> Result<Self> {
        let owned = engine.admit()?;
        owned.engine().counters.rise(Gauge::Contexts, 1);
        debug!("context {} opened\n", owned.number());
        let offload = Offload::new(engine, owned.clone());
        // Without an offload the context must go again in an orderly way.
        let offload = offload.inspect_err(|_| Self::forget(&owned))?;
        Ok(Self { owned, offload })
    }

    /// The engine that this context uses.
    pub(crate) fn engine(&self) -> &Engine {
        self.owned.engine()
    }

    /// What is needed for requests that are not over when the call returns.
    pub(crate) fn offload(&self) -> &Offload {
        &self.offload
    }

    /// What the driver offers.
    pub(crate) fn info(&self) -> abi::Info {
        let engine = self.engine();
        abi::Info {
            abi: abi::ABI_VERSION,
            features: features(self.offload.channels().is_some()),
            ignored_flags: engine.masks.ignored(),
            forced_flags: engine.masks.forced(),
        }
    }

    /// What takes effect of the flags of a new region.
    pub(crate) fn region_flags(&self, given: u32) -> RegionFlags {
        self.engine().masks.on_region(given)
    }

    /// Declares `count` segments of the memory of the calling process, which stand in an array at the
    /// address `array`, as a region.
    ///
    /// # Errors
    ///
    /// [`ENOMEM`] if there are too many segments or there is too little memory, [`EFAULT`] if the
    /// segments or their memory cannot be accessed.
    pub(crate) fn create_region(
        &self,
        array: u64,
        count: u32,
        plan: &region::Plan,
    ) -> Result<Cookie> {
        let mut segments = Segments::new();
        segments.read(array, count)?;
        self.engine().registry.create(&self.owned, &segments, plan)
    }

    /// Ends a region of this context.
    ///
    /// # Errors
    ///
    /// [`EINVAL`] if this context has no such region.
    pub(crate) fn destroy_region(&self, cookie: Cookie) -> Result {
        self.engine().registry.destroy(&self.owned, cookie)
    }

    /// Ends a region of this context, and waits until no copy uses it any more.
    ///
    /// # Errors
    ///
    /// [`EINVAL`] if this context has no such region, nor one that a copy still uses; [`EINTR`] if a
    /// signal came first.
    pub(crate) fn destroy_region_and_wait(&self, cookie: Cookie) -> Result {
        let registry = &self.engine().registry;
        registry.destroy_and_wait(&self.owned, cookie)
    }

    /// Copies between two regions.
    ///
    /// # Errors
    ///
    /// As in the contract, §13.2.
    pub(crate) fn copy(&self, command: &abi::CopyBounded) -> Result<Outcome> {
        let engine = self.engine();
        let index = command.async_status_index;
        let plan = self.plan(Kind::Current, command.flags, index)?;
        let mut submission = Submission::new(engine, plan);
        submission.prepare(&self.offload, index)?;
        let source = Window::source(engine, command.src_cookie, command.src_offset)?;
        let target = Window::target(engine, command.dst_cookie, command.dst_offset)?;
        submission.accept();
        Ok(submission.carry_out(Request {
            sides: Sides::Between { source, target },
            limit: command.length,
        }))
    }

    /// Copies between a region and memory of the caller.
    ///
    /// # Errors
    ///
    /// As in the contract, §13.2.
    pub(crate) fn inline_copy(
        &self,
        command: &abi::InlineCopyBounded,
        kind: Kind,
    ) -> Result<Outcome> {
        let engine = self.engine();
        let index = command.async_status_index;
        let plan = self.plan(kind, command.flags, index)?;
        let mut submission = Submission::new(engine, plan);
        submission.prepare(&self.offload, index)?;
        let mut local = Segments::new();
        local
            .read(command.local_iovec_array, command.local_iovec_nr)
            .inspect_err(|&error| self.segments_refused(error))?;
        let (remote, offset) = (command.remote_cookie, command.remote_offset);
        let care = if plan.pin_local || plan.in_thread {
            Care::Pinned
        } else if command.write != 0 && engine.check_local_read {
            Care::Checked
        } else {
            Care::None
        };
        let sides = if command.write != 0 {
            let target = Window::target(engine, remote, offset)?;
            submission.accept();
            let source = Local::new(&self.owned, &local, Access::Read, care)?;
            Sides::ToRegion { source, target }
        } else {
            let source = Window::source(engine, remote, offset)?;
            submission.accept();
            let target = Local::new(&self.owned, &local, Access::Write, care)?;
            Sides::FromRegion { source, target }
        };
        let limit = command.length;
        Ok(submission.carry_out(Request { sides, limit }))
    }

    /// What becomes of a copy with these flags.
    ///
    /// # Errors
    ///
    /// [`EINVAL`] for flags that cannot be honoured, and for a slot that does not exist.
    #[inline]
    fn plan(&self, kind: Kind, flags: u32, index: u32) -> Result<Plan> {
        let slots = || self.offload.status.slots();
        let plan = self.engine().masks.on_copy(flags, kind, slots, index);
        plan.ok_or(EINVAL)
    }

    /// Counts a copy whose segments were refused.
    #[cold]
    fn segments_refused(&self, error: Error) {
        if error == EFAULT {
            self.engine().counters.count(Counter::FailedReadCmd);
        } else {
            self.engine().refused(error);
        }
    }

    fn forget(owned: &Ownership) {
        let engine = owned.engine();
        engine.dismiss(owned);
        engine.counters.fall(Gauge::Contexts, 1);
        debug!("context {} closed\n", owned.number());
    }
}

impl Drop for Context {
    fn drop(&mut self) {
        self.owned.retire_all();
        self.offload.close(task::goes_on());
        Self::forget(&self.owned);
    }
}
