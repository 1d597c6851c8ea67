// SPDX-License-Identifier: BSD-3-Clause

//! What a copy must do in the state of the world (§7, §13.2), in the order of the checks.

use knem_abi::{flag, protection, status, Cookie, Counter};

use super::arena::{self, Movement, Side};
use super::call::{Call, FileId, Flaw, Handle, List};
use super::plan::{Fate, Order, Plan, Sides};
use super::world::{Descriptor, World};
use crate::errno::Errno;
use crate::model::effective;

/// The most segments that a request may have.
const MOST_SEGMENTS: usize = 65_530;

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

    /// Whether a call would race with a pending copy, so that its outcome could not be foretold.
    pub fn must_wait(&self, call: &Call) -> bool {
        match call {
            Call::Fill {
                actor,
                start,
                length,
                ..
            } => {
                let bytes = *start..start + length;
                let span = arena::Span {
                    actor: *actor,
                    bytes,
                };
                self.queue.races(None, &[], &[span])
            }
            Call::Poke(file, index, _) => self.queue.owns_slot(*file, *index as usize),
            // It clears counters.
            Call::Write(_) => self.unsettled,
            Call::Ask(handle, request) => {
                Order::of(request).is_some_and(|order| self.copy_must_wait(*handle, &order))
            }
            Call::Flood(handle, copy, _) => self.copy_must_wait(*handle, &Order::inline(copy)),
            _ => false,
        }
    }

    fn copy_must_wait(&self, handle: Handle, order: &Order) -> bool {
        let Descriptor { file, actor, .. } = self.descriptors[handle];
        let plan = self.plan(file, actor, order);
        let queued = plan.fate == Ok(Fate::Queued);
        if let Some(movement) = &plan.movement {
            let (reads, writes) = (movement.reads(), movement.writes());
            if self.queue.races(queued.then_some(file), &reads, &writes) {
                return true;
            }
        }
        let slot_taken = plan
            .slot
            .is_some_and(|(slot, _)| self.queue.owns_slot(file, slot));
        let overtakes = plan.event && self.uncertain_events(file).is_some();
        !queued && (slot_taken || overtakes)
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
