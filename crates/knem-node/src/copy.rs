// SPDX-License-Identifier: BSD-3-Clause

use knem::{Cookie, CopyFlags, Device, Error, Promised, Segment};
use napi_derive::napi;

/// How a copy is done by whoever calls for it.
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

/// A place in a region: its cookie, and bytes to leave out at its start.
pub type Spot = (Cookie, u64);

/// What is copied where. Local memory is named by address: whoever makes one sees to it that it
/// stays JavaScript's to change for as long as the copy may run.
pub enum Copy {
    /// From a region to memory of JavaScript.
    Read(Spot, Vec<Segment>),
    /// From memory of JavaScript to a region.
    Write(Spot, Vec<Segment>),
    /// From region to region, at most so many bytes.
    Between(Spot, Spot, u64),
}

impl Copy {
    /// Does the copy and returns when it is over: how many bytes it was, if the module counts.
    ///
    /// # Safety
    /// The memory is there, and JavaScript's to change, until this returns.
    pub unsafe fn run(&self, device: &Device, flags: CopyFlags) -> knem::Result<Option<u64>> {
        // SAFETY: As promised by the caller.
        match unsafe { self.counted(device, flags) } {
            Err(Error::Unsupported { .. }) => {
                // SAFETY: As promised by the caller.
                unsafe { self.plain(device, flags) }.map(|()| None)
            }
            counted => counted.map(Some),
        }
    }

    /// # Safety
    /// As [`Copy::run`].
    unsafe fn counted(&self, device: &Device, flags: CopyFlags) -> knem::Result<u64> {
        match self {
            Copy::Read((from, offset), to) => {
                // SAFETY: As promised by the caller. No reference to the memory exists in Rust.
                let to = unsafe { Promised::new(to) };
                device.read_counted(*from, *offset, to, flags)
            }
            Copy::Write((to, offset), from) => {
                // SAFETY: As promised by the caller.
                let from = unsafe { Promised::new(from) };
                device.write_counted(*to, *offset, from, flags)
            }
            Copy::Between(from, to, length) => device.copy_counted(*from, *to, *length, flags),
        }
    }

    /// # Safety
    /// As [`Copy::run`].
    unsafe fn plain(&self, device: &Device, flags: CopyFlags) -> knem::Result<()> {
        match self {
            Copy::Read((from, offset), to) => {
                // SAFETY: As promised by the caller. No reference to the memory exists in Rust.
                let to = unsafe { Promised::new(to) };
                device.read(*from, *offset, to, flags)
            }
            Copy::Write((to, offset), from) => {
                // SAFETY: As promised by the caller.
                let from = unsafe { Promised::new(from) };
                device.write(*to, *offset, from, flags)
            }
            Copy::Between(from, to, length) => device.copy(*from, *to, *length, flags),
        }
    }
}
