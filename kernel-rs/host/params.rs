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

/// Whether the local memory that inline copies read from is pinned.
pub(crate) fn pin_local_read() -> bool {
    // SAFETY: As in `switches`.
    unsafe { helpers::knem_param_pinlocalread != 0 }
}
