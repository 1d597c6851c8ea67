// SPDX-License-Identifier: BSD-3-Clause

//! What most asynchronous programs start with: a context with a status array, a region, and memory
//! of the caller.

use knem_abi::{flag, protection, Cookie, Iovec};

use crate::array::Array;
use crate::copy::Inline;
use crate::device::Device;
use crate::memory::Buffer;
use crate::region;

/// The content of the region's memory.
pub const SOURCE: u64 = 1;
/// The content of the caller's memory.
pub const LOCAL: u64 = 2;

/// A context and what is needed to copy with it.
pub struct Bed {
    /// The status array.
    pub array: Array,
    /// The context.
    pub device: Device,
    /// The memory of the region, with the pattern of [`SOURCE`].
    pub source: Buffer,
    /// The caller's memory, with the pattern of [`LOCAL`].
    pub local: Buffer,
    /// The region: it can be read and written.
    pub cookie: Cookie,
    /// The caller's memory as segments.
    pub segments: [Iovec; 1],
}

impl Bed {
    /// Regions and memory of so many bytes, and one page of slots.
    pub fn new(length: usize) -> Bed {
        Bed::on(Device::open(), length)
    }

    /// The same on a descriptor that is open already.
    pub fn on(device: Device, length: usize) -> Bed {
        let source = Buffer::filled(length, SOURCE);
        let local = Buffer::filled(length, LOCAL);
        let read_write = protection::READ | protection::WRITE;
        Bed {
            array: Array::new(&device),
            cookie: region::whole(&device, source.segment(), read_write),
            segments: [local.segment()],
            device,
            source,
            local,
        }
    }

    /// Reads the region.
    pub fn read(&self) -> Inline<'_> {
        Inline::read(self.cookie, &self.segments)
    }

    /// Reads the region in the kernel thread.
    pub fn thread(&self, slot: u32) -> Inline<'_> {
        self.read().flags(flag::MEMCPY_THREAD).slot(slot)
    }

    /// Reads the region in the kernel thread and queues an event.
    pub fn notify(&self, slot: u32) -> Inline<'_> {
        self.read()
            .flags(flag::MEMCPY_THREAD | flag::NOTIFY_FD)
            .slot(slot)
    }

    /// Compares the caller's memory with the region's.
    ///
    /// # Errors
    /// The first byte that differs.
    pub fn arrived(&self) -> Result<(), String> {
        self.local.matches("local", SOURCE)
    }
}
