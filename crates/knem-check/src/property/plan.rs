// SPDX-License-Identifier: BSD-3-Clause

//! What a copy must do (§7, §13.2), told before it happens.

use knem_abi::{flag, protection, status, Cookie, Counter};

use super::arena::{self, Movement, Side};
use super::call::{Between, FileId, Flaw, Form, Inline, List, Receive, Request};
use super::world::World;
use crate::errno::Errno;
use crate::model::effective;

/// The most segments that a request may have.
const MOST_SEGMENTS: usize = 65_530;

/// How a copy that is accepted goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// In the call, and all is well.
    Done,
    /// In the call, and it meets a fault.
    Failed,
    /// In the thread.
    Queued,
    /// Nothing is to be done, and a slot says so.
    Nothing,
}

/// Everything that a copy changes.
#[derive(Clone, Debug)]
pub struct Plan {
    /// How it goes on, or what the call answers at once.
    pub fate: Result<Fate, Errno>,
    /// Counters that go up by one.
    pub counters: Vec<Counter>,
    /// Whether it is refused because there is no room.
    pub busy: bool,
    /// Single-use regions that it consumes.
    pub consumed: Vec<usize>,
    /// Regions that it uses.
    pub regions: Vec<usize>,
    /// A slot and its value, in the end.
    pub slot: Option<(usize, u8)>,
    /// Whether it ends with an event.
    pub event: bool,
    /// The bytes; of a copy that fails, the most that it can reach.
    pub movement: Option<Movement>,
}

impl Plan {
    /// Bytes that are to be copied.
    pub fn count(&self) -> u64 {
        self.movement.as_ref().map_or(0, |movement| movement.count)
    }
}

/// From where to where.
enum Sides<'a> {
    Between {
        src: (Cookie, u64),
        dst: (Cookie, u64),
    },
    Inline {
        local: &'a List,
        write: bool,
        remote: (Cookie, u64),
    },
}

/// What all forms of copies boil down to.
pub struct Order<'a> {
    sides: Sides<'a>,
    limit: u64,
    flags: u32,
    /// The slot.
    pub index: u32,
    /// INIT_ASYNC_RECV: the result is always in the slot, and an event needs no thread.
    always_slot: bool,
    /// Refused before anything else.
    nonsense: bool,
}

impl<'a> Order<'a> {
    /// The copy that a request asks for, if it does.
    pub fn of(request: &'a Request) -> Option<Order<'a>> {
        match request {
            Request::Between(copy) => Some(Order::between(copy)),
            Request::Inline(copy) => Some(Order::inline(copy)),
            Request::AsyncReceive(copy) => Some(Order {
                always_slot: true,
                ..Order::receive(copy)
            }),
            Request::SyncReceive(copy) => Some(Order {
                flags: copy.flags & flag::COPY_MASK & !flag::ASYNC_MASK,
                nonsense: copy.flags & flag::NOTIFY_FD != 0,
                ..Order::receive(copy)
            }),
            _ => None,
        }
    }

    fn between(copy: &Between) -> Order<'a> {
        Order {
            sides: Sides::Between {
                src: (copy.src, copy.src_offset),
                dst: (copy.dst, copy.dst_offset),
            },
            limit: copy.form.limit(),
            flags: copy.flags & flag::COPY_MASK,
            index: copy.index,
            always_slot: false,
            nonsense: is_nonsense(copy.form, copy.flags, copy.pad, 0),
        }
    }

    /// An inline copy.
    pub fn inline(copy: &'a Inline) -> Order<'a> {
        Order {
            sides: Sides::Inline {
                local: &copy.local,
                write: copy.write != 0,
                remote: (copy.remote, copy.offset),
            },
            limit: copy.form.limit(),
            flags: copy.flags & flag::COPY_MASK,
            index: copy.index,
            always_slot: false,
            nonsense: is_nonsense(copy.form, copy.flags, copy.pad, copy.write),
        }
    }

    fn receive(copy: &'a Receive) -> Order<'a> {
        Order {
            sides: Sides::Inline {
                local: &copy.local,
                write: false,
                remote: (copy.remote, 0),
            },
            limit: u64::MAX,
            flags: copy.flags & flag::COPY_MASK,
            index: copy.index,
            always_slot: false,
            nonsense: false,
        }
    }

    fn is_asynchronous(&self) -> bool {
        self.flags & flag::ASYNC_MASK != 0
    }

    fn is_queued(&self) -> bool {
        self.flags & flag::MEMCPY_THREAD != 0
    }

    /// Whether the flags contradict each other.
    fn contradicts_itself(&self) -> bool {
        let thread = self.always_slot || self.flags & flag::THREAD_MASK != 0;
        let by_hardware = self.flags & flag::ASYNC_DMA_COMPLETE != 0;
        self.flags & flag::NOTIFY_FD != 0 && (!thread || by_hardware)
    }
}

/// The counted forms accept nothing that they do not know.
fn is_nonsense(form: Form, flags: u32, pad: u32, write: u32) -> bool {
    matches!(form, Form::Counted(_)) && (flags & !flag::COPY_MASK != 0 || pad != 0 || write > 1)
}

impl World {
    /// What a copy must do when an actor asks for it through an open file.
    pub fn plan(&self, file: FileId, actor: usize, order: &Order) -> Plan {
        let mut plan = Plan {
            fate: Ok(Fate::Nothing),
            counters: Vec::new(),
            busy: false,
            consumed: Vec::new(),
            regions: Vec::new(),
            slot: None,
            event: false,
            movement: None,
        };
        plan.fate = self
            .submit(file, order, &mut plan)
            .and_then(|()| self.locate(actor, order, &mut plan))
            .and_then(|movement| self.execute(order, movement, &mut plan));
        plan
    }

    /// The checks up to the event's place.
    fn submit(&self, file: FileId, order: &Order, plan: &mut Plan) -> Result<(), Errno> {
        let array = self.files[file].array.as_ref();
        let slots = array.map_or(0, |array| array.slots.len());
        let needs_slot = order.always_slot || order.is_asynchronous();
        let no_slot = needs_slot && order.index as usize >= slots;
        if order.nonsense || no_slot || order.contradicts_itself() {
            return Err(Errno::EINVAL);
        }
        plan.counters.push(Counter::Submitted);
        let notifies = order.flags & flag::NOTIFY_FD != 0;
        if notifies && array.is_some_and(|array| array.events.len() >= slots) {
            plan.busy = true;
            return Err(Errno::EBUSY);
        }
        Ok(())
    }

    /// Finds both sides; a single-use region is consumed by that.
    fn locate(&self, actor: usize, order: &Order, plan: &mut Plan) -> Result<Movement, Errno> {
        let (from, to) = match order.sides {
            Sides::Between { src, dst } => {
                let from = self.look_up(actor, src, protection::READ, plan)?;
                let to = self.look_up(actor, dst, protection::WRITE, plan)?;
                (from, to)
            }
            Sides::Inline {
                local,
                write,
                remote,
            } => {
                let needed = if write {
                    protection::WRITE
                } else {
                    protection::READ
                };
                let here = read_list(actor, local, plan)?;
                let there = self.look_up(actor, remote, needed, plan)?;
                if write {
                    (here, there)
                } else {
                    (there, here)
                }
            }
        };
        plan.counters.push(Counter::ProcessedTotal);
        if order.is_asynchronous() {
            plan.slot = Some((order.index as usize, status::PENDING));
        }
        let length = |side: &Side| arena::length(&side.segments);
        let (source, target) = (length(&from), length(&to));
        let limit = Some(order.limit);
        let count = effective(source, from.offset, target, to.offset, limit);
        Ok(Movement { from, to, count })
    }

    /// Finds a region for a caller (§12).
    fn look_up(
        &self,
        actor: usize,
        (cookie, offset): (Cookie, u64),
        needed: u32,
        plan: &mut Plan,
    ) -> Result<Side, Errno> {
        let found = self
            .find(cookie)
            .filter(|id| !plan.consumed.contains(id))
            .ok_or(Errno::EINVAL)
            .and_then(|id| {
                let region = &self.regions[id];
                let permitted = region.any_user || self.files[region.file].uid == self.uid(actor);
                match region.protection & needed {
                    _ if !permitted => Err(Errno::EPERM),
                    0 => Err(Errno::EACCES),
                    _ => Ok(id),
                }
            })
            .inspect_err(|_| plan.counters.push(Counter::FailedFindRegion))?;
        let region = &self.regions[found];
        plan.regions.push(found);
        if region.single_use {
            plan.consumed.push(found);
        }
        Ok(Side {
            actor: region.actor,
            segments: region.segments.clone(),
            offset,
        })
    }

    /// What happens once everything is found: pinning, and copying now or later.
    fn execute(
        &self,
        order: &Order,
        mut movement: Movement,
        plan: &mut Plan,
    ) -> Result<Fate, Errno> {
        let mut failed = false;
        if let Sides::Inline { local, write, .. } = order.sides {
            let reach = arena::reach(&local.segments, !write);
            let pinned = write || order.is_queued() || order.flags & flag::PIN_LOCAL != 0;
            if pinned {
                if reach < arena::length(&local.segments) {
                    plan.counters.push(Counter::FailedPinLocal);
                    return Err(Errno::EFAULT);
                }
                plan.counters.push(Counter::ProcessedPinLocal);
            } else if reach < movement.count {
                plan.counters.push(Counter::FailedCopyUser);
                movement.count = reach;
                failed = true;
            }
        }
        let fate = if failed {
            Fate::Failed
        } else if order.is_asynchronous() && movement.count == 0 {
            Fate::Nothing
        } else if order.is_queued() {
            plan.counters.push(Counter::ProcessedThread);
            Fate::Queued
        } else {
            Fate::Done
        };
        if order.is_asynchronous() || order.always_slot {
            let end = if failed {
                status::FAILED
            } else {
                status::SUCCESS
            };
            plan.slot = Some((order.index as usize, end));
        }
        plan.event = order.flags & flag::NOTIFY_FD != 0;
        plan.movement = Some(movement);
        Ok(fate)
    }
}

/// Reads the array of local segments.
fn read_list(actor: usize, list: &List, plan: &mut Plan) -> Result<Side, Errno> {
    let (count, readable) = match list.flaw {
        Flaw::None => (list.segments.len(), true),
        Flaw::Unreadable => (list.segments.len(), list.segments.is_empty()),
        Flaw::TooLong => (usize::MAX, true),
    };
    if count > MOST_SEGMENTS {
        plan.counters.push(Counter::FailedNoMemory);
        return Err(Errno::ENOMEM);
    }
    if !readable {
        plan.counters.push(Counter::FailedReadCmd);
        return Err(Errno::EFAULT);
    }
    Ok(Side {
        actor,
        segments: list.segments.clone(),
        offset: 0,
    })
}
