// SPDX-License-Identifier: BSD-3-Clause

use std::io;
use std::os::fd::{AsRawFd, BorrowedFd};

/// Issues one request on the device.
///
/// # Safety
/// `T` must be the structure of `request`, and every address in it must be valid for what the
/// module does with it.
///
/// # Errors
/// The errno of the request.
pub(crate) unsafe fn issue<T>(
    device: BorrowedFd<'_>,
    request: u32,
    argument: &mut T,
) -> io::Result<()> {
    let argument: *mut T = argument;
    // SAFETY: The descriptor is open, and the argument is writable for as many bytes as the
    // request value says; the caller answers for what its fields point to.
    let result = unsafe { libc::ioctl(device.as_raw_fd(), request as _, argument) };
    if result < 0 {
        return Err(io::Error::last_os_error());
    }
    Ok(())
}
