// SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause

//! The transfers of one copy.

use core::mem::ManuallyDrop;

use kernel::{prelude::*, sync::Arc};

use super::{landing::Landing, place::Place, Channel};
use crate::{
    host::{
        for_caller,
        pages::PinnedCursor,
        wait::{Sleep, Woken},
    },
    logic::cursor::Position,
};

/// Transfers of one copy, as many at once as there are places, and what keeps their memory pinned.
///
/// # Invariants
///
/// While a place has a transfer, which has this landing, places and landing stay where they are, and
/// what is kept is neither changed nor dropped. `used` places have one.
pub(crate) struct Transfers<T> {
    places: ManuallyDrop<KVVec<Place>>,
    landing: ManuallyDrop<Pin<KBox<Landing>>>,
    kept: ManuallyDrop<Option<T>>,
    used: usize,
}

/// Why a transfer was not accepted.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// There is no room now, in the channel or among the addresses of its device.
    NoRoom,
    /// The channel is out of service.
    OutOfService,
    /// The channel does not want it.
    Unwanted,
}

/// What became of transfers that are over, in bytes.
#[derive(Clone, Copy, Default)]
pub(crate) struct Landed {
    pub(crate) arrived: u64,
    pub(crate) broken: u64,
}

impl<T> Transfers<T> {
    /// So many places, and nothing kept yet.
    ///
    /// # Errors
    ///
    /// [`ENOMEM`].
    pub(crate) fn new(places: usize) -> Result<Self> {
        let mut list = KVVec::with_capacity(places, for_caller())?;
        for _ in 0..places {
            list.push_within_capacity(Place::free())
                .map_err(|_| ENOMEM)?;
        }
        // INVARIANT: All places are free.
        Ok(Self {
            places: ManuallyDrop::new(list),
            landing: ManuallyDrop::new(Landing::new()?),
            kept: ManuallyDrop::new(None),
            used: 0,
        })
    }

    /// Keeps something, until all transfers are settled.
    pub(crate) fn keep(&mut self, kept: T) {
        if self.kept.is_none() {
            *self.kept = Some(kept);
        }
    }

    /// What is kept.
    pub(crate) fn kept(&self) -> Option<&T> {
        self.kept.as_ref()
    }

    /// How many there are.
    pub(crate) fn count(&self) -> usize {
        self.used
    }

    /// Gives `bytes` bytes, as many as both positions have ahead of them at most, to a channel.
    /// `positions` are those of the source and of the target, in what is kept, if it has any.
    pub(crate) fn submit(
        &mut self,
        channel: &Arc<Channel>,
        bytes: u64,
        positions: impl for<'a> FnOnce(&'a T) -> Option<(PinnedCursor<'a>, PinnedCursor<'a>)>,
    ) -> Result<(), Refusal> {
        let kept = self.kept.as_ref().ok_or(Refusal::Unwanted)?;
        let place = self.places.iter_mut().find(|place| place.is_free());
        let place = place.ok_or(Refusal::NoRoom)?;
        let (source, target) = positions(kept).ok_or(Refusal::Unwanted)?;
        let bytes = bytes.min(source.ahead()).min(target.ahead());
        // SAFETY: The memory stays pinned while the positions could exist: as long as what is kept is
        // neither changed nor dropped. By the invariants that, the places and the landing stay as
        // they are until the transfer is settled.
        let answer = unsafe {
            place.submit(
                channel,
                &self.landing,
                bytes,
                target.written(),
                source.address(),
            )
        };
        match answer {
            Ok(()) => {
                // INVARIANT: The place has one now.
                self.used += 1;
                Ok(())
            }
            Err(error) if error == EAGAIN || error == ENOMEM => Err(Refusal::NoRoom),
            Err(error) if error == ENODEV => Err(Refusal::OutOfService),
            Err(_) => Err(Refusal::Unwanted),
        }
    }

    /// Settles all transfers that are over.
    pub(crate) fn settle(&mut self) -> Landed {
        let mut landed = Landed::default();
        for place in self.places.iter_mut() {
            let Some((arrived, bytes)) = place.settle() else {
                continue;
            };
            // INVARIANT: The place is free again.
            self.used -= 1;
            if arrived {
                landed.arrived += bytes;
            } else {
                landed.broken += bytes;
            }
        }
        landed
    }

    /// Waits until so many of the transfers have landed, `milliseconds` at most.
    pub(crate) fn wait(&self, enough: usize, sleep: Sleep, milliseconds: u32) -> Woken {
        // In this order: too few is no harm, one that lands in between is not waited for again.
        let landed = self.landing.landed();
        let here = self
            .places
            .iter()
            .filter(|place| place.has_landed())
            .count();
        let missing = enough as i64 - here as i64;
        let enough = landed.wrapping_add(missing as u32);
        self.landing.wait(enough, sleep, milliseconds)
    }

    /// Asks the hardware about transfers of a channel that did not land, which may let them land, and
    /// tells whether one did. What is over by its word counts as arrived when the channel is retired.
    pub(crate) fn ask(&mut self, channel: &Arc<Channel>) -> bool {
        let mut landed = false;
        for place in self.places.iter_mut() {
            landed |= place.ask(channel);
        }
        landed
    }

    /// Whether a channel has a transfer of this copy.
    pub(crate) fn are_with(&self, channel: &Arc<Channel>) -> bool {
        self.places.iter().any(|place| place.is_with(channel))
    }
}

impl<T> Drop for Transfers<T> {
    fn drop(&mut self) {
        self.settle();
        if self.used > 0 {
            // The hardware may still write: rather lose the memory for ever.
            pr_err!(
                "{} transfers never ended; their memory is lost\n",
                self.used
            );
            return;
        }
        // SAFETY: Nothing is under way, and this object is not used any more.
        unsafe {
            ManuallyDrop::drop(&mut self.places);
            ManuallyDrop::drop(&mut self.landing);
            ManuallyDrop::drop(&mut self.kept);
        }
    }
}
