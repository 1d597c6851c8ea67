// SPDX-License-Identifier: BSD-3-Clause

//! Files that are memory.

use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};

use crate::errno::Errno;

/// A file of so many bytes that lies in memory and has no name.
///
/// # Panics
/// Where the kernel refuses.
pub fn in_memory(length: usize) -> OwnedFd {
    // SAFETY: the name is a C string; the descriptor that comes back belongs to nobody else.
    let file = unsafe {
        let descriptor = libc::memfd_create(c"knem-check".as_ptr(), 0);
        assert!(descriptor >= 0, "memfd_create: {:?}", Errno::last());
        OwnedFd::from_raw_fd(descriptor)
    };
    resize(&file, length);
    file
}

/// Makes a file as long as this.
///
/// # Panics
/// Where the kernel refuses.
pub fn resize(file: &impl AsRawFd, length: usize) {
    // SAFETY: the descriptor is open for as long as the call lasts.
    let answer = unsafe { libc::ftruncate64(file.as_raw_fd(), length as i64) };
    assert_eq!(answer, 0, "ftruncate: {:?}", Errno::last());
}
