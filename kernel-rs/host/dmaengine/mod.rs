// SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause

//! Copies by DMA engines.
//!
//! A [`Channel`] is taken for this module alone, and its driver stays loaded meanwhile. [`Transfers`]
//! are those of one copy, on any number of channels; they own what keeps the memory pinned, and let
//! go of it only when the hardware is done with it for certain: when each transfer has landed, or
//! its channel was stopped or released.
//!
//! Locks: that of a channel's service is taken before that of a landing, which is the one of its queue
//! and is also taken by drivers' callbacks.
//!
//! Kernel document: `Documentation/driver-api/dmaengine/client.rst`.

mod channel;
mod helpers;
mod landing;
mod place;
mod transfers;

pub(crate) use channel::Channel;
pub(crate) use transfers::{Refusal, Transfers};

/// Whether the kernel has DMA engines at all.
pub(crate) fn built_in() -> bool {
    // SAFETY: Takes no pointers.
    unsafe { helpers::knem_dma_built_in() }
}

/// The NUMA node at which the caller runs.
pub(crate) fn node() -> i32 {
    // SAFETY: Takes no pointers.
    unsafe { helpers::knem_dma_node() }
}
