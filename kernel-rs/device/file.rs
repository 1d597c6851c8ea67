// SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause

//! The device file.
//!
//! It has two personalities, between which the mode of the open decides: with write access it is a
//! context, which serves requests; without, it shows the statistics.

use super::{ioctl, report::Report};
use crate::{
    engine::{context::Context, Engine},
    host::{
        files::{Area, File, Mode, Readiness, Reading, Watcher},
        log::debug,
        ordering::Relaxed,
        task,
        user::UserPtr,
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

    fn read(&self, reading: Reading) -> Result<usize> {
        match self {
            Self::Statistics(report) => report.read(reading.buffer, reading.position),
            Self::Context(file) => file.read_events(reading),
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

    fn poll<'a>(&'a self, watcher: &Watcher<'a>) -> Readiness {
        match self {
            Self::Statistics(_) => Readiness::Readable,
            Self::Context(file) => file.poll(watcher),
        }
    }

    fn map(&self, area: &Area<'_>) -> Result {
        match self {
            Self::Statistics(_) => Err(EBADF),
            Self::Context(file) => file.context.offload().map(area),
        }
    }

    fn ioctl(&self, request: u32, argument: UserPtr) -> Result {
        let served = match self {
            Self::Statistics(report) => ioctl::serve_reader(report.engine(), request, argument),
            Self::Context(file) => file.serve(request, argument),
        };
        served.inspect_err(|error| debug!("request {request:#x}: {error:?}\n"))
    }
}

impl ContextFile {
    fn serve(&self, request: u32, argument: UserPtr) -> Result {
        if self.write_only {
            self.requested.store(true, Relaxed);
        }
        ioctl::serve(&self.context, request, argument)
    }

    /// Reads events, of which there are none without a status array.
    fn read_events(&self, reading: Reading) -> Result<usize> {
        let status = &self.context.offload().status;
        if status.slots() == 0 && !reading.buffer.is_empty() {
            return Err(EINVAL);
        }
        status.events.read(reading.buffer, reading.may_wait)
    }

    fn poll<'a>(&'a self, watcher: &Watcher<'a>) -> Readiness {
        let status = &self.context.offload().status;
        watcher.watch(status.events.arrivals());
        if status.slots() == 0 {
            // Without a status array there will never be an event.
            Readiness::Error
        } else if status.events.any() {
            Readiness::Readable
        } else {
            Readiness::NotYet
        }
    }
}
