// SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause

//! The transfers of one copy.

use core::mem::ManuallyDrop;

use kernel::{prelude::*, sync::Arc, types::Opaque};

use super::{
    helpers::{self, state, RawTransfer},
    Channel,
};
use crate::{
    host::{
        for_caller,
        pages::PinnedCursor,
        wait::{Sleep, WaitQueue, Woken},
    },
    logic::cursor::Position,
};

/// Transfers of one copy, as many at once as there are places, and what keeps their memory pinned.
///
/// # Invariants
///
/// A place with a channel has a transfer that was given to that channel and is not settled. Places
/// and landing stay where they are, and what is kept is neither changed nor dropped, while there is
/// one.
pub(crate) struct Transfers<T> {
    places: ManuallyDrop<KVec<Place>>,
    landing: ManuallyDrop<Pin<KBox<WaitQueue>>>,
    kept: ManuallyDrop<Option<T>>,
    /// How many places have transfers.
    used: usize,
}

/// A place for a transfer.
struct Place {
    transfer: Opaque<RawTransfer>,
    channel: Option<Arc<Channel>>,
    /// The hardware said so, though the transfer did not land.
    is_complete: bool,
}

/// Why a transfer was not accepted.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// There is no room now.
    NoRoom,
    /// The channel is out of service.
    OutOfService,
    /// The channel does not want it, or its device has no addresses left.
    Unwanted,
}

/// What became of transfers that are over, in bytes.
#[derive(Clone, Copy, Default)]
pub(crate) struct Landed {
    pub(crate) arrived: u64,
    pub(crate) broken: u64,
}

// SAFETY: Transfers are only reached through this object, or by drivers, which lock; channels may
// be used by any task.
unsafe impl<T: Send> Send for Transfers<T> {}

impl<T> Transfers<T> {
    /// So many places, and nothing kept yet.
    ///
    /// # Errors
    ///
    /// [`ENOMEM`].
    pub(crate) fn new(places: usize) -> Result<Self> {
        let mut list = KVec::with_capacity(places, for_caller())?;
        for _ in 0..places {
            list.push_within_capacity(Place::free())
                .map_err(|_| ENOMEM)?;
        }
        // INVARIANT: All places are free.
        Ok(Self {
            places: ManuallyDrop::new(list),
            landing: ManuallyDrop::new(KBox::pin_init(WaitQueue::new(), for_caller())?),
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

    /// Whether there are no transfers.
    pub(crate) fn is_empty(&self) -> bool {
        self.used == 0
    }

    /// Gives `bytes` bytes, as many as both positions have ahead of them at most, to a channel.
    /// `positions` are those of the source and of the target, in what is kept, if it has any.
    pub(crate) fn submit(
        &mut self,
        channel: &Arc<Channel>,
        bytes: u64,
        positions: impl for<'a> FnOnce(&'a T) -> Option<(PinnedCursor<'a>, PinnedCursor<'a>)>,
    ) -> Result<(), Refusal> {
        let landing = self.landing.head();
        let kept = self.kept.as_ref().ok_or(Refusal::Unwanted)?;
        let place = self.places.iter_mut().find(|place| place.channel.is_none());
        let place = place.ok_or(Refusal::NoRoom)?;
        let (source, target) = positions(kept).ok_or(Refusal::Unwanted)?;
        let bytes = bytes.min(source.ahead()).min(target.ahead());
        let transfer = place.transfer.get();
        // SAFETY: By the invariants, the place is free: nobody else knows it.
        unsafe {
            (*transfer).landing = landing;
            (*transfer).bytes = bytes as usize;
        }
        // SAFETY: The memory stays pinned while the positions could exist: as long as what is kept is
        // neither changed nor dropped. By the invariants that, the places and the landing stay as
        // they are until the transfer is settled.
        let answer = unsafe { channel.submit(transfer, target.written(), source.address()) };
        match answer {
            Ok(()) => {
                // INVARIANT: It was given to this channel.
                place.channel = Some(channel.clone());
                self.used += 1;
                Ok(())
            }
            Err(error) if error == EAGAIN => Err(Refusal::NoRoom),
            Err(error) if error == ENODEV => Err(Refusal::OutOfService),
            Err(_) => Err(Refusal::Unwanted),
        }
    }

    /// Settles all transfers that are over.
    pub(crate) fn settle(&mut self) -> Landed {
        let mut landed = Landed::default();
        for place in self.places.iter_mut() {
            if let Some(arrived) = place.outcome() {
                let bytes = place.settle();
                // INVARIANT: The hardware is done with it.
                *place = Place::free();
                self.used -= 1;
                if arrived {
                    landed.arrived += bytes;
                } else {
                    landed.broken += bytes;
                }
            }
        }
        landed
    }

    /// Waits until a transfer has landed, so many milliseconds at most.
    pub(crate) fn wait(&self, sleep: Sleep, milliseconds: u32) -> Woken {
        let landed = || {
            self.places
                .iter()
                .any(|place| place.channel.is_some() && place.seems_over())
        };
        self.landing.sleep_for(sleep, milliseconds, landed)
    }

    /// Asks the hardware about transfers of a channel that did not land, which may let them land, and
    /// tells whether one did. What is over by its word counts as arrived when the channel is retired.
    pub(crate) fn ask(&mut self, channel: &Arc<Channel>) -> bool {
        let mut landed = false;
        for place in self.places.iter_mut().filter(|one| one.is_with(channel)) {
            // SAFETY: By the invariants, it was given to this channel.
            place.is_complete = unsafe { channel.is_complete(place.transfer.get()) };
            landed |= place.seems_over();
        }
        landed
    }

    /// A channel that has a transfer of this copy.
    pub(crate) fn channel(&self) -> Option<&Arc<Channel>> {
        self.places.iter().find_map(|place| place.channel.as_ref())
    }
}

impl Place {
    fn free() -> Self {
        Self {
            transfer: Opaque::new(RawTransfer::none()),
            channel: None,
            is_complete: false,
        }
    }

    fn is_with(&self, channel: &Arc<Channel>) -> bool {
        self.channel
            .as_ref()
            .is_some_and(|own| Arc::ptr_eq(own, channel))
    }

    /// The state of a transfer, which has a landing.
    fn state(&self) -> u32 {
        // SAFETY: Only called for places with a transfer, so by the invariants of `Transfers` all of
        // it is set, and the landing is there.
        unsafe { helpers::knem_dma_state(self.transfer.get()) }
    }

    /// Whether a transfer has landed; its driver's callback may not be quite through.
    fn seems_over(&self) -> bool {
        // SAFETY: As in `state`; an aligned integer that is always valid, and is written whole.
        unsafe { (&raw const (*self.transfer.get()).state).read_volatile() != state::UNDER_WAY }
    }

    /// Whether the bytes of a transfer arrived, if it is over.
    fn outcome(&self) -> Option<bool> {
        let channel = self.channel.as_ref()?;
        // Looked at first: what landed before the channel was stopped did land.
        let over = channel.is_over();
        match self.state() {
            state::UNDER_WAY => over.then_some(self.is_complete),
            state => Some(state == state::ARRIVED),
        }
    }

    /// Unmaps the memory of a transfer that is over, and tells how many bytes it had.
    fn settle(&mut self) -> u64 {
        let Some(channel) = &self.channel else {
            return 0;
        };
        let transfer = self.transfer.get();
        // SAFETY: By the invariants of `Transfers`, it was given to this channel. It has landed, or
        // the channel is over, so the hardware is done with it.
        unsafe {
            channel.settle(transfer);
            (*transfer).bytes as u64
        }
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
