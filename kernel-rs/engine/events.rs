// SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause

//! What tells a reader of the file that requests are over.
//!
//! An event is the status index of a request that asked for it. Its place is reserved when the
//! request is submitted, so that no event is ever lost.

use core::mem;

use super::line::Line;
use crate::host::{user::UserSliceWriter, wait::Sleep, wait::WaitQueue, *};

const SIZE: usize = mem::size_of::<u32>();

/// How many events are handed over at once.
const BATCH: usize = 64;

/// The events of a context.
#[pin_data]
pub(crate) struct Events {
    #[pin]
    line: Line<u32>,
}

impl Events {
    /// There are none.
    pub(super) fn new() -> impl PinInit<Self> {
        pin_init!(Self { line <- Line::new() })
    }

    /// Reserves the place of an event. There can be as many as the status array has slots.
    ///
    /// # Errors
    ///
    /// [`EBUSY`] if too many are reserved or were not read, [`ENOMEM`].
    pub(super) fn reserve(&self, slots: u64) -> Result {
        self.line
            .reserve(usize::try_from(slots).unwrap_or(usize::MAX))
    }

    /// Gives a reserved place back.
    pub(super) fn cancel(&self) {
        self.line.cancel();
    }

    /// Tells that the request with this status index is over.
    pub(super) fn tell(&self, index: u32) {
        self.line.push(index);
    }

    /// Whether there is an event to be read.
    pub(crate) fn any(&self) -> bool {
        !self.line.is_empty()
    }

    /// Where to wait for events.
    pub(crate) fn arrivals(&self) -> &WaitQueue {
        &self.line.changed
    }

    /// Reads events until the buffer is full, or, if it may not wait, until there is none, and tells
    /// how many bytes it were. Events that cannot be delivered stay.
    ///
    /// # Errors
    ///
    /// If nothing was read: [`EINVAL`] if the buffer does not hold a whole number of events,
    /// [`EAGAIN`] if there is none, [`EINTR`] if a signal came first, [`EFAULT`] if the buffer cannot
    /// be written.
    pub(crate) fn read(&self, mut buffer: UserSliceWriter, may_wait: bool) -> Result<usize> {
        let wanted = buffer.len();
        if wanted % SIZE != 0 {
            return Err(EINVAL);
        }
        while !buffer.is_empty() {
            let outcome = match self.deliver(&mut buffer) {
                Ok(0) if !may_wait => Err(EAGAIN),
                Ok(0) => self.arrivals().sleep(Sleep::Interruptible, || self.any()),
                Ok(_) => Ok(()),
                Err(error) => Err(error),
            };
            if let Err(error) = outcome {
                let read = wanted - buffer.len();
                return if read > 0 { Ok(read) } else { Err(error) };
            }
        }
        Ok(wanted)
    }

    /// Delivers some of the events that there are, and tells how many.
    fn deliver(&self, buffer: &mut UserSliceWriter) -> Result<usize> {
        let mut batch = [0u32; BATCH];
        let room = (buffer.len() / SIZE).min(BATCH);
        let count = self.line.lend(&mut batch[..room]);
        for index in 0..count {
            if let Err(error) = buffer.write(&batch[index]) {
                self.line.settle(index);
                self.line.give_back(&mut batch[index..count]);
                return Err(error);
            }
        }
        self.line.settle(count);
        Ok(count)
    }
}
