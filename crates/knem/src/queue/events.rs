// SPDX-License-Identifier: BSD-3-Clause

//! The ends of copies, as the descriptor tells them (contract §9).

use std::io;
use std::os::fd::{AsRawFd, BorrowedFd};
use std::time::Duration;

use crate::{Error, Result};

/// Events that are read at once.
const BATCH: usize = 64;

/// Makes reading end where there is nothing.
pub(super) fn do_not_block(device: BorrowedFd<'_>) -> Result<()> {
    let number = device.as_raw_fd();
    // SAFETY: No memory is involved.
    let answer = unsafe {
        let flags = libc::fcntl(number, libc::F_GETFL);
        libc::fcntl(number, libc::F_SETFL, flags | libc::O_NONBLOCK)
    };
    match answer {
        0 => Ok(()),
        _ => Err(Error::io("set up the device", io::Error::last_os_error())),
    }
}

/// The slots of some copies that are over; none where there are none.
pub(super) fn read(device: BorrowedFd<'_>) -> Result<Vec<u32>> {
    let mut events = vec![0u32; BATCH];
    let bytes = size_of_val(&events[..]);
    let length = loop {
        // SAFETY: The events are borrowed for writing, and any bits are numbers.
        let answer = unsafe { libc::read(device.as_raw_fd(), events.as_mut_ptr().cast(), bytes) };
        match answer {
            0.. => break answer as usize,
            _ => match io::Error::last_os_error() {
                error if error.kind() == io::ErrorKind::WouldBlock => break 0,
                // Whoever watches the descriptor takes an empty answer for the last.
                error if error.kind() == io::ErrorKind::Interrupted => {}
                error => return Err(Error::io("read which copies are over", error)),
            },
        }
    };
    events.truncate(length / size_of::<u32>());
    Ok(events)
}

/// Waits until there is an event, a signal came, or the time is up.
pub(super) fn wait(device: BorrowedFd<'_>, limit: Duration) -> Result<()> {
    let mut entry = libc::pollfd {
        fd: device.as_raw_fd(),
        events: libc::POLLIN,
        revents: 0,
    };
    let milliseconds = limit.as_millis().try_into().unwrap_or(i32::MAX);
    // SAFETY: One entry is borrowed for writing.
    let answer = unsafe { libc::poll(&mut entry, 1, milliseconds) };
    match answer {
        0.. => Ok(()),
        _ => match io::Error::last_os_error() {
            error if error.kind() == io::ErrorKind::Interrupted => Ok(()),
            error => Err(Error::io("wait for copies", error)),
        },
    }
}
