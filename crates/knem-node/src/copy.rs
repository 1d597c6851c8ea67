// SPDX-License-Identifier: BSD-3-Clause

use knem::{Cookie, CopyFlags, Device, Promised};
use napi_derive::napi;

use crate::memory::Memory;

/// How a copy is done.
#[napi(object)]
pub struct CopyOptions {
    /// Pin the local memory, so that a bad address is found before a byte is copied.
    pub pin_local: bool,
    /// Use the DMA engine, where there is one.
    pub dma: bool,
}

impl CopyOptions {
    pub(crate) fn flags(&self) -> CopyFlags {
        let pick = |wanted, flag| if wanted { flag } else { CopyFlags::NONE };
        pick(self.pin_local, CopyFlags::PIN_LOCAL).with(pick(self.dma, CopyFlags::DMA))
    }
}

/// A copy that is ready to be done, on whichever thread.
pub enum Copy {
    /// From a region to memory of JavaScript.
    Read(Cookie, u64, Memory),
    /// From memory of JavaScript to a region.
    Write(Cookie, u64, Memory),
    /// From region to region, at most so many bytes.
    Between((Cookie, u64), (Cookie, u64), u64),
}

impl Copy {
    /// Does the copy and returns when it is over.
    pub fn run(&self, device: &Device, flags: CopyFlags) -> knem::Result<()> {
        match self {
            // SAFETY: The memory is alive and JavaScript's to overwrite. No reference to it
            // exists in Rust, and JavaScript may look at it and change it at any time.
            Copy::Read(from, offset, memory) => unsafe {
                device.read(*from, *offset, Promised::new(&memory.segments()), flags)
            },
            // SAFETY: The memory is alive; the rest as above.
            Copy::Write(to, offset, memory) => unsafe {
                device.write(*to, *offset, Promised::new(&memory.segments()), flags)
            },
            Copy::Between(source, destination, length) => {
                device.copy(*source, *destination, *length, flags)
            }
        }
    }
}
