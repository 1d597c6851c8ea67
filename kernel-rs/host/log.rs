// SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause

//! Messages for those who look for a fault.

/// Writes a line to the kernel log if the parameter `debug` asks for it, but not a flood of them.
macro_rules! debug {
    ($($message:tt)*) => {
        if $crate::host::params::debug() {
            kernel::pr_info!($($message)*);
        }
    };
}

pub(crate) use debug;
