// SPDX-License-Identifier: BSD-3-Clause

use knem_abi::flag;

use super::slots::Hold;
use super::{Pending, Queue, Shared};
use crate::copy::{between, inline, Direction};
use crate::{Cookie, Error, Memory, Result, Segment};

/// What copies while the program does something else.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Engine {
    /// The kernel thread of the device.
    #[default]
    Thread,
    /// A DMA engine, driven by that thread; where there is none, the thread itself.
    Dma,
}

impl Engine {
    const fn bits(self, has_dma: bool) -> u32 {
        let how = match self {
            Engine::Dma if has_dma => flag::DMA | flag::DMA_THREAD,
            Engine::Dma | Engine::Thread => flag::MEMCPY_THREAD,
        };
        how | flag::NOTIFY_FD
    }
}

impl Queue {
    /// Begins to copy from a region, `offset` bytes in, to `to`.
    ///
    /// # Errors
    /// [`Error::UnknownCookie`], [`Error::NotOwner`], [`Error::ProtectionRefused`];
    /// [`Error::NoMemory`] where the memory can't be pinned; [`Error::Busy`].
    pub fn read(&self, from: Cookie, offset: u64, to: Memory, engine: Engine) -> Result<Pending> {
        let segments = [to.segment()];
        // SAFETY: Memory is made for being copied to; it is held until the copy is over.
        unsafe { self.read_segments(from, offset, &segments, engine, to) }
    }

    /// Begins to copy `from` to a region, `offset` bytes in.
    ///
    /// # Errors
    /// Those of [`Queue::read`].
    pub fn write(&self, to: Cookie, offset: u64, from: Memory, engine: Engine) -> Result<Pending> {
        let segments = [from.segment()];
        // SAFETY: The memory is held until the copy is over.
        unsafe { self.write_segments(to, offset, &segments, engine, from) }
    }

    /// As [`Queue::read`], to several places in turn.
    ///
    /// # Errors
    /// Those of [`Queue::read`].
    pub fn read_pieces(
        &self,
        from: Cookie,
        offset: u64,
        to: Vec<Memory>,
        engine: Engine,
    ) -> Result<Pending> {
        let segments: Vec<Segment> = to.iter().map(Memory::segment).collect();
        // SAFETY: As above.
        unsafe { self.read_segments(from, offset, &segments, engine, to) }
    }

    /// As [`Queue::write`], from several places in turn.
    ///
    /// # Errors
    /// Those of [`Queue::write`].
    pub fn write_pieces(
        &self,
        to: Cookie,
        offset: u64,
        from: Vec<Memory>,
        engine: Engine,
    ) -> Result<Pending> {
        let segments: Vec<Segment> = from.iter().map(Memory::segment).collect();
        // SAFETY: As above.
        unsafe { self.write_segments(to, offset, &segments, engine, from) }
    }

    /// Begins to copy at most `length` bytes between two regions.
    ///
    /// # Errors
    /// [`Error::UnknownCookie`], [`Error::NotOwner`], [`Error::ProtectionRefused`];
    /// [`Error::Busy`].
    pub fn copy(
        &self,
        source: (Cookie, u64),
        destination: (Cookie, u64),
        length: u64,
        engine: Engine,
    ) -> Result<Pending> {
        let mut argument = between(
            source,
            destination,
            length,
            engine.bits(self.device().has_dma()),
        );
        self.submit(Box::new(()), |slot| {
            argument.async_status_index = slot;
            self.device().issue_between(&mut argument)?;
            Ok(argument.copied)
        })
    }

    /// As [`Queue::read`], to several places in turn, by addresses; `hold` is dropped when the copy
    /// is over.
    ///
    /// # Safety
    /// The segments may be overwritten for as long as `hold` lives, whatever happens.
    ///
    /// # Errors
    /// Those of [`Queue::read`], and [`Error::BadAddress`].
    pub unsafe fn read_segments(
        &self,
        from: Cookie,
        offset: u64,
        to: &[Segment],
        engine: Engine,
        hold: impl Send + 'static,
    ) -> Result<Pending> {
        // SAFETY: As promised by the caller.
        unsafe { self.inline(Direction::FromRegion, (from, offset), to, engine, hold) }
    }

    /// As [`Queue::write`], from several places in turn, by addresses; `hold` is dropped when the
    /// copy is over.
    ///
    /// # Safety
    /// The segments may be read for as long as `hold` lives.
    ///
    /// # Errors
    /// Those of [`Queue::write`], and [`Error::BadAddress`].
    pub unsafe fn write_segments(
        &self,
        to: Cookie,
        offset: u64,
        from: &[Segment],
        engine: Engine,
        hold: impl Send + 'static,
    ) -> Result<Pending> {
        // SAFETY: As promised by the caller.
        unsafe { self.inline(Direction::ToRegion, (to, offset), from, engine, hold) }
    }

    /// # Safety
    /// The segments may be overwritten, or read, for as long as `hold` lives.
    unsafe fn inline(
        &self,
        direction: Direction,
        place: (Cookie, u64),
        local: &[Segment],
        engine: Engine,
        hold: impl Send + 'static,
    ) -> Result<Pending> {
        let mut argument = inline(
            direction,
            place,
            local,
            engine.bits(self.device().has_dma()),
        )?;
        self.submit(Box::new(hold), |slot| {
            argument.async_status_index = slot;
            // SAFETY: The array of segments outlives the call, in which they are pinned; the hold
            // lives until the end was read.
            unsafe { self.device().issue_inline(&mut argument) }?;
            Ok(argument.copied)
        })
    }

    /// Takes a slot for a request, issues it, and keeps `hold` until the copy is over.
    fn submit(&self, hold: Hold, mut issue: impl FnMut(u32) -> Result<u64>) -> Result<Pending> {
        let slot = self.0.take(hold)?;
        // The lock is not held: the module pins memory here.
        let answer = match issue(slot) {
            // Events that nobody read may be in the way, of copies that were seen in the array.
            Err(Error::Busy { .. }) if matches!(self.drain(), Ok(1..)) => issue(slot),
            answer => answer,
        };
        match answer {
            Ok(bytes) => {
                self.0.state().slots.promise(slot, bytes);
                Ok(Pending::new(self.clone(), slot))
            }
            Err(error) => {
                let hold = self.0.state().slots.refuse(slot);
                drop(hold);
                Err(error)
            }
        }
    }
}

impl Shared {
    /// Takes a slot, which is not final any more before anybody could look at it.
    fn take(&self, hold: Hold) -> Result<u32> {
        let mut state = self.state();
        let taken = state.slots.start(hold);
        if let Ok(slot) = taken {
            self.array.reset(slot);
        }
        drop(state);
        let action = "begin a copy";
        taken.map_err(|_| Error::Busy { action })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_engine_copies_after_the_call_and_gives_an_event() {
        for has_dma in [false, true] {
            for engine in [Engine::Thread, Engine::Dma] {
                let bits = engine.bits(has_dma);
                assert_eq!(bits & !flag::COPY_MASK, 0);
                assert_ne!(bits & flag::THREAD_MASK, 0);
                assert_ne!(bits & flag::NOTIFY_FD, 0);
                // With events the engine may not write the slot by itself (contract §7.3).
                assert_eq!(bits & flag::ASYNC_DMA_COMPLETE, 0);
                assert!(has_dma || bits & flag::DMA_MASK == 0);
            }
        }
    }
}
