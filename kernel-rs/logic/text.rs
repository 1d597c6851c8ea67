// SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause

//! The statistics as text.

use core::fmt::{self, Write};

use crate::abi::{self, Counter};

/// The column at which the colon of a counter stands.
const LABEL_WIDTH: usize = 45;

/// What the text tells.
pub struct Statistics {
    /// Bits of [`abi::feature`].
    pub features: u32,
    /// The flags added to every request.
    pub forced_flags: u32,
    /// The flags dropped from every request.
    pub ignored_flags: u32,
    /// The values of [`Counter::ALL`], in that order.
    pub counters: [u64; Counter::ALL.len()],
}

impl Statistics {
    /// Writes the text, one fact a line.
    pub fn write(&self, out: &mut dyn Write) -> fmt::Result {
        writeln!(out, "knem {}", abi::VERSION)?;
        writeln!(out, " Driver ABI=0x{:x}", abi::ABI_VERSION)?;
        writeln!(out, " Features: 0x{:x}", self.features)?;
        writeln!(
            out,
            " Flags: forcing 0x{:x}, ignoring 0x{:x}",
            self.forced_flags, self.ignored_flags
        )?;
        writeln!(out, " DMAEngine: NoKernelSupport")?;
        for (counter, value) in Counter::ALL.iter().zip(self.counters) {
            writeln!(out, " {:LABEL_WIDTH$}: {}", counter.label(), value)?;
        }
        Ok(())
    }
}
