// SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause

//! The copies that can be asked for: what they copy from and to.

use super::{
    completion::Outcome, context::Context, copy::Route, memory::Memory, region::Region,
    segments::Segments, submission::Submission, Engine,
};
use crate::{
    abi::{self, protection, Counter},
    host::{
        pages::{Access, PinnedCursor, Tenure},
        rcu::RcuArc,
        user::UserCursor,
        *,
    },
    logic::{cursor::effective_length, flags::Kind},
};

/// A region, and the bytes to leave out at its start.
struct Window {
    region: RcuArc<Region>,
    offset: u64,
}

impl Window {
    /// Length and offset.
    fn extent(&self) -> (u64, u64) {
        (self.region.memory.length(), self.offset)
    }

    fn cursor(&self) -> PinnedCursor<'_> {
        self.region.memory.cursor(self.offset)
    }
}

/// Memory of the caller.
enum Local {
    /// It is accessed through the caller's mapping.
    Mapped(Segments),
    /// It is pinned.
    Pinned(Memory),
}

impl Local {
    /// Length and offset.
    fn extent(&self) -> (u64, u64) {
        match self {
            Self::Mapped(segments) => (segments.length(), 0),
            Self::Pinned(memory) => (memory.length(), 0),
        }
    }
}

/// What is copied.
enum Sides {
    Between { source: Window, target: Window },
    FromRegion { source: Window, target: Local },
    ToRegion { source: Local, target: Window },
}

/// A copy whose parameters were checked, whose regions were found, and which can be carried out.
pub(super) struct Request {
    sides: Sides,
    limit: u64,
}

impl Request {
    /// Copies between two regions.
    ///
    /// # Errors
    ///
    /// As in the contract, §13.2.
    pub(super) fn between(context: &Context, command: &abi::CopyBounded) -> Result<Outcome> {
        let submission = Submission::new(
            context,
            command.flags,
            Kind::Current,
            command.async_status_index,
        )?;
        let engine = submission.engine;
        let source = find(
            engine,
            command.src_cookie,
            command.src_offset,
            protection::READ,
        )?;
        let target = find(
            engine,
            command.dst_cookie,
            command.dst_offset,
            protection::WRITE,
        )?;
        submission.accept();
        Ok(submission.carry_out(Self {
            sides: Sides::Between { source, target },
            limit: command.length,
        }))
    }

    /// Copies between a region and the caller's memory.
    ///
    /// # Errors
    ///
    /// As in the contract, §13.2.
    pub(super) fn inline(
        context: &Context,
        command: &abi::InlineCopyBounded,
        kind: Kind,
    ) -> Result<Outcome> {
        let submission = Submission::new(context, command.flags, kind, command.async_status_index)?;
        let engine = submission.engine;
        let segments = read_segments(engine, command)?;
        let write = command.write != 0;
        let needed = if write {
            protection::WRITE
        } else {
            protection::READ
        };
        let remote = find(engine, command.remote_cookie, command.remote_offset, needed)?;
        submission.accept();
        let pin = submission.plan.pin_local || submission.plan.in_thread;
        let sides = if write {
            let pin = pin || engine.pin_local_read;
            Sides::ToRegion {
                source: local(context, segments, pin, Access::Read)?,
                target: remote,
            }
        } else {
            Sides::FromRegion {
                source: remote,
                target: local(context, segments, pin, Access::Write)?,
            }
        };
        Ok(submission.carry_out(Self {
            sides,
            limit: command.length,
        }))
    }

    /// How many bytes are going to be copied.
    pub(super) fn length(&self) -> u64 {
        let (source, target) = match &self.sides {
            Sides::Between { source, target } => (source.extent(), target.extent()),
            Sides::FromRegion { source, target } => (source.extent(), target.extent()),
            Sides::ToRegion { source, target } => (source.extent(), target.extent()),
        };
        effective_length(source, target, self.limit)
    }

    /// Copies `length` bytes, as [`Self::length`] says, and tells how many it were: less if memory
    /// of the caller is not there, or if the copy was given up.
    pub(super) fn copy(&self, length: u64, given_up: impl Fn() -> bool) -> u64 {
        self.route().copy(length, given_up)
    }

    fn route(&self) -> Route<'_> {
        match &self.sides {
            Sides::Between { source, target } => {
                Route::PinnedToPinned(source.cursor(), target.cursor())
            }
            Sides::FromRegion { source, target } => match target {
                Local::Mapped(segments) => {
                    Route::PinnedToUser(source.cursor(), UserCursor::new(segments.runs()))
                }
                Local::Pinned(memory) => Route::PinnedToPinned(source.cursor(), memory.cursor(0)),
            },
            Sides::ToRegion { source, target } => match source {
                Local::Mapped(segments) => {
                    Route::UserToPinned(UserCursor::new(segments.runs()), target.cursor())
                }
                Local::Pinned(memory) => Route::PinnedToPinned(memory.cursor(0), target.cursor()),
            },
        }
    }
}

fn read_segments(engine: &Engine, command: &abi::InlineCopyBounded) -> Result<Segments> {
    Segments::read(command.local_iovec_array, command.local_iovec_nr).inspect_err(|&error| {
        if error == EFAULT {
            engine.counters.count(Counter::FailedReadCmd);
        } else {
            engine.refused(error);
        }
    })
}

fn find(engine: &Engine, cookie: abi::Cookie, offset: u64, needed: u32) -> Result<Window> {
    match engine.registry.find(cookie, needed) {
        Ok(region) => Ok(Window { region, offset }),
        Err(error) => {
            engine.counters.count(Counter::FailedFindRegion);
            Err(error)
        }
    }
}

/// Makes the caller's memory ready. It is pinned whole, even if less of it will be used.
fn local(context: &Context, segments: Segments, pin: bool, access: Access) -> Result<Local> {
    if !pin {
        return Ok(Local::Mapped(segments));
    }
    let counters = &context.engine().counters;
    let memory = Memory::new(
        context.owned().clone(),
        segments.runs(),
        access,
        Tenure::Request,
    )
    .inspect_err(|_| counters.count(Counter::FailedPinLocal))?;
    counters.count(Counter::ProcessedPinLocal);
    Ok(Local::Pinned(memory))
}
