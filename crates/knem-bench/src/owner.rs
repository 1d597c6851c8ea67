// SPDX-License-Identifier: BSD-3-Clause

use std::io;

use knem::{Device, Protection, Region, RegionOptions, Segment};

use crate::buffer::{self, Buffer};
use crate::channel::{Channel, Reply, Request};
use crate::cpu;
use crate::failure::{doing, Failure, Result};
use crate::ring::Ring;

/// The copier's hold on the owner's process.
#[derive(Debug)]
pub struct Owner {
    pid: i32,
    channel: Option<Channel>,
}

impl Owner {
    /// Starts the owner's process. To be called while this process has one thread.
    pub fn start(ring: &Ring, huge: bool, use_device: bool, cpu: Option<usize>) -> Result<Self> {
        let (ours, theirs) = doing("connect two processes", Channel::pair())?;
        // SAFETY: There is one thread, so that the child may go on as it is.
        let pid = unsafe { libc::fork() };
        match pid {
            -1 => doing("start a second process", Err(io::Error::last_os_error())),
            0 => {
                drop(ours);
                // SAFETY: If the copier is killed, so is this process.
                unsafe { libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL) };
                cpu::settle(cpu);
                let status = i32::from(serve(theirs, ring, huge, use_device).is_err());
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
        let channel = self.channel.as_mut().expect("open until dropped");
        let reply = channel.ask(request).and_then(|()| channel.reply());
        match reply {
            Ok(Reply::Failed(text)) => Err(Failure::Peer(text)),
            Ok(reply) => Ok(reply),
            Err(error) => Err(Failure::Peer(format!("it is gone ({error})"))),
        }
    }
}

impl Drop for Owner {
    fn drop(&mut self) {
        // Without the connection the owner ends.
        self.channel = None;
        // SAFETY: It is this process's child, and is waited for once.
        unsafe { libc::waitpid(self.pid, std::ptr::null_mut(), 0) };
    }
}

/// The owner's life: it does what the copier asks until the copier is gone.
fn serve(mut channel: Channel, ring: &Ring, huge: bool, use_device: bool) -> io::Result<()> {
    let mut device = None;
    let mut memory: Option<Memory> = None;
    while let Some(request) = channel.next()? {
        let reply = match (request, &mut memory) {
            (Request::Prepare { bytes }, memory) => {
                *memory = None;
                prepare(bytes, huge, use_device, &mut device, memory)
                    .unwrap_or_else(|failure| Reply::Failed(failure.to_string()))
            }
            (_, None) => Reply::Failed("nothing was prepared".into()),
            (Request::Fill(pattern), Some(memory)) => {
                pattern.fill(&mut memory.buffer);
                Reply::Done
            }
            (Request::Check(pattern), Some(memory)) => match pattern.check(&memory.buffer) {
                Ok(()) => Reply::Done,
                Err(byte) => Reply::Wrong(byte),
            },
            (Request::Send, Some(memory)) => {
                let begun = ring.begun();
                channel.answer(&Reply::Done)?;
                ring.send(begun, &memory.buffer)?;
                continue;
            }
        };
        channel.answer(&reply)?;
    }
    Ok(())
}

/// What others get at.
struct Memory {
    // The fields are dropped in this order: the region ends before its memory.
    region: Option<Region<'static>>,
    buffer: Buffer,
}

fn prepare(
    bytes: usize,
    huge: bool,
    use_device: bool,
    device: &mut Option<Device>,
    memory: &mut Option<Memory>,
) -> Result<Reply> {
    let buffer = doing(
        "have that much memory",
        Buffer::private(bytes, buffer::OWNER, huge),
    )?;
    if use_device && device.is_none() {
        *device = Some(Device::open()?);
    }
    let region = match device {
        // SAFETY: The memory is given back after the region ended, and the copier asks for
        // something else only when its copies are over.
        Some(device) => Some(unsafe {
            device.create_region(
                &[Segment::from(&*buffer)],
                Protection::ReadWrite,
                RegionOptions::default(),
            )
        }?),
        None => None,
    };
    let made = memory.insert(Memory { region, buffer });
    let cookie = made.region.as_ref().map(Region::cookie);
    Ok(Reply::Ready {
        cookie: cookie.map_or(0, u64::from),
        address: made.buffer.address() as u64,
    })
}
