// SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause

//! The module parameters, which `params.c` declares.

use super::helpers;
use crate::logic::flags::Switches;

/// The parameters that decide about flags.
pub(crate) fn switches() -> Switches {
    // SAFETY: The parameters can only be written while the module is being loaded, before any Rust
    // code runs: their sysfs files are read-only.
    unsafe {
        Switches {
            thread: helpers::knem_param_thread != 0,
            dma: helpers::knem_param_dma != 0,
            pinlocal: helpers::knem_param_pinlocal != 0,
            sync: helpers::knem_param_sync != 0,
            forceflags: helpers::knem_param_forceflags,
            ignoreflags: helpers::knem_param_ignoreflags,
        }
    }
}

/// A parameter that may be changed at any time.
macro_rules! live {
    ($(#[$doc:meta])* $name:ident: $type:ty = $parameter:ident, $value:ident => $result:expr) => {
        $(#[$doc])*
        pub(crate) fn $name() -> $type {
            // SAFETY: An aligned integer that is always valid, and is written whole.
            let $value = unsafe { (&raw const helpers::$parameter).read_volatile() };
            $result
        }
    };
}

live! {
    /// Where the threads run: on the CPUs of the process if positive, on the others if negative,
    /// else anywhere.
    binding: i32 = knem_param_binding, value => value
}

live! {
    /// Pieces of at most so many bytes are copied by the CPU, not by DMA channels.
    dma_small: u64 = knem_param_dmamin, value => value.into()
}

live! {
    /// How many milliseconds may pass without a sign of life of a DMA channel.
    dma_patience: u32 = knem_param_dmatimeout, value => value.max(1)
}

live! {
    /// How many bytes of memory the text of the statistics starts with.
    statistics_length: usize = knem_param_statslen, value => value
}

live! {
    /// Whether the statistics list contexts and regions.
    statistics_verbose: bool = knem_param_statsverbose, value => value != 0
}

live! {
    /// How many requests a context may have waiting for its thread.
    most_queued: usize = knem_param_maxqueued, value => value as usize
}

live! {
    /// How many kernel threads a user may have.
    most_threads: usize = knem_param_maxthreads, value => value as usize
}

live! {
    /// How many regions a context may have.
    most_regions: usize = knem_param_maxregions, value => value as usize
}

live! {
    /// How many slots a status array may have.
    most_slots: u64 = knem_param_maxslots, value => value as u64
}

live! {
    /// Whether a process may pin no more than its limit for locked memory allows.
    enforce_memory_limit: bool = knem_param_memlock, value => value != 0
}

live! {
    /// Whether debugging messages are written.
    debugging: bool = knem_param_debug, value => value != 0
}

/// Whether a debugging message may be written now.
pub(crate) fn debug() -> bool {
    // SAFETY: Takes no pointers.
    debugging() && unsafe { helpers::knem_may_log() }
}

/// Whether the local memory that inline copies read from must be there, all of it.
pub(crate) fn check_local_read() -> bool {
    // SAFETY: As in `switches`.
    unsafe { helpers::knem_param_pinlocalread != 0 }
}
