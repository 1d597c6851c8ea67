// SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause

//! What is copied: from where, to where, and how much.

use super::{
    copy, memory::Memory, ownership::Ownership, region::Region, segments::Segments, Engine,
};
use crate::{
    abi::{self, protection, Counter},
    host::{
        pages::{Access, PinnedCursor, Tenure},
        rcu::RcuArc,
        task,
        user::UserCursor,
        *,
    },
    logic::cursor::effective_length,
};

/// A region, and the bytes to leave out at its start.
pub(super) struct Window {
    region: RcuArc<Region>,
    offset: u64,
}

impl Window {
    /// A region to copy from, found by the calling thread.
    ///
    /// # Errors
    ///
    /// [`EINVAL`] if there is none, [`EPERM`] or [`EACCES`] if the caller may not copy from it.
    pub(super) fn source(engine: &Engine, cookie: abi::Cookie, offset: u64) -> Result<Self> {
        Self::find(engine, cookie, offset, protection::READ)
    }

    /// A region to copy to, found by the calling thread.
    ///
    /// # Errors
    ///
    /// As for [`Self::source`].
    pub(super) fn target(engine: &Engine, cookie: abi::Cookie, offset: u64) -> Result<Self> {
        Self::find(engine, cookie, offset, protection::WRITE)
    }

    #[inline(always)]
    fn find(engine: &Engine, cookie: abi::Cookie, offset: u64, needed: u32) -> Result<Self> {
        let region = engine
            .registry
            .find(cookie, needed)
            .inspect_err(|_| engine.counters.count(Counter::FailedFindRegion))?;
        Ok(Self { region, offset })
    }

    /// Length and offset.
    #[inline(always)]
    fn extent(&self) -> (u64, u64) {
        (self.region.memory.length(), self.offset)
    }

    #[inline(always)]
    fn cursor(&self) -> PinnedCursor<'_> {
        self.region.memory.cursor(self.offset)
    }

    fn cursor_after(&self, done: u64) -> PinnedCursor<'_> {
        self.region.memory.cursor(self.offset.saturating_add(done))
    }
}

/// How memory of the caller is made ready.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Care {
    /// Not at all: it is accessed, and then it is there or not.
    None,
    /// It must be there, all of it, even if less will be used.
    Checked,
    /// The same, and it is pinned.
    Pinned,
}

/// Memory of the caller.
pub(super) enum Local<'a> {
    /// It is accessed through the caller's mapping.
    Mapped(&'a Segments),
    /// It is pinned.
    Pinned(KBox<Memory>),
}

impl<'a> Local<'a> {
    /// Makes memory of the caller ready, whose segments are to be accessed so.
    ///
    /// # Errors
    ///
    /// [`EFAULT`] if it must be there and is not, [`ENOMEM`].
    #[inline]
    pub(super) fn new(
        owned: &Arc<Ownership>,
        segments: &'a Segments,
        access: Access,
        care: Care,
    ) -> Result<Self> {
        match care {
            Care::None => Ok(Self::Mapped(segments)),
            _ => Self::with_care(owned, segments, access, care == Care::Pinned),
        }
    }

    #[inline(never)]
    fn with_care(
        owned: &Arc<Ownership>,
        segments: &'a Segments,
        access: Access,
        pin: bool,
    ) -> Result<Self> {
        let local = if pin {
            Self::pin(owned, segments, access)
        } else {
            Self::check(segments)
        };
        owned.counters().count(match local {
            Ok(_) => Counter::ProcessedPinLocal,
            Err(_) => Counter::FailedPinLocal,
        });
        local
    }

    /// Makes sure that memory can be read now.
    fn check(segments: &'a Segments) -> Result<Self> {
        if copy::readable(UserCursor::new(segments.runs()), task::is_dying) {
            Ok(Self::Mapped(segments))
        } else {
            Err(EFAULT)
        }
    }

    fn pin(owned: &Arc<Ownership>, segments: &Segments, access: Access) -> Result<Self> {
        let mut memory = KBox::new(Memory::new(owned.clone()), for_caller())?;
        memory.pin(segments.runs(), access, Tenure::Request)?;
        Ok(Self::Pinned(memory))
    }

    fn cursor_after(&self, done: u64) -> Option<PinnedCursor<'_>> {
        match self {
            Self::Mapped(_) => None,
            Self::Pinned(memory) => Some(memory.cursor(done)),
        }
    }

    /// Length and offset.
    #[inline(always)]
    fn extent(&self) -> (u64, u64) {
        match self {
            Self::Mapped(segments) => (segments.length(), 0),
            Self::Pinned(memory) => (memory.length(), 0),
        }
    }
}

/// What is copied.
pub(super) enum Sides<'a> {
    Between { source: Window, target: Window },
    FromRegion { source: Window, target: Local<'a> },
    ToRegion { source: Local<'a>, target: Window },
}

/// A copy that can be carried out.
pub(super) struct Request<'a> {
    pub(super) sides: Sides<'a>,
    /// The most bytes to copy.
    pub(super) limit: u64,
}

impl Request<'_> {
    /// The same, if it needs nothing of the call in which it was made.
    pub(super) fn detach(self) -> Option<Request<'static>> {
        use Local::Pinned;
        let sides = match self.sides {
            Sides::Between { source, target } => Sides::Between { source, target },
            Sides::FromRegion {
                source,
                target: Pinned(memory),
            } => Sides::FromRegion {
                source,
                target: Pinned(memory),
            },
            Sides::ToRegion {
                source: Pinned(memory),
                target,
            } => Sides::ToRegion {
                source: Pinned(memory),
                target,
            },
            _ => return None,
        };
        let limit = self.limit;
        Some(Request { sides, limit })
    }

    /// How many bytes are going to be copied.
    #[inline(always)]
    pub(super) fn length(&self) -> u64 {
        let (source, target) = match &self.sides {
            Sides::Between { source, target } => (source.extent(), target.extent()),
            Sides::FromRegion { source, target } => (source.extent(), target.extent()),
            Sides::ToRegion { source, target } => (source.extent(), target.extent()),
        };
        effective_length(source, target, self.limit)
    }

    /// The positions so many bytes after its start, in the source and in the target, if both are
    /// pinned.
    pub(super) fn positions(&self, done: u64) -> Option<(PinnedCursor<'_>, PinnedCursor<'_>)> {
        Some(match &self.sides {
            Sides::Between { source, target } => {
                (source.cursor_after(done), target.cursor_after(done))
            }
            Sides::FromRegion { source, target } => {
                (source.cursor_after(done), target.cursor_after(done)?)
            }
            Sides::ToRegion { source, target } => {
                (source.cursor_after(done)?, target.cursor_after(done))
            }
        })
    }

    /// Copies `length` bytes, as [`Self::length`] says, and tells how many it were: less if memory
    /// of the caller is not there, or if the copy was given up.
    pub(super) fn copy(&self, length: u64, given_up: impl Fn() -> bool) -> u64 {
        match &self.sides {
            Sides::Between { source, target } => {
                copy::between(source.cursor(), target.cursor(), length, given_up)
            }
            Sides::FromRegion { source, target } => match target {
                Local::Mapped(segments) => {
                    let target = UserCursor::new(segments.runs());
                    copy::to_user(source.cursor(), target, length, given_up)
                }
                Local::Pinned(memory) => {
                    copy::between(source.cursor(), memory.cursor(0), length, given_up)
                }
            },
            Sides::ToRegion { source, target } => match source {
                Local::Mapped(segments) => {
                    let source = UserCursor::new(segments.runs());
                    copy::from_user(source, target.cursor(), length, given_up)
                }
                Local::Pinned(memory) => {
                    copy::between(memory.cursor(0), target.cursor(), length, given_up)
                }
            },
        }
    }
}
