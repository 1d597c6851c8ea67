// SPDX-License-Identifier: BSD-3-Clause

//! The target that counts: processes of their own that call the device.

use std::collections::HashMap;
use std::os::fd::{AsRawFd, RawFd};
use std::thread::sleep;
use std::time::{Duration, Instant};

use knem_abi::{request, Statistics};

use super::actor::{self, Command, Reply};
use super::arena::{initial, ACTORS};
use super::call::{Answer, Call, FileId, Handle, Mode};
use super::cpu;
use super::desk::{Desk, READING};
use super::target::Target;
use super::world::USERS;
use crate::device::Device;
use crate::errno::Errno;
use crate::memory::PAGE;
use crate::process::Peer;
use crate::{pattern, rights, statistics, user};

/// How long an actor may take to answer, before it counts as stuck.
const PATIENCE: Duration = Duration::from_secs(8);
/// How long memory may stay pinned after everything was closed, before one goes on all the same.
const REST: Duration = Duration::from_secs(1);

/// A process.
struct Actor {
    peer: Peer,
    desk: Desk,
}

/// Where a status array is mapped.
#[derive(Clone, Copy)]
struct Mapping {
    actor: usize,
    address: u64,
    length: usize,
}

/// All actors.
pub struct Actors {
    actors: Vec<Actor>,
    /// Who has which descriptor of which file.
    descriptors: HashMap<Handle, (usize, RawFd, FileId)>,
    mappings: HashMap<FileId, Mapping>,
    files: usize,
    view: Device,
    /// The gauges when nothing was open.
    rest: Statistics,
    /// Whether an actor does not answer any more.
    stuck: bool,
}

impl Actors {
    /// Starts them.
    ///
    /// # Errors
    /// What cannot be had.
    pub fn start() -> Result<Actors, String> {
        cpu::stay();
        let actors: Result<Vec<_>, _> = (0..ACTORS).map(start).collect();
        let view = Device::open_with(libc::O_RDONLY);
        let view = view.map_err(|error| format!("opening the statistics: {error:?}"))?;
        Ok(Actors {
            rest: statistics_of(&view)?,
            actors: actors.map_err(|error| format!("memory for actors: {error:?}"))?,
            descriptors: HashMap::new(),
            mappings: HashMap::new(),
            files: 0,
            view,
            stuck: false,
        })
    }

    /// Ends them; each must end well.
    ///
    /// # Panics
    /// Where one does not.
    pub fn join(self) {
        for actor in self.actors {
            let ended = actor.peer.stream().shutdown(std::net::Shutdown::Both);
            ended.expect("the actor is there");
            actor.peer.join();
        }
    }

    /// Waits until nothing is left of what was closed: after a failure there may be something.
    fn rest(&self) -> Result<(), String> {
        let start = Instant::now();
        let gauges = |all: Statistics| (all.contexts, all.regions, all.queued, all.pinned_bytes);
        while gauges(statistics_of(&self.view)?) != gauges(self.rest) && start.elapsed() < REST {
            sleep(Duration::from_millis(1));
        }
        Ok(())
    }

    /// Has an actor make a system call.
    pub(super) fn command(&mut self, actor: usize, command: Command) -> Result<Reply, String> {
        let stream = self.actors[actor].peer.stream();
        let answer = actor::send(stream, command.pack()).and_then(|()| actor::receive(stream));
        match answer {
            Ok([value, 0]) => Ok((value, None)),
            Ok([value, error]) => Ok((value, Some(Errno(error as i32)))),
            Err(error) => {
                self.stuck = true;
                Err(format!("actor {actor} does not answer: {error}"))
            }
        }
    }

    pub(super) fn call(
        &mut self,
        actor: usize,
        command: Command,
    ) -> Result<Result<u64, Errno>, String> {
        let (value, error) = self.command(actor, command)?;
        Ok(error.map_or(Ok(value), Err))
    }

    /// As `call`, where only success or failure counts.
    pub(super) fn done(&mut self, actor: usize, command: Command) -> Result<Answer, String> {
        Ok(Answer::Done(self.call(actor, command)?.map(drop)))
    }

    pub(super) fn descriptor(&self, handle: Handle) -> (usize, RawFd, FileId) {
        self.descriptors[&handle]
    }

    pub(super) fn desk(&self, handle: Handle) -> &Desk {
        &self.actors[self.descriptor(handle).0].desk
    }

    fn open(&mut self, actor: usize, handle: Handle, mode: Mode) -> Result<Answer, String> {
        let flags = match mode {
            Mode::Read => libc::O_RDONLY,
            Mode::Write => libc::O_WRONLY,
            Mode::ReadWrite => libc::O_RDWR,
        };
        let answer = self.call(actor, Command::Open(flags))?;
        if let Ok(file) = answer {
            self.descriptors
                .insert(handle, (actor, file as RawFd, self.files));
            self.files += 1;
        }
        Ok(Answer::Done(answer.map(drop)))
    }

    fn close(&mut self, handle: Handle) -> Result<Answer, String> {
        let (actor, file, _) = self.descriptor(handle);
        self.descriptors.remove(&handle);
        self.done(actor, Command::Close(file))
    }

    fn share(&mut self, handle: Handle, to: usize, copy: Handle) -> Result<Answer, String> {
        let (actor, file, id) = self.descriptor(handle);
        let answer = if actor == to {
            self.call(actor, Command::Duplicate(file))?
        } else {
            self.hand_on(actor, file, to)?
        };
        if let Ok(file) = answer {
            self.descriptors.insert(copy, (to, file as RawFd, id));
        }
        Ok(Answer::Done(answer.map(drop)))
    }

    fn hand_on(
        &mut self,
        from: usize,
        file: RawFd,
        to: usize,
    ) -> Result<Result<u64, Errno>, String> {
        let lost = |error: Errno| format!("the descriptor was lost: {error:?}");
        self.call(from, Command::Send(file))?.map_err(lost)?;
        let passing = rights::receive(self.actors[from].peer.stream()).map_err(lost)?;
        let stream = self.actors[to].peer.stream();
        actor::send(stream, Command::Receive.pack()).map_err(|error| error.to_string())?;
        rights::send(stream, passing.as_raw_fd()).map_err(lost)?;
        match actor::receive(stream).map_err(|error| error.to_string())? {
            [value, 0] => Ok(Ok(value)),
            [_, error] => Ok(Err(Errno(error as i32))),
        }
    }

    fn map(&mut self, handle: Handle, length: usize, offset: u64) -> Result<Answer, String> {
        let (actor, file, id) = self.descriptor(handle);
        // The threads of some contexts share the CPU of the actors, and run only when these wait.
        let anywhere = id % 2 == 0;
        let answer = self.call(actor, Command::Map(file, length, offset, anywhere))?;
        if let Ok(address) = answer {
            let length = length.next_multiple_of(PAGE);
            let mapping = Mapping {
                actor,
                address,
                length,
            };
            self.mappings.insert(id, mapping);
        }
        Ok(Answer::Done(answer.map(drop)))
    }

    fn unmap(&mut self, file: FileId) -> Result<Answer, String> {
        let Some(Mapping {
            actor,
            address,
            length,
        }) = self.mappings.remove(&file)
        else {
            return Err(format!("file {file} is not mapped"));
        };
        self.done(actor, Command::Unmap(address, length))
    }

    fn look(&mut self, file: FileId) -> Result<Answer, String> {
        let Mapping {
            actor,
            address,
            length,
        } = self.mappings[&file];
        let to = self.actors[actor].desk.slots.address();
        self.command(actor, Command::Peek(address, to, length))?;
        let mut slots = self.actors[actor].desk.slots.bytes();
        slots.truncate(length);
        Ok(Answer::Slots(slots))
    }

    /// Reads events to where `room` bytes are left before memory that is not mapped.
    fn read(
        &mut self,
        handle: Handle,
        count: usize,
        room: usize,
        blocking: bool,
    ) -> Result<Answer, String> {
        let (actor, file, _) = self.descriptor(handle);
        let start = READING - room;
        let address = self.desk(handle).reading.address() + start as u64;
        let answer = self.call(actor, Command::Read(file, address, count, blocking))?;
        Ok(Answer::Events(answer.map(|got| {
            let bytes = self.actors[actor].desk.reading.bytes();
            let whole = bytes[start..].chunks_exact(4).take(got as usize / 4);
            let event = |bytes: &[u8]| u32::from_ne_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]);
            whole.map(event).collect()
        })))
    }

    fn text(&mut self, handle: Handle) -> Result<Answer, String> {
        let (actor, file, _) = self.descriptor(handle);
        let reading = self.desk(handle).reading.address();
        let answer = self.call(actor, Command::Text(file, reading, READING))?;
        let got = match answer {
            Ok(got) => got as usize,
            Err(error) => return Ok(Answer::Counters(Err(error))),
        };
        let bytes = &self.actors[actor].desk.reading.bytes()[..got];
        let text = String::from_utf8_lossy(bytes);
        let snapshot = statistics::Snapshot::parse(&text)?;
        let values = knem_abi::Counter::ALL.map(|counter| snapshot.get(counter) as u64);
        Ok(Answer::Counters(Ok(values)))
    }
}

fn start(number: usize) -> Result<Actor, Errno> {
    let desk = Desk::new()?;
    let peer = Peer::spawn(|channel| {
        user::become_user(USERS[number]);
        actor::serve(channel.stream());
    });
    let limit = peer.stream().set_read_timeout(Some(PATIENCE));
    limit.map_err(|_| Errno::last())?;
    Ok(Actor { peer, desk })
}

impl Target for Actors {
    fn reset(&mut self) -> Result<(), String> {
        if self.stuck {
            let rest = self.rest;
            *self = Actors {
                rest,
                ..Actors::start()?
            };
        }
        for handle in self.descriptors.keys().copied().collect::<Vec<_>>() {
            self.close(handle)?;
        }
        for file in self.mappings.keys().copied().collect::<Vec<_>>() {
            self.unmap(file)?;
        }
        self.files = 0;
        self.rest()?;
        for (number, actor) in self.actors.iter().enumerate() {
            actor.desk.arena.put(0, &initial(number));
        }
        Ok(())
    }

    fn give(&mut self, call: &Call) -> Result<Answer, String> {
        match *call {
            Call::Open {
                actor,
                handle,
                mode,
            } => self.open(actor, handle, mode),
            Call::Close(handle) => self.close(handle),
            Call::Share {
                handle,
                actor,
                copy,
            } => self.share(handle, actor, copy),
            Call::Map {
                handle,
                length,
                offset,
            } => self.map(handle, length, offset),
            Call::Unmap(file) => self.unmap(file),
            Call::Poke(file, index, value) => {
                let Mapping { actor, address, .. } = self.mappings[&file];
                self.done(actor, Command::Poke(address + u64::from(index), value))
            }
            Call::Fill {
                actor,
                start,
                length,
                seed,
            } => {
                let bytes = pattern::bytes(seed, length);
                self.actors[actor].desk.arena.put(start, &bytes);
                Ok(Answer::Done(Ok(())))
            }
            Call::Write(handle) => {
                let (actor, file, _) = self.descriptor(handle);
                self.done(actor, Command::Write(file))
            }
            Call::Read {
                handle,
                count,
                room,
                blocking,
            } => self.read(handle, count, room, blocking),
            Call::Text(handle) => self.text(handle),
            Call::Poll(handle) => {
                let (actor, file, _) = self.descriptor(handle);
                let (shown, _) = self.command(actor, Command::Poll(file))?;
                Ok(Answer::Poll(shown as i16))
            }
            Call::Ask(handle, ref request) => self.ask(handle, request),
            Call::Flood(handle, ref copy, times) => self.flood(handle, copy, times),
            Call::Look(file) => self.look(file),
        }
    }

    fn memory(&mut self, actor: usize) -> Vec<u8> {
        self.actors[actor].desk.arena.bytes()
    }

    fn statistics(&mut self) -> Result<Statistics, String> {
        statistics_of(&self.view)
    }
}

fn statistics_of(view: &Device) -> Result<Statistics, String> {
    let mut block = Statistics::default();
    view.call(request::GET_STATISTICS, &mut block)
        .map_err(|error| format!("GET_STATISTICS: {error:?}"))?;
    Ok(block)
}
