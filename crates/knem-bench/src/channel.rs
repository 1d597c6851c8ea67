// SPDX-License-Identifier: BSD-3-Clause

use std::io::{self, Read, Write};
use std::os::unix::net::UnixStream;

use knem::ProcessMemory;

use crate::method::Method;
use crate::pattern::{Mismatch, Pattern};

/// What the copier asks of another process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Request {
    /// Have so many bytes ready, so many times, as a region if the module is used.
    Prepare { bytes: usize, parts: usize },
    /// Fill the first part of the memory.
    Fill(Pattern),
    /// Look at every byte of so many parts of the memory.
    Check { pattern: Pattern, parts: usize },
    /// Send the memory through shared memory so many times, each when the copier gives the sign.
    Send { times: u64 },
    /// Copy from the owner to the memory, or the other way, so many times.
    Copy {
        method: Method,
        times: u64,
        source: Source,
    },
    /// Copy from a region to the memory so many times, each when the copier gives the sign.
    Return { times: u64, cookie: u64 },
}

/// Where the owner's memory is, by both names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Source {
    /// Of its region; 0 where the module is not used.
    pub cookie: u64,
    /// In its process.
    pub process: ProcessMemory,
    /// Bytes from the start of both.
    pub offset: u64,
}

/// A message before what belongs to it: which it is, and its numbers.
type Words = [u64; 7];

/// What the other process answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    /// Done.
    Done,
    /// The memory is ready.
    Ready { cookie: u64, address: u64 },
    /// The first byte that is wrong.
    Wrong(Mismatch),
    /// It could not be done.
    Failed(String),
}

/// One end of the connection between the two.
#[derive(Debug)]
pub struct Channel(UnixStream);

impl Channel {
    /// Both ends.
    pub fn pair() -> io::Result<(Self, Self)> {
        let (one, other) = UnixStream::pair()?;
        Ok((Self(one), Self(other)))
    }

    /// Ends the connection, also where processes that were started later still have it.
    pub fn close(&self) {
        // It fails only where the other end is gone already.
        let _ = self.0.shutdown(std::net::Shutdown::Both);
    }

    /// Sends a request.
    pub fn ask(&mut self, request: Request) -> io::Result<()> {
        self.send(match request {
            Request::Prepare { bytes, parts } => [0, bytes as u64, parts as u64, 0, 0, 0, 0],
            Request::Fill(pattern) => [1, pattern.number(), 0, 0, 0, 0, 0],
            Request::Check { pattern, parts } => [2, pattern.number(), parts as u64, 0, 0, 0, 0],
            Request::Send { times } => [3, times, 0, 0, 0, 0, 0],
            Request::Return { times, cookie } => [5, times, cookie, 0, 0, 0, 0],
            Request::Copy {
                method,
                times,
                source,
            } => {
                let Source {
                    cookie,
                    process: ProcessMemory { pid, address },
                    offset,
                } = source;
                [4, method as u64, times, cookie, pid as u64, address, offset]
            }
        })
    }

    /// Waits for a request; `None` when the copier is gone.
    pub fn next(&mut self) -> io::Result<Option<Request>> {
        let words = match self.receive() {
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
            words => words?,
        };
        Ok(Some(match words {
            [0, bytes, parts, ..] => Request::Prepare {
                bytes: bytes as usize,
                parts: parts as usize,
            },
            [1, number, ..] => Request::Fill(Pattern::from_number(number)),
            [2, number, parts, ..] => Request::Check {
                pattern: Pattern::from_number(number),
                parts: parts as usize,
            },
            [3, times, ..] => Request::Send { times },
            [4, method, times, cookie, pid, address, offset] => Request::Copy {
                method: *Method::ALL
                    .get(method as usize)
                    .ok_or(io::ErrorKind::InvalidData)?,
                times,
                source: Source {
                    cookie,
                    process: ProcessMemory {
                        pid: pid as i32,
                        address,
                    },
                    offset,
                },
            },
            [5, times, cookie, ..] => Request::Return { times, cookie },
            _ => return Err(io::ErrorKind::InvalidData.into()),
        }))
    }

    /// Sends an answer.
    pub fn answer(&mut self, reply: &Reply) -> io::Result<()> {
        match reply {
            Reply::Done => self.send([0; 7]),
            Reply::Ready { cookie, address } => self.send([1, *cookie, *address, 0, 0, 0, 0]),
            Reply::Wrong(byte) => {
                let bytes = (u64::from(byte.expected) << 8) | u64::from(byte.found);
                self.send([2, byte.position as u64, bytes, 0, 0, 0, 0])
            }
            Reply::Failed(text) => {
                self.send([3, text.len() as u64, 0, 0, 0, 0, 0])?;
                self.0.write_all(text.as_bytes())
            }
        }
    }

    /// Waits for the answer.
    pub fn reply(&mut self) -> io::Result<Reply> {
        Ok(match self.receive()? {
            [0, ..] => Reply::Done,
            [1, cookie, address, ..] => Reply::Ready { cookie, address },
            [2, position, bytes, ..] => Reply::Wrong(Mismatch {
                position: position as usize,
                expected: (bytes >> 8) as u8,
                found: bytes as u8,
            }),
            [3, length, ..] => {
                let mut text = String::new();
                (&self.0).take(length).read_to_string(&mut text)?;
                Reply::Failed(text)
            }
            _ => return Err(io::ErrorKind::InvalidData.into()),
        })
    }

    fn send(&mut self, words: Words) -> io::Result<()> {
        let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_ne_bytes()).collect();
        self.0.write_all(&bytes)
    }

    fn receive(&mut self) -> io::Result<Words> {
        let mut words = [0; 7];
        for word in &mut words {
            let mut bytes = [0; 8];
            self.0.read_exact(&mut bytes)?;
            *word = u64::from_ne_bytes(bytes);
        }
        Ok(words)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passes_everything_on() {
        let (mut copier, mut owner) = Channel::pair().unwrap();
        let pattern = Pattern::new(3, 4);
        for request in [
            Request::Prepare {
                bytes: 1 << 33,
                parts: 3,
            },
            Request::Fill(pattern),
            Request::Check { pattern, parts: 2 },
            Request::Send { times: 7 },
            Request::Return {
                times: 8,
                cookie: 1 << 63,
            },
            Request::Copy {
                method: Method::InlineCopy,
                times: 9,
                source: Source {
                    cookie: u64::MAX,
                    process: ProcessMemory {
                        pid: 77,
                        address: 1 << 47,
                    },
                    offset: 1 << 34,
                },
            },
        ] {
            copier.ask(request).unwrap();
            assert_eq!(owner.next().unwrap(), Some(request));
        }
        let byte = Mismatch {
            position: 5,
            expected: 0xfe,
            found: 0x81,
        };
        for reply in [
            Reply::Done,
            Reply::Ready {
                cookie: u64::MAX,
                address: 4096,
            },
            Reply::Wrong(byte),
            Reply::Failed("no mémoire".into()),
        ] {
            owner.answer(&reply).unwrap();
            assert_eq!(copier.reply().unwrap(), reply);
        }
        drop(copier);
        assert_eq!(owner.next().unwrap(), None);
    }
}
