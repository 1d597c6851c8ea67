// SPDX-License-Identifier: BSD-3-Clause

//! A process that makes system calls for the driver. It knows nothing: all memory that the calls use
//! was mapped before it was forked, and lies where the driver sees it too.

use std::io::{Read, Write};
use std::os::fd::{FromRawFd, IntoRawFd, OwnedFd, RawFd};
use std::os::unix::net::UnixStream;

use super::cpu;
use crate::device::Device;
use crate::errno::{check, Errno};
use crate::rights;

/// Words of a command.
pub const WORDS: usize = 5;

/// A system call, with numbers for everything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command {
    /// `open` with flags.
    Open(i32),
    /// `close`.
    Close(RawFd),
    /// `dup`.
    Duplicate(RawFd),
    /// Sends a descriptor over the connection, after the answer.
    Send(RawFd),
    /// Takes a descriptor that was sent right behind the command.
    Receive,
    /// `ioctl`: descriptor, request, address.
    Ask(RawFd, u32, u64),
    /// `ioctl` up to so many times; answers how often it worked.
    Flood(RawFd, u32, u64, u32),
    /// `mmap`: descriptor, bytes, place in the file, whether on any CPU; answers the address.
    Map(RawFd, usize, u64, bool),
    /// `munmap`.
    Unmap(u64, usize),
    /// `read`: descriptor, address, bytes, whether to wait.
    Read(RawFd, u64, usize, bool),
    /// `pread` from the start: descriptor, address, bytes.
    Text(RawFd, u64, usize),
    /// `write` of one byte.
    Write(RawFd),
    /// `poll`.
    Poll(RawFd),
    /// Copies bytes: from, to, how many.
    Peek(u64, u64, usize),
    /// Writes a byte.
    Poke(u64, u8),
}

impl Command {
    /// As words.
    pub fn pack(self) -> [u64; WORDS] {
        let fd = |fd: RawFd| fd as u64;
        match self {
            Command::Open(flags) => [0, flags as u64, 0, 0, 0],
            Command::Close(file) => [1, fd(file), 0, 0, 0],
            Command::Duplicate(file) => [2, fd(file), 0, 0, 0],
            Command::Send(file) => [3, fd(file), 0, 0, 0],
            Command::Receive => [4, 0, 0, 0, 0],
            Command::Ask(file, request, address) => [5, fd(file), request.into(), address, 0],
            Command::Flood(file, request, address, times) => {
                [6, fd(file), request.into(), address, times.into()]
            }
            Command::Map(file, length, offset, anywhere) => {
                [7, fd(file), length as u64, offset, anywhere.into()]
            }
            Command::Unmap(address, length) => [8, address, length as u64, 0, 0],
            Command::Read(file, address, count, wait) => {
                [9, fd(file), address, count as u64, wait.into()]
            }
            Command::Text(file, address, count) => [14, fd(file), address, count as u64, 0],
            Command::Write(file) => [10, fd(file), 0, 0, 0],
            Command::Poll(file) => [11, fd(file), 0, 0, 0],
            Command::Peek(from, to, count) => [12, from, to, count as u64, 0],
            Command::Poke(at, value) => [13, at, value.into(), 0, 0],
        }
    }

    /// Back from words.
    ///
    /// # Panics
    /// Where no command is packed so.
    pub fn unpack([kind, a, b, c, d]: [u64; WORDS]) -> Command {
        let file = a as RawFd;
        match kind {
            0 => Command::Open(a as i32),
            1 => Command::Close(file),
            2 => Command::Duplicate(file),
            3 => Command::Send(file),
            4 => Command::Receive,
            5 => Command::Ask(file, b as u32, c),
            6 => Command::Flood(file, b as u32, c, d as u32),
            7 => Command::Map(file, b as usize, c, d != 0),
            8 => Command::Unmap(a, b as usize),
            9 => Command::Read(file, b, c as usize, d != 0),
            10 => Command::Write(file),
            11 => Command::Poll(file),
            12 => Command::Peek(a, b, c as usize),
            13 => Command::Poke(a, b as u8),
            14 => Command::Text(file, b, c as usize),
            _ => panic!("command {kind} does not exist"),
        }
    }
}

/// What an actor answers: a value, and the error that ended the call, if one did.
pub type Reply = (u64, Option<Errno>);

/// Sends words.
///
/// # Errors
/// What `write` answers.
pub fn send<const N: usize>(mut stream: &UnixStream, words: [u64; N]) -> std::io::Result<()> {
    stream.write_all(words.map(u64::to_ne_bytes).as_flattened())
}

/// Receives words.
///
/// # Errors
/// What `read` answers.
pub fn receive<const N: usize>(mut stream: &UnixStream) -> std::io::Result<[u64; N]> {
    let mut bytes = [[0; 8]; N];
    stream.read_exact(bytes.as_flattened_mut())?;
    Ok(bytes.map(u64::from_ne_bytes))
}

/// Serves commands until the driver is gone.
pub fn serve(stream: &UnixStream) {
    while let Ok(words) = receive(stream) {
        let command = Command::unpack(words);
        let (value, error) = match command {
            Command::Flood(file, request, address, times) => flood(file, request, address, times),
            _ => match execute(stream, command) {
                Ok(value) => (value, None),
                Err(error) => (0, Some(error)),
            },
        };
        let error = error.map_or(0, |error| error.0 as u64);
        if send(stream, [value, error]).is_err() {
            return;
        }
        if let Command::Send(file) = command {
            rights::send(stream, file).expect("the descriptor can be sent");
        }
    }
}

/// Lends a descriptor that the driver keeps track of.
fn with<T>(file: RawFd, act: impl FnOnce(&Device) -> T) -> T {
    // SAFETY: the driver only names descriptors that it had opened and not closed; this one is given
    // back below and not closed here.
    let device = Device::from(unsafe { OwnedFd::from_raw_fd(file) });
    let answer = act(&device);
    std::mem::forget(device);
    answer
}

fn execute(stream: &UnixStream, command: Command) -> Result<u64, Errno> {
    let number = |device: Device| {
        let number = device.number();
        std::mem::forget(device);
        number as u64
    };
    match command {
        Command::Open(flags) => Device::open_with(flags).map(number),
        // SAFETY: as in `with`; the driver does not name this descriptor again.
        Command::Close(file) => call(unsafe { libc::close(file) } as isize),
        Command::Duplicate(file) => Ok(with(file, |device| number(device.duplicate()))),
        Command::Send(_) => Ok(0),
        Command::Receive => rights::receive(stream).map(|file| file.into_raw_fd() as u64),
        Command::Ask(file, request, address) => {
            with(file, |device| device.call_at(request, address)).map(|()| 0)
        }
        Command::Flood(..) => unreachable!("it is served by itself"),
        Command::Map(file, length, offset, false) => map(file, length, offset),
        Command::Map(file, length, offset, true) => cpu::anywhere(|| map(file, length, offset)),
        Command::Unmap(address, length) => {
            // SAFETY: the driver names a mapping that it had made, and does not use it again.
            call(unsafe { libc::munmap(address as *mut _, length) } as isize)
        }
        Command::Read(file, address, count, wait) => read(file, address, count, wait),
        Command::Text(file, address, count) => {
            // SAFETY: the driver names as many bytes of a desk; the kernel checks the address.
            call(unsafe { libc::pread(file, address as *mut _, count, 0) })
        }
        Command::Write(file) => with(file, |device| device.write(b"1")).map(|count| count as u64),
        Command::Poll(file) => {
            let wanted = libc::POLLIN | libc::POLLRDNORM | libc::POLLOUT;
            with(file, |device| device.poll(wanted)).map(|shown| shown as u64)
        }
        Command::Peek(from, to, count) => {
            for at in (0..count as u64).step_by(8) {
                // SAFETY: the driver names a mapped status array and a desk of whole words.
                unsafe {
                    let word = ((from + at) as *const u64).read_volatile();
                    ((to + at) as *mut u64).write_volatile(word);
                }
            }
            Ok(0)
        }
        Command::Poke(at, value) => {
            // SAFETY: the driver names a byte of a mapped status array.
            unsafe { (at as *mut u8).write_volatile(value) };
            Ok(0)
        }
    }
}

fn call(answer: isize) -> Result<u64, Errno> {
    check(answer).map(|value| value as u64)
}

fn flood(file: RawFd, request: u32, address: u64, times: u32) -> Reply {
    for done in 0..times {
        if let Err(error) = with(file, |device| device.call_at(request, address)) {
            return (done.into(), Some(error));
        }
    }
    (times.into(), None)
}

fn map(file: RawFd, length: usize, offset: u64) -> Result<u64, Errno> {
    // SAFETY: the kernel chooses an address where nothing is mapped.
    let address = unsafe {
        libc::mmap(
            std::ptr::null_mut(),
            length,
            libc::PROT_READ | libc::PROT_WRITE,
            libc::MAP_SHARED,
            file,
            offset as libc::off_t,
        )
    };
    if address == libc::MAP_FAILED {
        return Err(Errno::last());
    }
    Ok(address as u64)
}

/// Whether a read waits is a property of the open file that is looked at anew in each call.
fn read(file: RawFd, address: u64, count: usize, wait: bool) -> Result<u64, Errno> {
    with(file, |device| {
        let number = device.number();
        let wanted = if wait { 0 } else { libc::O_NONBLOCK };
        // SAFETY: no memory is involved.
        call(unsafe { libc::fcntl(number, libc::F_SETFL, wanted) } as isize)?;
        device.read_at(address, count).map(|count| count as u64)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_come_back_as_they_went() {
        for command in [
            Command::Open(libc::O_RDWR),
            Command::Close(3),
            Command::Duplicate(4),
            Command::Send(5),
            Command::Receive,
            Command::Ask(6, 0xc020_4b21, u64::MAX),
            Command::Flood(7, 1, 2, 3),
            Command::Map(8, 4096, 4096, true),
            Command::Unmap(9, 10),
            Command::Read(11, 12, 13, true),
            Command::Write(14),
            Command::Poll(15),
            Command::Peek(16, 17, 18),
            Command::Poke(19, 20),
            Command::Text(21, 22, 23),
        ] {
            assert_eq!(Command::unpack(command.pack()), command);
        }
    }

    #[test]
    fn an_actor_serves_until_the_driver_is_gone() {
        let (here, there) = UnixStream::pair().unwrap();
        let actor = std::thread::spawn(move || serve(&there));
        let value = Box::new(0_u64);
        let address = std::ptr::from_ref(&*value) as u64;
        send(&here, Command::Poke(address, 7).pack()).unwrap();
        assert_eq!(receive(&here).unwrap(), [0, 0]);
        // SAFETY: the number is alive; the actor wrote to it before it answered.
        let bytes = unsafe { (address as *const u64).read_volatile() }.to_ne_bytes();
        assert_eq!(bytes[0], 7);
        send(&here, Command::Open(-1).pack()).unwrap();
        let [_, error] = receive(&here).unwrap();
        assert_ne!(error, 0, "what fails is told");
        drop(here);
        actor.join().expect("it ends by itself");
    }
}
