// SPDX-License-Identifier: BSD-3-Clause

//! The device as a program sees it: one descriptor and the calls on it, nothing hidden.

use std::os::fd::{AsRawFd, FromRawFd, OwnedFd, RawFd};
use std::ptr;

use crate::errno::{check, Errno};

/// An open descriptor of the device.
pub struct Device {
    descriptor: OwnedFd,
}

impl From<OwnedFd> for Device {
    fn from(descriptor: OwnedFd) -> Device {
        Device { descriptor }
    }
}

impl Device {
    /// Opens the device as clients do, for reading and writing.
    ///
    /// # Panics
    /// Where the device cannot be opened.
    pub fn open() -> Device {
        Device::open_with(libc::O_RDWR).expect("the device opens for reading and writing")
    }

    /// Opens the device with exactly these flags; close-on-exec is not added.
    ///
    /// # Errors
    /// What `open` answers.
    pub fn open_with(flags: i32) -> Result<Device, Errno> {
        let path = std::ffi::CString::new(knem_abi::DEVICE_PATH).expect("the path has no NUL");
        // SAFETY: the path is a C string that outlives the call.
        let descriptor = check(unsafe { libc::open(path.as_ptr(), flags) } as isize)?;
        // SAFETY: the descriptor was just opened and belongs to nobody else.
        let descriptor = unsafe { OwnedFd::from_raw_fd(descriptor as RawFd) };
        Ok(Device { descriptor })
    }

    /// Whether there is a device that this process may use.
    ///
    /// # Errors
    /// What is wrong and what to do.
    pub fn probe() -> Result<(), String> {
        let refused = |error| {
            format!(
                "{} cannot be opened for reading and writing ({error:?}): load the module and \
                 give the device mode 0666",
                knem_abi::DEVICE_PATH
            )
        };
        Device::open_with(libc::O_RDWR).map(drop).map_err(refused)
    }

    /// The number of the descriptor.
    pub fn number(&self) -> RawFd {
        self.descriptor.as_raw_fd()
    }

    /// A second descriptor of the same open file.
    ///
    /// # Panics
    /// Where the process has no descriptor left.
    pub fn duplicate(&self) -> Device {
        let descriptor = self.descriptor.try_clone().expect("a descriptor is free");
        Device { descriptor }
    }

    /// Gives a request with its parameter block.
    ///
    /// # Errors
    /// What the device answers.
    pub fn call<T>(&self, request: u32, block: &mut T) -> Result<(), Errno> {
        self.call_at(request, ptr::from_mut(block) as u64)
    }

    /// Gives a request with the address of its parameter block, which may be anything.
    ///
    /// # Errors
    /// What the device answers.
    ///
    /// # Panics
    /// Where the device answers anything but 0 on success.
    pub fn call_at(&self, request: u32, address: u64) -> Result<(), Errno> {
        // SAFETY: the kernel checks the address; memory that requests write to is either a block
        // that the caller lends mutably, or mapped memory that Rust knows only by address.
        let answer = unsafe { libc::ioctl(self.number(), request as _, address as libc::c_ulong) };
        let value = check(answer as isize)?;
        assert_eq!(
            value, 0,
            "request {request:#x} answered {value} for success"
        );
        Ok(())
    }

    /// Reads from the current position.
    ///
    /// # Errors
    /// What `read` answers.
    pub fn read(&self, buffer: &mut [u8]) -> Result<usize, Errno> {
        self.read_at(buffer.as_mut_ptr() as u64, buffer.len())
    }

    /// Reads `count` bytes to an address, which may be anything.
    ///
    /// # Errors
    /// What `read` answers.
    pub fn read_at(&self, address: u64, count: usize) -> Result<usize, Errno> {
        // SAFETY: the kernel checks the address; see `call_at`.
        check(unsafe { libc::read(self.number(), address as *mut _, count) })
    }

    /// Reads from a position of its own, in bytes.
    ///
    /// # Errors
    /// What `pread` answers.
    pub fn read_from(&self, position: i64, buffer: &mut [u8]) -> Result<usize, Errno> {
        // SAFETY: the buffer is lent mutably for the call.
        check(unsafe {
            libc::pread64(
                self.number(),
                buffer.as_mut_ptr().cast(),
                buffer.len(),
                position,
            )
        })
    }

    /// Writes bytes.
    ///
    /// # Errors
    /// What `write` answers.
    pub fn write(&self, bytes: &[u8]) -> Result<usize, Errno> {
        self.write_at(bytes.as_ptr() as u64, bytes.len())
    }

    /// Writes `count` bytes from an address, which may be anything.
    ///
    /// # Errors
    /// What `write` answers.
    pub fn write_at(&self, address: u64, count: usize) -> Result<usize, Errno> {
        // SAFETY: the kernel checks the address and only reads from it.
        check(unsafe { libc::write(self.number(), address as *const _, count) })
    }

    /// Moves the position.
    ///
    /// # Errors
    /// What `lseek` answers.
    pub fn seek(&self, offset: i64, whence: i32) -> Result<usize, Errno> {
        // SAFETY: no memory is involved.
        check(unsafe { libc::lseek64(self.number(), offset, whence) } as isize)
    }

    /// Asks at once which of `events` are there; 0 means none.
    ///
    /// # Errors
    /// What `poll` answers.
    pub fn poll(&self, events: i16) -> Result<i16, Errno> {
        self.poll_within(events, 0)
    }

    /// Waits for one of `events`, so many milliseconds at most; 0 means that none came.
    ///
    /// # Errors
    /// What `poll` answers.
    pub fn poll_within(&self, events: i16, milliseconds: i32) -> Result<i16, Errno> {
        let mut entry = libc::pollfd {
            fd: self.number(),
            events,
            revents: 0,
        };
        // SAFETY: one entry is lent mutably for the call.
        check(unsafe { libc::poll(&mut entry, 1, milliseconds) } as isize)?;
        Ok(entry.revents)
    }

    /// Turns O_NONBLOCK on or off.
    ///
    /// # Panics
    /// Where the kernel refuses.
    pub fn set_nonblocking(&self, nonblocking: bool) {
        // SAFETY: no memory is involved.
        let flags = unsafe { libc::fcntl(self.number(), libc::F_GETFL) };
        let flags = if nonblocking {
            flags | libc::O_NONBLOCK
        } else {
            flags & !libc::O_NONBLOCK
        };
        // SAFETY: no memory is involved.
        let answer = unsafe { libc::fcntl(self.number(), libc::F_SETFL, flags) };
        assert_eq!(answer, 0, "F_SETFL: {:?}", Errno::last());
    }
}
