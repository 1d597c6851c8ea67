// SPDX-License-Identifier: BSD-3-Clause

//! Events of finished requests, as a context delivers them: `u32` indices in the machine's order.

use std::{mem, ptr};

use std::os::fd::{AsRawFd, FromRawFd, OwnedFd, RawFd};

use crate::device::Device;
use crate::errno::{check, Errno};

/// Reads events; at most so many.
///
/// # Errors
/// What `read` answers.
///
/// # Panics
/// Where the device delivers a part of an event.
pub fn read(device: &Device, count: usize) -> Result<Vec<u32>, Errno> {
    let mut bytes = vec![0; 4 * count];
    let length = device.read(&mut bytes)?;
    assert_eq!(length % 4, 0, "{length} bytes are no whole events");
    bytes.truncate(length);
    Ok(decode(&bytes))
}

/// Events out of bytes.
pub fn decode(bytes: &[u8]) -> Vec<u32> {
    bytes
        .chunks_exact(4)
        .map(|word| u32::from_ne_bytes([word[0], word[1], word[2], word[3]]))
        .collect()
}

/// Everything that is there now, without waiting; the descriptor blocks again afterwards.
///
/// # Errors
/// What `read` answers; nothing there is an empty list.
pub fn drain(device: &Device) -> Result<Vec<u32>, Errno> {
    device.set_nonblocking(true);
    let answer = read(device, 1 << 16);
    device.set_nonblocking(false);
    match answer {
        Err(Errno::EAGAIN) => Ok(Vec::new()),
        answer => answer,
    }
}

/// Which of readable, writable and exceptional `select` finds on a descriptor within some time.
///
/// # Errors
/// What `select` answers.
pub fn select(descriptor: RawFd, milliseconds: i64) -> Result<[bool; 3], Errno> {
    // SAFETY: all-zero is an empty set; the sets are lent mutably for the calls, and the descriptor
    // is far below their size.
    unsafe {
        let mut sets: [libc::fd_set; 3] = mem::zeroed();
        sets.iter_mut()
            .for_each(|set| libc::FD_SET(descriptor, set));
        let mut time = libc::timeval {
            tv_sec: (milliseconds / 1000) as _,
            tv_usec: (milliseconds % 1000 * 1000) as _,
        };
        let [read, write, except] = &mut sets;
        check(libc::select(descriptor + 1, read, write, except, &mut time) as isize)?;
        Ok(sets.map(|set| libc::FD_ISSET(descriptor, ptr::from_ref(&set))))
    }
}

/// An epoll descriptor that watches one other.
pub struct Epoll(OwnedFd);

impl Epoll {
    /// Watches for `events`, EPOLLET included if wanted.
    ///
    /// # Panics
    /// Where the kernel refuses.
    pub fn watch(descriptor: RawFd, events: i32) -> Epoll {
        // SAFETY: no memory is involved.
        let number = unsafe { libc::epoll_create1(0) };
        assert!(number >= 0, "epoll_create1: {:?}", Errno::last());
        // SAFETY: the descriptor was just opened and belongs to nobody else.
        let epoll = unsafe { OwnedFd::from_raw_fd(number) };
        let mut event = libc::epoll_event {
            events: events as u32,
            u64: 0,
        };
        let add = libc::EPOLL_CTL_ADD;
        // SAFETY: the event is lent for the call.
        let answer = unsafe { libc::epoll_ctl(number, add, descriptor, &mut event) };
        assert_eq!(answer, 0, "epoll_ctl: {:?}", Errno::last());
        Epoll(epoll)
    }

    /// The events that come within some time; 0 for none.
    ///
    /// # Errors
    /// What `epoll_wait` answers.
    pub fn wait(&self, milliseconds: i32) -> Result<i32, Errno> {
        let mut event = libc::epoll_event { events: 0, u64: 0 };
        // SAFETY: one event is lent mutably for the call.
        let answer = unsafe { libc::epoll_wait(self.0.as_raw_fd(), &mut event, 1, milliseconds) };
        let count = check(answer as isize)?;
        Ok(if count == 0 { 0 } else { event.events as i32 })
    }
}
