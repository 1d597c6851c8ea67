// SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause

//! The statistics as text.

use core::fmt::{self, Write};

use crate::abi::{self, Counter};

/// The column at which the colon of a counter stands.
const LABEL_WIDTH: usize = 45;

/// The state of the DMA engine.
#[derive(Clone, Copy)]
pub enum Dma<'a> {
    /// The kernel was built without.
    NoKernelSupport,
    /// The administrator does not want it.
    Disabled,
    /// There is none.
    NoChannel,
    /// There are some.
    Channels {
        /// Pieces of at most so many bytes are not given to them.
        small: u64,
        /// Their names, each after a blank.
        names: &'a dyn fmt::Display,
    },
}

impl Dma<'_> {
    fn write(self, out: &mut dyn Write) -> fmt::Result {
        let state = match self {
            Self::NoKernelSupport => "NoKernelSupport",
            Self::Disabled => "KernelSupported Disabled",
            Self::NoChannel => "KernelSupported Enabled NoChannelAvailable",
            Self::Channels { .. } => "KernelSupported Enabled ChansAvail",
        };
        write!(out, " DMAEngine: {state}")?;
        if let Self::Channels { small, names } = self {
            writeln!(out, " ChunkMin={small}B")?;
            write!(out, " DMAChannels:{names}")?;
        }
        out.write_char('\n')
    }
}

/// What the text tells.
pub struct Statistics<'a> {
    /// Bits of [`abi::feature`].
    pub features: u32,
    /// The flags added to every request.
    pub forced_flags: u32,
    /// The flags dropped from every request.
    pub ignored_flags: u32,
    /// The state of the DMA engine.
    pub dma: Dma<'a>,
    /// Whether debugging messages are written.
    pub debug: bool,
    /// The values of [`Counter::ALL`], in that order.
    pub counters: [u64; Counter::ALL.len()],
}

impl Statistics<'_> {
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
        self.dma.write(out)?;
        let debug = if self.debug { "Enabled" } else { "Disabled" };
        writeln!(out, " Debug: BuiltIn {debug}")?;
        for (counter, value) in Counter::ALL.iter().zip(self.counters) {
            writeln!(out, " {:LABEL_WIDTH$}: {}", counter.label(), value)?;
        }
        Ok(())
    }
}

/// Lists contexts and their regions, as the verbose statistics do.
pub struct Listing<'a> {
    out: &'a mut dyn Write,
    contexts: u64,
    regions: u64,
    hidden: u64,
}

impl<'a> Listing<'a> {
    /// Nothing is listed yet.
    pub fn new(out: &'a mut dyn Write) -> Self {
        Self {
            out,
            contexts: 0,
            regions: 0,
            hidden: 0,
        }
    }

    /// A context that the reader may see: the process that opened it, and its own number.
    pub fn context(&mut self, process: i32, number: u64) -> fmt::Result {
        self.contexts += 1;
        self.regions = 0;
        writeln!(self.out, " Pid {process} (#{number})")
    }

    /// A region of that context, by the number that it has there.
    pub fn region(&mut self, number: u64, single_use: bool) -> fmt::Result {
        self.regions += 1;
        let suffix = if single_use { " SingleUse" } else { "" };
        writeln!(self.out, "  Region {number:08x}{suffix}")
    }

    /// The end of that context.
    pub fn context_end(&mut self) -> fmt::Result {
        writeln!(self.out, "  Listed {} regions", self.regions)
    }

    /// A context that the reader may not see.
    pub fn hide(&mut self) {
        self.hidden += 1;
    }

    /// The end of the list.
    pub fn end(self) -> fmt::Result {
        write!(self.out, " Listed {} pids", self.contexts)?;
        if self.hidden > 0 {
            write!(self.out, " ({} hidden)", self.hidden)?;
        }
        writeln!(self.out)
    }
}
