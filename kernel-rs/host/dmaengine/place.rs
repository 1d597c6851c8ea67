// SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause

//! One transfer.

use kernel::{prelude::*, sync::Arc, types::Opaque};

use super::{
    helpers::{self, state, RawTransfer},
    landing::Landing,
    Channel,
};

/// A place for a transfer.
///
/// # Invariants
///
/// If there is a channel, the transfer was given to it and is not settled; its landing is there, and
/// the driver may use both at any time. Else nobody knows it.
pub(super) struct Place {
    transfer: Opaque<RawTransfer>,
    channel: Option<Arc<Channel>>,
    /// The hardware said so, though the transfer did not land.
    is_complete: bool,
}

// SAFETY: A transfer is only reached through its place, or by the driver, which locks; channels may
// be used by any task.
unsafe impl Send for Place {}

impl Place {
    /// Without a transfer.
    pub(super) fn free() -> Self {
        // INVARIANT: Just made.
        Self {
            transfer: Opaque::new(RawTransfer::none()),
            channel: None,
            is_complete: false,
        }
    }

    /// Whether there is no transfer.
    pub(super) fn is_free(&self) -> bool {
        self.channel.is_none()
    }

    /// Whether this channel has the transfer.
    pub(super) fn is_with(&self, channel: &Arc<Channel>) -> bool {
        let own = self.channel.as_ref();
        own.is_some_and(|own| Arc::ptr_eq(own, channel))
    }

    /// Gives a transfer of so many bytes between two physical addresses to a channel.
    ///
    /// # Errors
    ///
    /// [`EBUSY`] if the place is not free; else as for [`Channel::submit`].
    ///
    /// # Safety
    ///
    /// The memory stays pinned, and the place and the landing stay where they are, until the transfer
    /// is [settled](Self::settle).
    pub(super) unsafe fn submit(
        &mut self,
        channel: &Arc<Channel>,
        landing: &Landing,
        bytes: u64,
        target: u64,
        source: u64,
    ) -> Result {
        if !self.is_free() {
            return Err(EBUSY);
        }
        let transfer = self.transfer.get();
        // SAFETY: By the invariants, nobody else knows the transfer.
        unsafe {
            (*transfer).landing = landing.raw();
            (*transfer).bytes = bytes as usize;
        }
        // SAFETY: By the requirements of this function.
        unsafe { channel.submit(transfer, target, source) }?;
        // INVARIANT: It was given to this channel.
        self.channel = Some(channel.clone());
        Ok(())
    }

    /// Whether a transfer has landed; its driver may not be quite through with it.
    pub(super) fn has_landed(&self) -> bool {
        // SAFETY: Nobody writes a transfer that was not given to a channel; of others, this is an
        // aligned integer that is always valid, and is written whole.
        let state = unsafe { (&raw const (*self.transfer.get()).state).read_volatile() };
        !self.is_free() && state != state::UNDER_WAY
    }

    /// Asks the hardware about a transfer of this channel, which may let it land, and tells whether it
    /// has landed.
    pub(super) fn ask(&mut self, channel: &Arc<Channel>) -> bool {
        if !self.is_with(channel) {
            return false;
        }
        // SAFETY: By the invariants, it was given to this channel.
        self.is_complete = unsafe { channel.is_complete(self.transfer.get()) };
        self.has_landed()
    }

    /// Frees the place if its transfer is over, and tells whether its bytes arrived, and how many it
    /// had. It is over when it has landed, or the channel is.
    pub(super) fn settle(&mut self) -> Option<(bool, u64)> {
        let channel = self.channel.as_ref()?;
        let transfer = self.transfer.get();
        // Looked at first: what landed before the channel was over did land.
        let channel_is_over = channel.is_over();
        // SAFETY: By the invariants, the transfer and its landing are there.
        let arrived = match unsafe { helpers::knem_dma_state(transfer) } {
            state::UNDER_WAY if channel_is_over => self.is_complete,
            state::UNDER_WAY => return None,
            state => state == state::ARRIVED,
        };
        // SAFETY: By the invariants, it was given to this channel. It is over, so the hardware is done
        // with it.
        let bytes = unsafe {
            channel.settle(transfer);
            (*transfer).bytes as u64
        };
        // INVARIANT: The driver is through with it: it let go of the lock, or it will not come.
        *self = Self::free();
        Some((arrived, bytes))
    }
}
