// SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause

//! A copy that was asked for, from its submission to its result.

use super::{copy::Route, region::Region, segments::Segments, Engine};
use crate::{
    abi::{self, protection, status, Counter},
    host::{
        pages::{Access, Pinned, PinnedCursor, Tenure},
        rcu::RcuArc,
        user::UserCursor,
        *,
    },
    logic::{cursor::effective_length, flags::CopyFlags},
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
    Pinned(Pinned),
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
pub(crate) struct Request {
    sides: Sides,
    limit: u64,
}

impl Request {
    /// A copy between two regions.
    ///
    /// # Errors
    ///
    /// As in the contract, §13.2.
    pub(crate) fn between(engine: &Engine, command: &abi::CopyBounded) -> Result<Self> {
        submit(engine, command.flags, command.async_status_index)?;
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
        engine.counters.count(Counter::ProcessedTotal);
        Ok(Self {
            sides: Sides::Between { source, target },
            limit: command.length,
        })
    }

    /// A copy between a region and the caller's memory.
    ///
    /// # Errors
    ///
    /// As in the contract, §13.2.
    pub(crate) fn inline(engine: &Engine, command: &abi::InlineCopyBounded) -> Result<Self> {
        let flags = submit(engine, command.flags, command.async_status_index)?;
        let segments = read_segments(engine, command)?;
        let write = command.write != 0;
        let needed = if write {
            protection::WRITE
        } else {
            protection::READ
        };
        let remote = find(engine, command.remote_cookie, command.remote_offset, needed)?;
        engine.counters.count(Counter::ProcessedTotal);
        let sides = if write {
            let pin = flags.pin_local() || engine.pin_local_read;
            Sides::ToRegion {
                source: local(engine, segments, pin, Access::Read)?,
                target: remote,
            }
        } else {
            Sides::FromRegion {
                source: remote,
                target: local(engine, segments, flags.pin_local(), Access::Write)?,
            }
        };
        Ok(Self {
            sides,
            limit: command.length,
        })
    }

    /// Carries the copy out now, and tells how it ended: a value of [`status`].
    pub(crate) fn run(self, engine: &Engine) -> u8 {
        match self.route().copy(self.length()) {
            Ok(()) => status::SUCCESS,
            Err(_) => {
                engine.counters.count(Counter::FailedCopyUser);
                status::FAILED
            }
        }
    }

    /// How many bytes are going to be copied.
    fn length(&self) -> u64 {
        let (source, target) = match &self.sides {
            Sides::Between { source, target } => (source.extent(), target.extent()),
            Sides::FromRegion { source, target } => (source.extent(), target.extent()),
            Sides::ToRegion { source, target } => (source.extent(), target.extent()),
        };
        effective_length(source, target, self.limit)
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

/// Resolves the flags of a request. From here on it counts as submitted.
fn submit(engine: &Engine, given: u32, index: u32) -> Result<CopyFlags> {
    let flags = engine.masks.on_copy(given);
    // There is no status array.
    if !flags.possible(0, index) {
        return Err(EINVAL);
    }
    engine.counters.count(Counter::Submitted);
    Ok(flags)
}

fn read_segments(engine: &Engine, command: &abi::InlineCopyBounded) -> Result<Segments> {
    Segments::read(command.local_iovec_array, command.local_iovec_nr).inspect_err(|&error| {
        engine.counters.count(if error == ENOMEM {
            Counter::FailedNoMemory
        } else {
            Counter::FailedReadCmd
        });
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
fn local(engine: &Engine, segments: Segments, pin: bool, access: Access) -> Result<Local> {
    if !pin {
        return Ok(Local::Mapped(segments));
    }
    let counters = &engine.counters;
    let memory = Pinned::new(segments.runs(), access, Tenure::Request)
        .inspect_err(|_| counters.count(Counter::FailedPinLocal))?;
    counters.count(Counter::ProcessedPinLocal);
    Ok(Local::Pinned(memory))
}
