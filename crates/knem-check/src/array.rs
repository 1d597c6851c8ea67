// SPDX-License-Identifier: BSD-3-Clause

//! The status array: one byte per slot, shared with the kernel.

use std::ptr;
use std::sync::atomic::{AtomicU8, Ordering};
use std::thread;
use std::time::Instant;

use knem_abi::Iovec;

use crate::clock::PATIENCE;
use crate::copy::Status;
use crate::device::Device;
use crate::errno::Errno;
use crate::memory::PAGE;

/// A mapped status array.
pub struct Array {
    start: *mut u8,
    length: usize,
}

// SAFETY: an array is the address of memory that it owns; slots are accessed as atomic bytes.
unsafe impl Send for Array {}
// SAFETY: as above.
unsafe impl Sync for Array {}

/// How an array is mapped.
#[derive(Clone, Copy)]
pub struct How {
    /// Bytes, as given to the kernel.
    pub length: usize,
    /// PROT_* bits.
    pub protection: i32,
    /// MAP_* bits.
    pub flags: i32,
    /// File offset.
    pub offset: i64,
}

impl Default for How {
    fn default() -> How {
        How {
            length: PAGE,
            protection: libc::PROT_READ | libc::PROT_WRITE,
            flags: libc::MAP_SHARED,
            offset: 0,
        }
    }
}

impl How {
    /// An array of so many bytes.
    pub fn length(length: usize) -> How {
        How {
            length,
            ..How::default()
        }
    }
}

impl Array {
    /// One page of slots, as clients map it.
    ///
    /// # Panics
    /// Where the device refuses.
    pub fn new(device: &Device) -> Array {
        Array::map(device, How::default()).expect("the array can be mapped")
    }

    /// Any mapping of the device.
    ///
    /// # Errors
    /// What `mmap` answers.
    pub fn map(device: &Device, how: How) -> Result<Array, Errno> {
        // SAFETY: the kernel chooses an address where nothing is mapped.
        let start = unsafe {
            libc::mmap(
                ptr::null_mut(),
                how.length,
                how.protection,
                how.flags,
                device.number(),
                how.offset as _,
            )
        };
        if start == libc::MAP_FAILED {
            return Err(Errno::last());
        }
        Ok(Array {
            start: start.cast(),
            length: how.length.next_multiple_of(PAGE),
        })
    }

    /// Address of the first slot.
    pub fn address(&self) -> u64 {
        self.start as u64
    }

    /// Slots: the bytes of all its pages.
    pub fn slots(&self) -> usize {
        self.length
    }

    /// All of it as a segment.
    pub fn segment(&self) -> Iovec {
        Iovec {
            base: self.address(),
            len: self.length as u64,
        }
    }

    fn at(&self, slot: usize) -> &AtomicU8 {
        assert!(slot < self.length, "the slot lies inside");
        // SAFETY: inside the mapping, which lives as long as the array; the kernel and other
        // processes access slots as whole bytes only.
        unsafe { AtomicU8::from_ptr(self.start.add(slot)) }
    }

    /// A slot now; what the kernel stored before it is visible then.
    pub fn slot(&self, slot: usize) -> Status {
        Status(u32::from(self.at(slot).load(Ordering::Acquire)))
    }

    /// Writes a slot, as any program may.
    pub fn put(&self, slot: usize, value: u8) {
        self.at(slot).store(value, Ordering::Release);
    }

    /// Waits until a slot is no longer PENDING; tells what it is, or PENDING after some time.
    pub fn wait(&self, slot: usize) -> Status {
        let start = Instant::now();
        loop {
            let status = self.slot(slot);
            if status != Status::PENDING || start.elapsed() > PATIENCE {
                return status;
            }
            thread::yield_now();
        }
    }
}

impl Drop for Array {
    fn drop(&mut self) {
        // SAFETY: the array owns the mapping.
        unsafe { libc::munmap(self.start.cast(), self.length) };
    }
}
