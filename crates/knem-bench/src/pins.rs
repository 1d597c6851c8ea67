// SPDX-License-Identifier: BSD-3-Clause

use std::fs::File;
use std::io;
use std::os::fd::AsRawFd;

use crate::failure::{doing, Result};

const PAGE: usize = 4096;

/// A module of the benchmarks' own, which pins memory and does nothing else.
#[derive(Debug)]
pub struct Pins(File);

impl Pins {
    /// The module, where it is loaded.
    pub fn open() -> Option<Self> {
        File::open("/dev/knem-pins").ok().map(Self)
    }

    /// Pins the pages of some memory.
    pub fn pin(&self, memory: &[u8]) -> Result<()> {
        let pages = memory.len().div_ceil(PAGE) as u64;
        self.ask(pages, memory.as_ptr() as usize)
    }

    /// Lets them go.
    pub fn unpin(&self) -> Result<()> {
        self.ask(0, 0)
    }

    fn ask(&self, pages: u64, address: usize) -> Result<()> {
        // SAFETY: The module reads what page tables say about the address, and writes nothing.
        let result = match unsafe { libc::ioctl(self.0.as_raw_fd(), pages as _, address) } {
            0 => Ok(()),
            _ => Err(io::Error::last_os_error()),
        };
        doing("pin memory", result)
    }
}
