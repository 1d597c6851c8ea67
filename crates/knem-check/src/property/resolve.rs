// SPDX-License-Identifier: BSD-3-Clause

//! Makes calls of operations, by what there is in the world.

use knem_abi::{flag, Cookie};

use super::arena::{Segment, ARENA};
use super::call::{Call, Flaw, Form, Handle, Inline, List, Mode, Request};
use super::operation::{Name, Operation};
use super::world::World;
use crate::memory::PAGE;

const EVENT: usize = size_of::<u32>();

/// One of several things, if there is any.
fn pick<T: Copy>(things: &[T], choice: u8) -> Option<T> {
    let index = usize::from(choice).checked_rem(things.len())?;
    Some(things[index])
}

impl World {
    /// The calls that an operation means now.
    pub fn resolve(&self, operation: &Operation) -> Vec<Call> {
        match *operation {
            Operation::Siege(choice, name, times) => self.siege(choice, self.cookie(name), times),
            _ => self.single(operation).into_iter().collect(),
        }
    }

    fn single(&self, operation: &Operation) -> Option<Call> {
        let handles = self.open_descriptors();
        let Some(any) = pick(&handles, 0) else {
            return Some(self.opening(0, Mode::ReadWrite));
        };
        let handle = |choice: u8| pick(&handles, choice).unwrap_or(any);
        Some(match *operation {
            Operation::Wait | Operation::Siege(..) => return None,
            Operation::Open(actor, mode) => self.opening(actor, mode),
            Operation::Close(choice) => Call::Close(handle(choice)),
            Operation::Share(choice, actor) => Call::Share {
                handle: handle(choice),
                actor,
                copy: self.descriptors.len(),
            },
            Operation::Map(choice, length, offset) => Call::Map {
                handle: handle(choice),
                length,
                offset,
            },
            Operation::Unmap(choice) => Call::Unmap(pick(&self.mapped_files(), choice)?),
            Operation::Poke(choice, index, value) => self.poke(choice, index, value)?,
            Operation::Fill(actor, start, length, seed) => Call::Fill {
                actor,
                start,
                length,
                seed,
            },
            Operation::Write(choice) => self.writing(handle(choice), choice),
            Operation::Text(choice) => self.text(choice),
            Operation::Poll(choice) => Call::Poll(handle(choice)),
            Operation::Read { handle: choice, .. } => self.reading(handle(choice), operation)?,
            Operation::Ask(choice, ref request) => self.asking(handle(choice), choice, request),
            Operation::Flood(choice, name, times) => {
                let handle = self.likely(choice, true).unwrap_or(any);
                Call::Flood(handle, nothing(self.cookie(name)), times)
            }
        })
    }

    /// Many copies in a row, the last with a slot of its own, so that its end can be seen.
    fn siege(&self, choice: u8, cookie: Cookie, times: u32) -> Vec<Call> {
        let (Some(caller), Some(owner)) = (self.likely(choice, true), self.owner(cookie, choice))
        else {
            return Vec::new();
        };
        let many = everything(cookie, LAST_SLOT - 1);
        let last = everything(cookie, LAST_SLOT - 2);
        vec![
            Call::Flood(caller, many, times),
            Call::Ask(caller, Request::Inline(last)),
            Call::Ask(owner, Request::DestroyWait(cookie, 0, 0)),
        ]
    }

    fn opening(&self, actor: usize, mode: Mode) -> Call {
        Call::Open {
            actor,
            handle: self.descriptors.len(),
            mode,
        }
    }

    fn poke(&self, choice: u8, index: u32, value: u8) -> Option<Call> {
        let file = pick(&self.mapped_files(), choice)?;
        let slots = self.files[file].array.as_ref()?.slots.len() as u32;
        Some(Call::Poke(file, index % slots, value))
    }

    fn of_mode(&self, mode: Mode) -> Vec<Handle> {
        let fits = |&handle: &Handle| self.files[self.descriptors[handle].file].mode == mode;
        self.open_descriptors().into_iter().filter(fits).collect()
    }

    /// Only one that is open for writing alone can be written to: mostly such a one is chosen.
    fn writing(&self, any: Handle, choice: u8) -> Call {
        if choice % 4 == 3 {
            return Call::Write(any);
        }
        match pick(&self.of_mode(Mode::Write), choice) {
            Some(handle) => Call::Write(handle),
            None => self.opening(0, Mode::Write),
        }
    }

    fn text(&self, choice: u8) -> Call {
        match pick(&self.of_mode(Mode::Read), choice) {
            Some(handle) => Call::Text(handle),
            None => self.opening(usize::from(choice) % 3, Mode::Read),
        }
    }

    fn reading(&self, handle: Handle, operation: &Operation) -> Option<Call> {
        let Operation::Read {
            events,
            odd,
            room,
            blocking,
            ..
        } = *operation
        else {
            return None;
        };
        let file = &self.files[self.descriptors[handle].file];
        if file.mode == Mode::Read {
            return Some(Call::Text(handle));
        }
        let coming = file.array.as_ref().map_or(0, |array| array.events.len());
        // A reader that nobody ever wakes would prove nothing.
        let blocking = blocking && room.is_none() && coming > 0;
        let events = if blocking { events.min(coming) } else { events };
        let count = events * EVENT + odd;
        Some(Call::Read {
            handle,
            count,
            room: room.map_or(count, |room| (room * EVENT).min(count)),
            blocking,
        })
    }

    fn asking(&self, any: Handle, choice: u8, request: &Request<Name>) -> Call {
        let request = request.renamed(|name| self.cookie(name));
        // Mostly a descriptor is chosen on which the request makes sense.
        let handle = match request {
            _ if choice % 16 == 15 => None,
            Request::Destroy(cookie) | Request::DestroyWait(cookie, ..) => {
                self.owner(cookie, choice)
            }
            Request::Bind(..) => None,
            // Its result is always in a slot.
            Request::AsyncReceive(_) => self.likely(choice, true),
            _ => self.likely(choice, request.flags() & flag::ASYNC_MASK != 0),
        };
        Call::Ask(handle.unwrap_or(any), request)
    }

    /// A descriptor of a context, which has a status array if need be.
    fn likely(&self, choice: u8, array: bool) -> Option<Handle> {
        let mut handles = self.open_descriptors();
        handles.retain(|&handle| {
            let file = &self.files[self.descriptors[handle].file];
            file.mode != Mode::Read && (!array || file.array.is_some())
        });
        pick(&handles, choice)
    }

    /// A descriptor of the context that has, or had, a region.
    fn owner(&self, cookie: Cookie, choice: u8) -> Option<Handle> {
        let mut regions = self.regions.iter().rev();
        let region = regions.find(|region| region.cookie == cookie)?;
        let mut handles = self.open_descriptors();
        handles.retain(|&handle| self.descriptors[handle].file == region.file);
        pick(&handles, choice)
    }

    fn cookie(&self, name: Name) -> Cookie {
        let live = |choice| {
            let regions = self.regions.iter().filter(|region| region.alive);
            let cookies: Vec<_> = regions.map(|region| region.cookie).collect();
            pick(&cookies, choice).unwrap_or(0)
        };
        match name {
            Name::Live(choice) => live(choice),
            Name::Ever(choice) => {
                let cookies: Vec<_> = self.regions.iter().map(|region| region.cookie).collect();
                pick(&cookies, choice).unwrap_or(0)
            }
            Name::Flipped(choice, bit) => live(choice) ^ (1 << (bit % 64)),
            Name::Zero => 0,
            Name::Other(cookie) => cookie,
        }
    }
}

/// The slot with the highest index that every status array has.
const LAST_SLOT: u32 = PAGE as u32 - 1;

/// A copy of no byte that ends with an event.
fn nothing(remote: Cookie) -> Inline {
    Inline {
        form: Form::Unbounded,
        local: List {
            segments: Vec::new(),
            flaw: Flaw::None,
        },
        write: 0,
        remote,
        offset: 0,
        flags: flag::MEMCPY_THREAD | flag::NOTIFY_FD,
        index: LAST_SLOT,
        pad: 0,
    }
}

/// A copy of all bytes of a region, in the thread.
fn everything(remote: Cookie, index: u32) -> Inline {
    let all = Segment {
        read_only: false,
        start: 0,
        length: ARENA,
    };
    Inline {
        local: List {
            segments: vec![all],
            flaw: Flaw::None,
        },
        flags: flag::MEMCPY_THREAD,
        index,
        ..nothing(remote)
    }
}
