// SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause

//! The device file.
//!
//! It has two personalities, between which the mode of the open decides: with write access it is a
//! context, which serves requests; without, it shows the statistics.

use super::{ioctl, report::Report};
use crate::{
    engine::{context::Context, Engine},
    host::{
        files::{File, Mode, Readiness},
        ordering::Relaxed,
        task,
        user::{UserPtr, UserSliceWriter},
        *,
    },
};

/// An open `/dev/knem`.
pub(crate) enum OpenFile {
    /// The statistics.
    Statistics(Report),
    /// A context.
    Context(ContextFile),
}

/// A context, and what decides whether a write may clear the statistics: it is that of a shell's
/// `echo 1 > /dev/knem` only if the file serves for nothing else.
pub(crate) struct ContextFile {
    context: Context,
    write_only: bool,
    requested: Atomic<bool>,
}

impl File for OpenFile {
    type Module = crate::LocalModule;
    type Device = Engine;

    fn open(engine: Arc<Engine>, mode: Mode) -> Result<Self> {
        match mode {
            Mode::Write | Mode::ReadWrite => Ok(Self::Context(ContextFile {
                context: Context::new(engine)?,
                write_only: mode == Mode::Write,
                requested: Atomic::new(false),
            })),
            Mode::Read | Mode::Neither => Ok(Self::Statistics(Report::new(engine)?)),
        }
    }

    fn read(&self, buffer: UserSliceWriter, position: u64) -> Result<usize> {
        match self {
            Self::Statistics(report) => report.read(buffer, position),
            Self::Context(_) => read_events(buffer),
        }
    }

    fn write(&self, _bytes: usize) -> Result {
        if !task::is_administrator() {
            return Err(EPERM);
        }
        match self {
            Self::Context(file) if file.write_only && !file.requested.load(Relaxed) => {
                file.context.engine().clear_statistics();
                Ok(())
            }
            _ => Err(EBUSY),
        }
    }

    fn poll(&self) -> Readiness {
        match self {
            Self::Statistics(_) => Readiness::Readable,
            // Without a status array there will never be an event.
            Self::Context(_) => Readiness::Error,
        }
    }

    fn ioctl(&self, request: u32, argument: UserPtr) -> Result {
        match self {
            Self::Statistics(_) => Err(EBADF),
            Self::Context(file) => {
                if file.write_only {
                    file.requested.store(true, Relaxed);
                }
                ioctl::serve(&file.context, request, argument)
            }
        }
    }
}

/// Reads events, of which there are none without a status array.
fn read_events(buffer: UserSliceWriter) -> Result<usize> {
    match buffer.len() {
        0 => Ok(0),
        _ => Err(EINVAL),
    }
}
