// SPDX-License-Identifier: BSD-3-Clause

use std::io;

use knem::{Cookie, CopyFlags, Device, Protection, Region, RegionOptions, Segment};

use crate::buffer::{self, Buffer};
use crate::channel::{Channel, Reply, Request, Source};
use crate::cpu;
use crate::failure::{doing, Failure, Result};
use crate::method::Method;
use crate::ring::Ring;

/// What a process beside the copier is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// It has the memory that is copied from and to, as a region if the module is used.
    Owner,
    /// It copies from the owner as well.
    Reader,
}

/// What a process beside the copier has to know from its start.
#[derive(Clone, Copy, Debug)]
pub struct Start {
    /// What it is for.
    pub role: Role,
    /// Whether its memory is of huge pages.
    pub huge: bool,
    /// Whether it uses the module.
    pub use_device: bool,
    /// Where it runs.
    pub cpu: Option<usize>,
}

/// The copier's hold on another process.
#[derive(Debug)]
pub struct Peer {
    pid: i32,
    channel: Option<Channel>,
}

impl Peer {
    /// Starts the process. To be called while this one has one thread.
    pub fn start(ring: &Ring, start: Start) -> Result<Self> {
        let (ours, theirs) = doing("connect two processes", Channel::pair())?;
        // SAFETY: There is one thread, so that the child may go on as it is.
        let pid = unsafe { libc::fork() };
        match pid {
            -1 => doing("start another process", Err(io::Error::last_os_error())),
            0 => {
                drop(ours);
                // SAFETY: If the copier is killed, so is this process.
                unsafe { libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL) };
                cpu::settle(start.cpu);
                let status = i32::from(serve(theirs, ring, start).is_err());
                // SAFETY: The child ends here, without undoing what is the parent's.
                unsafe { libc::_exit(status) }
            }
            _ => Ok(Self {
                pid,
                channel: Some(ours),
            }),
        }
    }

    /// The process.
    pub fn pid(&self) -> i32 {
        self.pid
    }

    /// Asks for something and waits until it is done.
    pub fn ask(&mut self, request: Request) -> Result<Reply> {
        self.begin(request)?;
        self.end()
    }

    /// Asks for something.
    pub fn begin(&mut self, request: Request) -> Result<()> {
        self.channel().ask(request).map_err(gone)
    }

    /// Waits until what was asked for is done.
    pub fn end(&mut self) -> Result<Reply> {
        match self.channel().reply() {
            Ok(Reply::Failed(text)) => Err(Failure::Peer(text)),
            reply => reply.map_err(gone),
        }
    }

    fn channel(&mut self) -> &mut Channel {
        self.channel.as_mut().expect("open until dropped")
    }
}

fn gone(error: io::Error) -> Failure {
    Failure::Peer(format!("it is gone ({error})"))
}

impl Drop for Peer {
    fn drop(&mut self) {
        // Without the connection the process ends.
        if let Some(channel) = self.channel.take() {
            channel.close();
        }
        // SAFETY: It is this process's child, and is waited for once.
        unsafe { libc::waitpid(self.pid, std::ptr::null_mut(), 0) };
    }
}

/// A peer's life: it does what the copier asks until the copier is gone.
fn serve(mut channel: Channel, ring: &Ring, start: Start) -> io::Result<()> {
    let mut device = None;
    let mut memory: Option<Memory> = None;
    while let Some(request) = channel.next()? {
        let reply = match (request, &mut memory) {
            (Request::Prepare { bytes, parts }, memory) => {
                *memory = None;
                told(prepare(bytes, parts, start, &mut device, memory))
            }
            (_, None) => Reply::Failed("nothing was prepared".into()),
            (Request::Fill(pattern), Some(memory)) => {
                pattern.fill(memory.first());
                Reply::Done
            }
            (Request::Check { pattern, parts }, Some(memory)) => {
                let mut all = memory.buffer.chunks(memory.bytes).take(parts);
                match all.try_for_each(|part| pattern.check(part)) {
                    Ok(()) => Reply::Done,
                    Err(byte) => Reply::Wrong(byte),
                }
            }
            (Request::Send { times }, Some(memory)) => {
                let begun = ring.begun();
                channel.answer(&Reply::Done)?;
                for time in 0..times as u32 {
                    ring.send(begun.wrapping_add(time), memory.first())?;
                }
                continue;
            }
            (Request::Return { times, cookie }, Some(memory)) => {
                channel.answer(&Reply::Done)?;
                for _ in 0..times {
                    let device = device.as_ref().ok_or_else(lost)?;
                    ring.answer(|| fetch(device, cookie, memory.first()))?;
                }
                continue;
            }
            (
                Request::Copy {
                    method,
                    times,
                    source,
                },
                Some(memory),
            ) => {
                let copy = || copy(method, device.as_ref(), source, memory.first());
                told(std::iter::repeat_with(copy).take(times as usize).collect())
            }
        };
        channel.answer(&reply)?;
    }
    Ok(())
}

fn told(result: Result<Reply>) -> Reply {
    result.unwrap_or_else(|failure| Reply::Failed(failure.to_string()))
}

impl FromIterator<Reply> for Reply {
    /// Many that are done are one that is done.
    fn from_iter<I: IntoIterator<Item = Reply>>(replies: I) -> Self {
        replies.into_iter().last().unwrap_or(Reply::Done)
    }
}

/// The other half of a ping-pong. Bytes that did not come are found when all are checked.
fn fetch(device: &Device, cookie: u64, to: &mut [u8]) -> io::Result<()> {
    let region = Cookie::new(cookie).ok_or_else(lost)?;
    let read = device.read(region, 0, to, CopyFlags::NONE);
    read.map_err(io::Error::other)
}

fn lost() -> io::Error {
    io::Error::other("there is no region to copy from")
}

/// One copy of a reader's, or of a writer's.
fn copy(method: Method, device: Option<&Device>, with: Source, own: &mut [u8]) -> Result<Reply> {
    match (method, device, Cookie::new(with.cookie)) {
        (Method::ProcessVmReadv, ..) => with.process.read(with.offset, own)?,
        (Method::InlineCopy, Some(device), Some(region)) => {
            device.read(region, with.offset, own, CopyFlags::NONE)?;
        }
        (Method::InlineWrite, Some(device), Some(region)) => {
            device.write(region, with.offset, &*own, CopyFlags::NONE)?;
        }
        _ => return Err(Failure::Peer(format!("it cannot do {}", method.name()))),
    }
    Ok(Reply::Done)
}

/// The memory of a peer.
struct Memory {
    // The fields are dropped in this order: the region ends before its memory.
    region: Option<Region<()>>,
    buffer: Buffer,
    /// Of one part.
    bytes: usize,
}

impl Memory {
    /// The part that most is about.
    fn first(&mut self) -> &mut [u8] {
        &mut self.buffer[..self.bytes]
    }
}

fn prepare(
    bytes: usize,
    parts: usize,
    start: Start,
    device: &mut Option<Device>,
    memory: &mut Option<Memory>,
) -> Result<Reply> {
    let skew = match start.role {
        Role::Owner => buffer::OWNER,
        Role::Reader => buffer::COPIER,
    };
    let made = Buffer::private(bytes * parts, skew, start.huge);
    let buffer = doing("have that much memory", made)?;
    if start.use_device && device.is_none() {
        *device = Some(Device::open()?);
    }
    let region = match device {
        // SAFETY: The memory is given back after the region ended, and the copier asks for
        // something else only when its copies are over.
        Some(device) if start.role == Role::Owner => Some(unsafe {
            device.create_region(
                &[Segment::from(&*buffer)],
                Protection::ReadWrite,
                RegionOptions::default(),
                (),
            )
        }?),
        _ => None,
    };
    let made = memory.insert(Memory {
        region,
        buffer,
        bytes,
    });
    let cookie = made.region.as_ref().map(Region::cookie);
    Ok(Reply::Ready {
        cookie: cookie.map_or(0, u64::from),
        address: made.buffer.address() as u64,
    })
}
