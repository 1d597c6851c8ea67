// SPDX-License-Identifier: BSD-3-Clause

//! What a copy must do (§7, §13.2), told before it happens.

use knem_abi::{flag, Cookie, Counter};

use super::arena::Movement;
use super::call::{Between, Form, Inline, List, Receive, Request};
use crate::errno::Errno;

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
pub(super) enum Sides<'a> {
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
    pub(super) sides: Sides<'a>,
    pub(super) limit: u64,
    pub(super) flags: u32,
    /// The slot.
    pub index: u32,
    /// INIT_ASYNC_RECV: the result is always in the slot, and an event needs no thread.
    pub(super) always_slot: bool,
    /// Refused before anything else.
    pub(super) nonsense: bool,
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

    pub(super) fn is_asynchronous(&self) -> bool {
        self.flags & flag::ASYNC_MASK != 0
    }

    pub(super) fn is_queued(&self) -> bool {
        self.flags & flag::MEMCPY_THREAD != 0
    }

    /// Whether the flags contradict each other.
    pub(super) fn contradicts_itself(&self) -> bool {
        let thread = self.always_slot || self.flags & flag::THREAD_MASK != 0;
        let by_hardware = self.flags & flag::ASYNC_DMA_COMPLETE != 0;
        self.flags & flag::NOTIFY_FD != 0 && (!thread || by_hardware)
    }
}

/// The counted forms accept nothing that they do not know.
fn is_nonsense(form: Form, flags: u32, pad: u32, write: u32) -> bool {
    matches!(form, Form::Counted(_)) && (flags & !flag::COPY_MASK != 0 || pad != 0 || write > 1)
}
