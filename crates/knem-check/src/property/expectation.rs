// SPDX-License-Identifier: BSD-3-Clause

//! What each call must answer, and what follows from what it answered.

use knem_abi::{bind, feature, flag, protection, status, Cookie, Info};

use super::arena::{self, Movement};
use super::call::{Answer, Call, FileId, Flaw, Form, Handle, Inline, List, Mask, Mode, Request};
use super::plan::{Fate, Order};
use super::world::{is_for_all_modes, Array, Descriptor, File, Region, World};
use crate::dma::Engine;
use crate::errno::Errno;
use crate::memory::PAGE;
use crate::pattern;

/// The answers that a call may give.
#[derive(Clone, Debug)]
pub enum Expected {
    /// This one.
    Exactly(Answer),
    /// One of these.
    OneOf(Vec<Answer>),
    /// The name of this region, which is new.
    NewRegion(usize),
    /// A copy that meets a fault, somewhere before the end of what it can reach.
    Failed(Answer, Movement),
    /// The first events of a context, at least so many of these.
    Events(FileId, usize, Vec<u32>),
    /// A wait for a region that ended already: it works as long as a copy uses the region.
    Lingering(usize),
    /// The statistics as far as they are certain.
    Statistics,
    /// The slots of a context.
    Slots(FileId),
}

const DONE: Answer = Answer::Done(Ok(()));

fn exactly(answer: Result<(), Errno>) -> Expected {
    Expected::Exactly(Answer::Done(answer))
}

/// An error in the shape of what the request answers.
fn refused(request: &Request, error: Errno) -> Expected {
    Expected::Exactly(match request {
        Request::Info => Answer::Info(Err(error)),
        Request::Create { .. } | Request::InitSend(..) => Answer::Region(Err(error)),
        Request::Between(_) | Request::Inline(_) | Request::SyncReceive(_) => {
            Answer::Status(Err(error))
        }
        Request::Statistics(..) => Answer::Statistics(Err(error)),
        _ => Answer::Done(Err(error)),
    })
}

/// What an accepted copy answers.
fn accepted(request: &Request, status: u8, count: u64) -> Answer {
    let form = match request {
        Request::Between(copy) => copy.form,
        Request::Inline(copy) => copy.form,
        Request::AsyncReceive(_) => return DONE,
        _ => Form::Unbounded,
    };
    let counted = matches!(form, Form::Counted(_));
    Answer::Status(Ok((status.into(), counted.then_some(count))))
}

impl World {
    /// What a call must answer. Everything that it changes is changed, as far as it does not depend
    /// on the answer: [`World::conclude`] does the rest.
    pub fn expect(&mut self, call: &Call) -> Expected {
        match call {
            Call::Open { actor, mode, .. } => self.open(*actor, *mode),
            Call::Close(handle) => self.close(*handle),
            Call::Share { handle, actor, .. } => {
                self.add_descriptor(*actor, self.descriptors[*handle].file);
                exactly(Ok(()))
            }
            Call::Map {
                handle,
                length,
                offset,
            } => self.map(*handle, *length, *offset),
            Call::Unmap(file) => self.unmap(*file),
            Call::Poke(file, index, value) => {
                if let Some(array) = &mut self.files[*file].array {
                    array.slots[*index as usize] = *value;
                }
                exactly(Ok(()))
            }
            Call::Fill {
                actor,
                start,
                length,
                seed,
            } => {
                let bytes = pattern::bytes(*seed, *length);
                self.memory.put(*actor, *start, &bytes);
                exactly(Ok(()))
            }
            Call::Write(handle) => self.write(*handle),
            Call::Read {
                handle,
                count,
                room,
                blocking,
            } => self.read(*handle, *count, *room, *blocking),
            Call::Text(_) => Expected::Exactly(Answer::Counters(Ok(self.counters()))),
            Call::Poll(handle) => self.poll(*handle),
            Call::Ask(handle, request) => self.ask(*handle, request),
            Call::Flood(handle, copy, times) => self.flood(*handle, copy, *times),
            Call::Look(file) => Expected::Slots(*file),
        }
    }

    fn open(&mut self, actor: usize, mode: Mode) -> Expected {
        self.files.push(File {
            mode,
            uid: self.uid(actor),
            requested: false,
            descriptors: 0,
            array: None,
            alive: true,
        });
        self.add_descriptor(actor, self.files.len() - 1);
        exactly(Ok(()))
    }

    fn close(&mut self, handle: Handle) -> Expected {
        let file = self.descriptors[handle].file;
        self.descriptors[handle].open = false;
        self.files[file].descriptors -= 1;
        self.release_unused(file);
        exactly(Ok(()))
    }

    fn map(&mut self, handle: Handle, length: usize, offset: u64) -> Expected {
        let Descriptor { file, actor, .. } = self.descriptors[handle];
        let file = &mut self.files[file];
        if file.mode != Mode::ReadWrite {
            return exactly(Err(Errno::EACCES));
        }
        if offset != 0 {
            return exactly(Err(Errno::EINVAL));
        }
        if file.array.is_some() {
            return exactly(Err(Errno::EBUSY));
        }
        file.array = Some(Array {
            slots: vec![status::PENDING; length.next_multiple_of(PAGE)],
            mapped: Some(actor),
            events: Default::default(),
            certain: 0,
        });
        exactly(Ok(()))
    }

    fn unmap(&mut self, file: FileId) -> Expected {
        if let Some(array) = &mut self.files[file].array {
            array.mapped = None;
        }
        self.release_unused(file);
        exactly(Ok(()))
    }

    fn write(&mut self, handle: Handle) -> Expected {
        let Descriptor { file, actor, .. } = self.descriptors[handle];
        let file = &self.files[file];
        let error = match file.mode {
            Mode::Read => Errno::EBADF,
            _ if self.uid(actor) != 0 => Errno::EPERM,
            Mode::Write if !file.requested => {
                self.clear_statistics();
                return exactly(Ok(()));
            }
            _ => Errno::EBUSY,
        };
        exactly(Err(error))
    }

    fn read(&self, handle: Handle, count: usize, room: usize, blocking: bool) -> Expected {
        const EVENT: usize = size_of::<u32>();
        let id = self.descriptors[handle].file;
        let answer = |answer| Expected::Exactly(Answer::Events(answer));
        if self.files[id].mode == Mode::Write {
            return answer(Err(Errno::EBADF));
        }
        if count % EVENT != 0 {
            return answer(Err(Errno::EINVAL));
        }
        if count == 0 {
            return answer(Ok(Vec::new()));
        }
        let Some(array) = &self.files[id].array else {
            return answer(Err(Errno::EINVAL));
        };
        let wanted = (count / EVENT).min(array.events.len());
        let fits = room.min(count) / EVENT;
        if fits == 0 {
            let fault = Answer::Events(Err(Errno::EFAULT));
            let none = Answer::Events(Err(Errno::EAGAIN));
            return match (array.certain, wanted) {
                (0, 0) => Expected::Exactly(none),
                (0, _) => Expected::OneOf(vec![none, fault]),
                _ => Expected::Exactly(fault),
            };
        }
        let most = array.events.iter().take(wanted.min(fits));
        let most = most.map(|event| event.index).collect();
        let least = if blocking {
            wanted
        } else {
            array.certain.min(wanted)
        };
        Expected::Events(id, least.min(fits), most)
    }

    fn poll(&self, handle: Handle) -> Expected {
        let readable = Answer::Poll(libc::POLLIN | libc::POLLRDNORM);
        let quiet = Answer::Poll(0);
        let file = &self.files[self.descriptors[handle].file];
        match (&file.array, file.mode) {
            (_, Mode::Read) => Expected::Exactly(readable),
            (None, _) => Expected::Exactly(Answer::Poll(libc::POLLERR)),
            (Some(array), _) if array.certain > 0 => Expected::Exactly(readable),
            (Some(array), _) if array.events.is_empty() => Expected::Exactly(quiet),
            _ => Expected::OneOf(vec![quiet, readable]),
        }
    }

    fn ask(&mut self, handle: Handle, request: &Request) -> Expected {
        let Descriptor { file, actor, .. } = self.descriptors[handle];
        if self.files[file].mode == Mode::Read && !is_for_all_modes(request) {
            return refused(request, Errno::EBADF);
        }
        self.files[file].requested = true;
        if let Some(order) = Order::of(request) {
            return self.copy(file, actor, request, &order);
        }
        match request {
            Request::Unknown(_) => exactly(Err(Errno::ENOSYS)),
            Request::BadBlock(_) => exactly(Err(Errno::EFAULT)),
            Request::Bind(flags, mask) => exactly(self.bind(file, *flags, *mask)),
            Request::Create {
                list,
                protection,
                flags,
            } => self.create(request, (file, actor), list, *protection, *flags),
            Request::InitSend(list, flags) => {
                let flags = flags | flag::SINGLE_USE;
                self.create(request, (file, actor), list, protection::READ, flags)
            }
            Request::Destroy(cookie) => exactly(self.destroy(file, *cookie).map(drop)),
            Request::DestroyWait(_, flags, pad) if (*flags, *pad) != (0, 0) => {
                exactly(Err(Errno::EINVAL))
            }
            Request::DestroyWait(cookie, ..) => self.destroy_wait(file, *cookie),
            Request::Statistics(flags, pad) if (*flags, *pad) != (0, 0) => {
                refused(request, Errno::EINVAL)
            }
            Request::Statistics(..) => Expected::Statistics,
            _ => Expected::Exactly(Answer::Info(Ok(Info {
                abi: knem_abi::ABI_VERSION,
                features: feature::ALWAYS | Engine::known().feature(),
                ignored_flags: 0,
                forced_flags: 0,
            }))),
        }
    }

    fn bind(&self, file: FileId, flags: u32, mask: Mask) -> Result<(), Errno> {
        if self.files[file].array.is_some() {
            return Err(Errno::EBUSY);
        }
        match (flags, mask) {
            (bind::CUSTOM, Mask::Unreadable) => Err(Errno::EFAULT),
            (bind::CUSTOM | bind::CURRENT | bind::CURRENT_REVERSED, _) => Ok(()),
            _ => Err(Errno::EINVAL),
        }
    }

    fn create(
        &mut self,
        request: &Request,
        (file, actor): (FileId, usize),
        list: &List,
        protection: u32,
        flags: u32,
    ) -> Expected {
        let write = protection & protection::WRITE != 0;
        let reach = arena::reach(&list.segments, write);
        match list.flaw {
            Flaw::TooLong => return refused(request, Errno::ENOMEM),
            Flaw::Unreadable if !list.segments.is_empty() => {
                return refused(request, Errno::EFAULT);
            }
            _ if reach < arena::length(&list.segments) => return refused(request, Errno::EFAULT),
            _ => (),
        }
        self.count_region();
        self.regions.push(Region {
            cookie: 0,
            file,
            actor,
            segments: list.segments.clone(),
            protection,
            single_use: flags & flag::SINGLE_USE != 0,
            any_user: flags & flag::ANY_USER_ACCESS != 0,
            alive: false,
            lingers: false,
        });
        Expected::NewRegion(self.regions.len() - 1)
    }

    fn destroy(&mut self, file: FileId, cookie: Cookie) -> Result<usize, Errno> {
        let found = self.find(cookie);
        let id = found
            .filter(|&id| self.regions[id].file == file)
            .ok_or(Errno::EINVAL)?;
        self.regions[id].alive = false;
        Ok(id)
    }

    fn destroy_wait(&mut self, file: FileId, cookie: Cookie) -> Expected {
        if let Ok(region) = self.destroy(file, cookie) {
            self.prove_unused(region);
            return exactly(Ok(()));
        }
        // A copy may use it a little longer than its slot tells.
        let lingers =
            |region: &Region| region.lingers && (region.cookie, region.file) == (cookie, file);
        match self.regions.iter().position(lingers) {
            Some(region) => Expected::Lingering(region),
            None => exactly(Err(Errno::EINVAL)),
        }
    }

    fn copy(&mut self, file: FileId, actor: usize, request: &Request, order: &Order) -> Expected {
        let plan = self.plan(file, actor, order);
        self.carry_out(file, order, &plan);
        let count = plan.count();
        match (plan.fate, plan.movement) {
            (Err(error), _) => refused(request, error),
            (Ok(Fate::Failed), Some(movement)) => {
                Expected::Failed(accepted(request, status::FAILED, count), movement)
            }
            (Ok(Fate::Queued | Fate::Nothing), _) => {
                Expected::Exactly(accepted(request, status::PENDING, count))
            }
            _ => Expected::Exactly(accepted(request, status::SUCCESS, count)),
        }
    }

    fn flood(&mut self, handle: Handle, copy: &Inline, times: u32) -> Expected {
        let Descriptor { file, actor, .. } = self.descriptors[handle];
        if self.files[file].mode == Mode::Read {
            return Expected::Exactly(Answer::Flooded(0, Some(Errno::EBADF)));
        }
        self.files[file].requested = true;
        let order = Order::inline(copy);
        for done in 0..times {
            let plan = self.plan(file, actor, &order);
            self.carry_out(file, &order, &plan);
            if let Err(error) = plan.fate {
                return Expected::Exactly(Answer::Flooded(done, Some(error)));
            }
        }
        Expected::Exactly(Answer::Flooded(times, None))
    }

    /// Compares an answer with what was expected, and does what follows from it. `moved` is what a
    /// copy that failed had moved by then.
    ///
    /// # Errors
    /// What is wrong with the answer.
    pub fn conclude(
        &mut self,
        expected: &Expected,
        answer: &Answer,
        moved: u64,
    ) -> Result<(), String> {
        match (expected, answer) {
            (Expected::Exactly(wanted), got) => agree(wanted == got),
            (Expected::OneOf(wanted), got) => agree(wanted.contains(got)),
            (Expected::NewRegion(region), Answer::Region(Ok(cookie))) => {
                self.name(*region, *cookie)
            }
            (Expected::Failed(wanted, movement), got) => self.fail(wanted, movement, got, moved),
            (Expected::Events(file, least, most), Answer::Events(got)) => {
                self.deliver(*file, *least, most, got)
            }
            (Expected::Lingering(region), Answer::Done(Ok(()))) => {
                self.prove_unused(*region);
                Ok(())
            }
            (Expected::Lingering(_), Answer::Done(Err(Errno::EINVAL))) => Ok(()),
            (Expected::Statistics, Answer::Statistics(Ok(got))) => self.compare_statistics(got),
            (Expected::Slots(file), Answer::Slots(got)) => self.compare_slots(*file, got),
            _ => agree(false),
        }
    }

    fn name(&mut self, region: usize, cookie: Cookie) -> Result<(), String> {
        if cookie == 0 {
            return Err("a region is named 0".to_string());
        }
        if self.regions.iter().any(|other| other.cookie == cookie) {
            return Err(format!("the name {cookie:#x} was used before"));
        }
        self.regions[region].cookie = cookie;
        self.regions[region].alive = true;
        Ok(())
    }

    fn fail(
        &mut self,
        wanted: &Answer,
        movement: &Movement,
        got: &Answer,
        moved: u64,
    ) -> Result<(), String> {
        let told = match (wanted, got) {
            (Answer::Status(Ok((wanted, _))), Answer::Status(Ok((status, told)))) => {
                agree(wanted == status)?;
                *told
            }
            _ => {
                agree(wanted == got)?;
                None
            }
        };
        let count = told.unwrap_or(moved);
        if count > movement.count {
            let most = movement.count;
            return Err(format!(
                "{count} bytes were moved, and only {most} can be reached"
            ));
        }
        let moved = Movement {
            count,
            ..movement.clone()
        };
        self.end(&moved, false);
        Ok(())
    }

    fn deliver(
        &mut self,
        file: FileId,
        least: usize,
        most: &[u32],
        got: &Result<Vec<u32>, Errno>,
    ) -> Result<(), String> {
        let got = match got {
            Ok(events) => &events[..],
            Err(Errno::EAGAIN) if least == 0 => return Ok(()),
            Err(_) => return agree(false),
        };
        agree(!got.is_empty() && got.len() >= least && most.starts_with(got))?;
        let Some(array) = &mut self.files[file].array else {
            return agree(false);
        };
        array.certain = array.certain.saturating_sub(got.len());
        let read: Vec<_> = array.events.drain(..got.len()).collect();
        // Their slots and their bytes were final before the events were queued.
        if let Some(serial) = read.iter().rev().find_map(|event| event.copy) {
            self.prove(file, serial, true);
        }
        Ok(())
    }

    fn compare_slots(&mut self, file: FileId, got: &[u8]) -> Result<(), String> {
        if let Some(serial) = self.queue.shown(file, got) {
            self.prove(file, serial, false);
        }
        let Some(array) = &self.files[file].array else {
            return agree(false);
        };
        if got == array.slots {
            return Ok(());
        }
        agree(got.len() == array.slots.len())?;
        let differs = |&slot: &usize| {
            let running = got[slot] == status::PENDING && self.queue.owns_slot(file, slot);
            got[slot] != array.slots[slot] && !running
        };
        match (0..got.len()).find(differs) {
            None => Ok(()),
            Some(slot) => Err(format!(
                "slot {slot} of file {file} is {}, expected {}",
                got[slot], array.slots[slot]
            )),
        }
    }
}

fn agree(holds: bool) -> Result<(), String> {
    if holds {
        Ok(())
    } else {
        Err("the answer is wrong".to_string())
    }
}
