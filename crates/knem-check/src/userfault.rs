// SPDX-License-Identifier: BSD-3-Clause

//! Memory whose first touch waits until the program allows it (userfaultfd): a way to stop the
//! kernel in the middle of a copy.

use std::os::fd::{AsRawFd, FromRawFd, OwnedFd, RawFd};

use crate::errno::{check, Errno};
use crate::memory::{Buffer, PAGE};

/// `struct uffdio_api` of linux/userfaultfd.h.
#[repr(C)]
struct Api {
    api: u64,
    features: u64,
    ioctls: u64,
}

/// `struct uffdio_register`.
#[repr(C)]
struct Register {
    start: u64,
    len: u64,
    mode: u64,
    ioctls: u64,
}

/// `struct uffdio_copy`.
#[repr(C)]
struct Fill {
    dst: u64,
    src: u64,
    len: u64,
    mode: u64,
    copied: i64,
}

/// Bytes of `struct uffd_msg`.
const MESSAGE: usize = 32;
const UFFD_API: u64 = 0xaa;
const MODE_MISSING: u64 = 1;

/// The value of a read-and-write request of userfaultfd.
const fn request<T>(number: u32) -> u32 {
    (3 << 30) | ((std::mem::size_of::<T>() as u32) << 16) | (0xaa << 8) | number
}

/// Untouched memory under the program's control.
pub struct Parked {
    descriptor: OwnedFd,
    memory: Buffer,
}

impl Parked {
    /// Takes control of untouched memory.
    ///
    /// # Errors
    /// What the kernel answers: not every kernel or user may do this.
    pub fn new(length: usize) -> Result<Parked, Errno> {
        // SAFETY: no memory is involved.
        let descriptor = check(unsafe { libc::syscall(libc::SYS_userfaultfd, 0) } as isize)?;
        // SAFETY: the descriptor was just opened and belongs to nobody else.
        let descriptor = unsafe { OwnedFd::from_raw_fd(descriptor as RawFd) };
        let memory = Buffer::new(length);
        let parked = Parked { descriptor, memory };
        parked.call(
            request::<Api>(0x3f),
            &mut Api {
                api: UFFD_API,
                features: 0,
                ioctls: 0,
            },
        )?;
        parked.call(
            request::<Register>(0x00),
            &mut Register {
                start: parked.memory.address(),
                len: length.next_multiple_of(PAGE) as u64,
                mode: MODE_MISSING,
                ioctls: 0,
            },
        )?;
        Ok(parked)
    }

    /// The memory; touching it waits for [`Parked::release`].
    pub fn memory(&self) -> &Buffer {
        &self.memory
    }

    /// Waits until somebody touched the memory; tells whether that happened within some seconds.
    pub fn wait_for_touch(&self, seconds: i32) -> bool {
        let mut entry = libc::pollfd {
            fd: self.descriptor.as_raw_fd(),
            events: libc::POLLIN,
            revents: 0,
        };
        // SAFETY: one entry is lent mutably for the call.
        if unsafe { libc::poll(&mut entry, 1, seconds * 1000) } != 1 {
            return false;
        }
        let mut message = [0_u64; MESSAGE / 8];
        // SAFETY: the message is lent mutably and as long as said.
        let count = unsafe {
            libc::read(
                self.descriptor.as_raw_fd(),
                message.as_mut_ptr().cast(),
                MESSAGE,
            )
        };
        count == MESSAGE as isize
    }

    /// Fills all of the memory with the content of `source` and lets everybody go on.
    ///
    /// # Errors
    /// What the kernel answers.
    pub fn release(&self, source: &Buffer) -> Result<(), Errno> {
        self.call(
            request::<Fill>(0x03),
            &mut Fill {
                dst: self.memory.address(),
                src: source.address(),
                len: self.memory.len().next_multiple_of(PAGE) as u64,
                mode: 0,
                copied: 0,
            },
        )
    }

    fn call<T>(&self, request: u32, block: &mut T) -> Result<(), Errno> {
        let block: *mut T = block;
        // SAFETY: the block is of the type that the request's size says.
        check(unsafe { libc::ioctl(self.descriptor.as_raw_fd(), request as _, block) } as isize)
            .map(drop)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_have_the_values_of_the_kernel_header() {
        assert_eq!(request::<Api>(0x3f), 0xc018_aa3f);
        assert_eq!(request::<Register>(0x00), 0xc020_aa00);
        assert_eq!(request::<Fill>(0x03), 0xc028_aa03);
    }
}
