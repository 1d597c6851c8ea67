// SPDX-License-Identifier: BSD-3-Clause

use std::os::fd::{AsFd, AsRawFd};
use std::sync::atomic::{AtomicU8, Ordering};
use std::{io, ptr};

use knem_abi::status;

use crate::{Device, Error, Result};

/// The status array of a device (contract §8.1): one byte per slot, which the module writes.
///
/// # Invariants
/// `start` is the address of `length` mapped bytes that nobody else unmaps.
#[derive(Debug)]
pub(super) struct Array {
    start: *mut u8,
    length: usize,
}

// SAFETY: The mapping belongs to the process, not to a thread; slots are read as atomic bytes.
unsafe impl Send for Array {}
// SAFETY: As above.
unsafe impl Sync for Array {}

impl Array {
    /// Maps the array, which also starts the kernel thread.
    ///
    /// # Errors
    /// [`Error::Busy`] where the device has had one before; [`Error::NoMemory`].
    pub(super) fn map(device: &Device, length: usize) -> Result<Self> {
        let (protection, flags) = (libc::PROT_READ | libc::PROT_WRITE, libc::MAP_SHARED);
        let descriptor = device.as_fd().as_raw_fd();
        // SAFETY: The kernel chooses an address where nothing is mapped.
        let start = unsafe {
            let offset = knem_abi::STATUS_ARRAY_FILE_OFFSET as libc::off_t;
            libc::mmap(
                ptr::null_mut(),
                length,
                protection,
                flags,
                descriptor,
                offset,
            )
        };
        if start == libc::MAP_FAILED {
            return Err(Error::io(
                "map the status array",
                io::Error::last_os_error(),
            ));
        }
        let start = start.cast();
        Ok(Self { start, length })
    }

    /// Marks a slot as that of a copy which is not over, whatever copy had it before.
    pub(super) fn reset(&self, index: u32) {
        self.at(index).store(status::PENDING, Ordering::Relaxed);
    }

    /// Whether the copy of a slot is over. What the module stored before it can be seen then (§8.3).
    pub(super) fn end(&self, index: u32) -> Option<u8> {
        match self.at(index).load(Ordering::Acquire) {
            status::PENDING => None,
            end => Some(end),
        }
    }

    /// # Panics
    /// Where there is no such slot.
    fn at(&self, index: u32) -> &AtomicU8 {
        let index = index as usize;
        assert!(index < self.length, "slot {index} is one of the array");
        // SAFETY: Inside the mapping, which lives as long as the array; the kernel writes slots as
        // whole bytes.
        unsafe { AtomicU8::from_ptr(self.start.add(index)) }
    }
}

impl Drop for Array {
    fn drop(&mut self) {
        // SAFETY: By the invariants.
        unsafe { libc::munmap(self.start.cast(), self.length) };
    }
}
