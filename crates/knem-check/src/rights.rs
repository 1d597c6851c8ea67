// SPDX-License-Identifier: BSD-3-Clause

//! Descriptors sent from process to process over a socket (SCM_RIGHTS).

use std::os::fd::{AsRawFd, FromRawFd, OwnedFd, RawFd};
use std::os::unix::net::UnixStream;
use std::{mem, ptr};

use crate::errno::{check, Errno};

/// Room for the control message of one descriptor, aligned as the kernel wants it.
type Control = [u64; 8];

/// Sends a descriptor; the receiver gets the same open file.
///
/// # Errors
/// What `sendmsg` answers.
pub fn send(socket: &UnixStream, descriptor: RawFd) -> Result<(), Errno> {
    let mut byte = [0_u8];
    let mut control: Control = [0; 8];
    let mut part = vector(&mut byte);
    let mut message = header(&mut part, &mut control);
    message.msg_controllen = space() as _;
    // SAFETY: the header describes `control`, which has room for one message of one descriptor.
    unsafe {
        let first = libc::CMSG_FIRSTHDR(&message);
        (*first).cmsg_level = libc::SOL_SOCKET;
        (*first).cmsg_type = libc::SCM_RIGHTS;
        (*first).cmsg_len = libc::CMSG_LEN(mem::size_of::<RawFd>() as u32) as _;
        ptr::write_unaligned(libc::CMSG_DATA(first).cast(), descriptor);
    }
    // SAFETY: everything that the header points to outlives the call.
    check(unsafe { libc::sendmsg(socket.as_raw_fd(), &message, 0) }).map(drop)
}

/// Receives a descriptor.
///
/// # Errors
/// What `recvmsg` answers; EBADF where the message carried no descriptor.
pub fn receive(socket: &UnixStream) -> Result<OwnedFd, Errno> {
    let mut byte = [0_u8];
    let mut control: Control = [0; 8];
    let mut part = vector(&mut byte);
    let mut message = header(&mut part, &mut control);
    // SAFETY: everything that the header points to is lent mutably and outlives the call.
    check(unsafe { libc::recvmsg(socket.as_raw_fd(), &mut message, 0) })?;
    // SAFETY: the kernel filled `control` as the header says; a descriptor that arrived belongs to
    // this process alone.
    unsafe {
        let first = libc::CMSG_FIRSTHDR(&message);
        if first.is_null() || (*first).cmsg_type != libc::SCM_RIGHTS {
            return Err(Errno::EBADF);
        }
        let descriptor: RawFd = ptr::read_unaligned(libc::CMSG_DATA(first).cast());
        Ok(OwnedFd::from_raw_fd(descriptor))
    }
}

fn space() -> u32 {
    // SAFETY: pure arithmetic.
    unsafe { libc::CMSG_SPACE(mem::size_of::<RawFd>() as u32) }
}

fn vector(byte: &mut [u8; 1]) -> libc::iovec {
    libc::iovec {
        iov_base: byte.as_mut_ptr().cast(),
        iov_len: 1,
    }
}

fn header(part: &mut libc::iovec, control: &mut Control) -> libc::msghdr {
    // SAFETY: all-zero is a valid header: no name, no parts, no control data.
    let mut message: libc::msghdr = unsafe { mem::zeroed() };
    message.msg_iov = part;
    message.msg_iovlen = 1;
    message.msg_control = control.as_mut_ptr().cast();
    message.msg_controllen = mem::size_of::<Control>() as _;
    message
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Read, Write};

    #[test]
    fn the_same_open_file_arrives() {
        let (here, there) = UnixStream::pair().unwrap();
        let (mut reader, writer) = UnixStream::pair().unwrap();
        send(&here, writer.as_raw_fd()).unwrap();
        drop(writer);
        let mut arrived = UnixStream::from(receive(&there).unwrap());
        arrived.write_all(b"hello").unwrap();
        drop(arrived);
        let mut text = String::new();
        reader.read_to_string(&mut text).unwrap();
        assert_eq!(text, "hello");
    }
}
