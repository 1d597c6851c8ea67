// SPDX-License-Identifier: BSD-3-Clause

//! What chance chooses: operations that make sense in any state, so that a sequence from which some
//! are taken away still does.
//!
//! The strategies are boxed, for by value the larger ones would not fit on a stack.

use knem_abi::{flag, request};
use proptest::collection::vec;
use proptest::prelude::*;

use super::arena::{Segment, ACTORS, ARENA};
use super::call::{Between, Flaw, Form, Inline, List, Mask, Mode, Receive, Request};
use crate::dma::Engine;
use crate::memory::PAGE;
use crate::region::GARBAGE;

/// Names a region; numbers are taken modulo what there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Name {
    /// One that can be found.
    Live(u8),
    /// One of all that ever were.
    Ever(u8),
    /// One that can be found, with one bit changed.
    Flipped(u8, u8),
    /// 0.
    Zero,
    /// Anything.
    Other(u64),
}

/// Something that an actor does. Descriptors are numbers, taken modulo what there is.
#[derive(Clone, Debug)]
pub enum Operation {
    /// The driver waits until everything queued is over.
    Wait,
    /// Opens the device.
    Open(usize, Mode),
    /// Closes a descriptor.
    Close(u8),
    /// Hands a descriptor on.
    Share(u8, usize),
    /// Maps so many bytes of the status array, from this place in the file.
    Map(u8, usize, u64),
    /// Unmaps a status array.
    Unmap(u8),
    /// Writes to a slot.
    Poke(u8, u32, u8),
    /// Writes a pattern into an actor's memory.
    Fill(usize, usize, usize, u64),
    /// Writes to the device, to one that is open for nothing else if the number is even.
    Write(u8),
    /// Reads events.
    Read {
        /// The descriptor.
        handle: u8,
        /// Events that have room in the buffer.
        events: usize,
        /// Bytes that the buffer is longer.
        odd: usize,
        /// Events that have room before the buffer ends in a fault.
        room: Option<usize>,
        /// Waits for events that are sure to come.
        blocking: bool,
    },
    /// Reads the statistics text.
    Text(u8),
    /// Asks what is ready.
    Poll(u8),
    /// Gives a request.
    Ask(u8, Request<Name>),
    /// Gives copies of nothing that end with events, up to so many.
    Flood(u8, Name, u32),
    /// Queues so many copies from a region, and waits for its end.
    Siege(u8, Name, u32),
}

/// A sequence of operations.
pub fn sequence() -> BoxedStrategy<Vec<Operation>> {
    vec(operation(), 1..70).boxed()
}

fn operation() -> BoxedStrategy<Operation> {
    prop_oneof![
        10 => Just(Operation::Wait),
        60 => (any::<u8>(), request()).prop_map(|(h, r)| Operation::Ask(h, r)),
        5 => files(),
        4 => (0..ACTORS, 0..ARENA, 1..500_usize, any::<u64>())
            .prop_map(|(a, s, l, seed)| Operation::Fill(a, s, l.min(ARENA - s), seed)),
        8 => events(),
        3 => any::<u8>().prop_map(Operation::Poll),
        2 => any::<u8>().prop_map(Operation::Text),
        1 => any::<u8>().prop_map(Operation::Write),
    ]
    .boxed()
}

fn files() -> BoxedStrategy<Operation> {
    let mode = prop_oneof![
        4 => Just(Mode::ReadWrite),
        1 => Just(Mode::Write),
        1 => Just(Mode::Read),
    ];
    let length = prop_oneof![Just(1_usize), Just(PAGE), Just(PAGE + 1)];
    let offset = prop_oneof![8 => Just(0), 1 => Just(PAGE as u64)];
    prop_oneof![
        3 => (0..ACTORS, mode).prop_map(|(a, m)| Operation::Open(a, m)),
        3 => any::<u8>().prop_map(Operation::Close),
        3 => (any::<u8>(), 0..ACTORS).prop_map(|(h, a)| Operation::Share(h, a)),
        4 => (any::<u8>(), length, offset).prop_map(|(h, l, o)| Operation::Map(h, l, o)),
        1 => any::<u8>().prop_map(Operation::Unmap),
        2 => (any::<u8>(), any::<u32>(), any::<u8>())
            .prop_map(|(f, i, v)| Operation::Poke(f, i, v)),
    ]
    .boxed()
}

fn events() -> BoxedStrategy<Operation> {
    let events = prop_oneof![8 => 1..6_usize, 2 => 6..40_usize, 1 => Just(0), 1 => Just(5000)];
    let odd = prop_oneof![12 => Just(0), 1 => 1..4_usize];
    let room = prop_oneof![6 => Just(None), 1 => (0..4_usize).prop_map(Some)];
    let read = (any::<u8>(), events, odd, room, any::<bool>()).prop_map(
        |(handle, events, odd, room, blocking)| Operation::Read {
            handle,
            events,
            odd,
            room,
            blocking,
        },
    );
    prop_oneof![
        30 => read,
        1 => (any::<u8>(), name(), prop_oneof![1..9_u32, Just(5000)])
            .prop_map(|(h, n, t)| Operation::Flood(h, n, t)),
        2 => (any::<u8>(), name(), 20..100_u32).prop_map(|(h, n, t)| Operation::Siege(h, n, t)),
    ]
    .boxed()
}

fn request() -> BoxedStrategy<Request<Name>> {
    let create = (
        list(),
        prop_oneof![3 => Just(3), 2 => 0..4_u32, 1 => any::<u32>()],
    );
    prop_oneof![
        24 => (create, region_flags()).prop_map(|((list, protection), flags)| {
            Request::Create { list, protection, flags }
        }),
        20 => between().prop_map(Request::Between),
        26 => inline().prop_map(Request::Inline),
        4 => name().prop_map(Request::Destroy),
        4 => (name(), mostly_zero(), mostly_zero())
            .prop_map(|(n, f, p)| Request::DestroyWait(n, f, p)),
        2 => (list(), region_flags()).prop_map(|(l, f)| Request::InitSend(l, f)),
        3 => receive().prop_map(Request::AsyncReceive),
        2 => receive().prop_map(Request::SyncReceive),
        2 => (mostly_zero(), mostly_zero()).prop_map(|(f, p)| Request::Statistics(f, p)),
        3 => trifle(),
    ]
    .boxed()
}

/// Requests that have nothing to do with regions.
fn trifle() -> BoxedStrategy<Request<Name>> {
    let known = prop::sample::select(vec![
        request::GET_INFO,
        request::BIND_OFFLOAD,
        request::INIT_SEND,
        request::CREATE_REGION,
        request::DESTROY_REGION,
        request::INIT_ASYNC_RECV,
        request::SYNC_RECV,
        request::COPY,
        request::INLINE_COPY,
        request::COPY_BOUNDED,
        request::INLINE_COPY_BOUNDED,
        request::COPY_COUNTED,
        request::INLINE_COPY_COUNTED,
        request::DESTROY_REGION_WAIT,
        request::GET_STATISTICS,
    ]);
    let mask = prop_oneof![
        3 => Just(Mask::First),
        1 => Just(Mask::Empty),
        1 => Just(Mask::Unreadable),
    ];
    prop_oneof![
        Just(Request::Info),
        // The numbers that are taken begin at 0x10.
        (0..16_u32).prop_map(|number| Request::Unknown((request::MAGIC << 8) | number)),
        known.prop_map(Request::BadBlock),
        (0..6_u32, mask).prop_map(|(flags, mask)| Request::Bind(flags, mask)),
    ]
    .boxed()
}

fn mostly_zero() -> BoxedStrategy<u32> {
    prop_oneof![12 => Just(0), 1 => any::<u32>()].boxed()
}

fn name() -> BoxedStrategy<Name> {
    prop_oneof![
        24 => any::<u8>().prop_map(Name::Live),
        3 => any::<u8>().prop_map(Name::Ever),
        1 => (any::<u8>(), 0..64_u8).prop_map(|(r, b)| Name::Flipped(r, b)),
        1 => Just(Name::Zero),
        1 => any::<u64>().prop_map(Name::Other),
    ]
    .boxed()
}

fn region_flags() -> BoxedStrategy<u32> {
    prop_oneof![
        5 => Just(flag::ANY_USER_ACCESS),
        2 => Just(0),
        1 => Just(flag::SINGLE_USE),
        2 => Just(flag::SINGLE_USE | flag::ANY_USER_ACCESS),
        1 => any::<u32>(),
    ]
    .boxed()
}

fn list() -> BoxedStrategy<List> {
    let flaw = prop_oneof![
        30 => Just(Flaw::None),
        1 => Just(Flaw::Unreadable),
        1 => Just(Flaw::TooLong),
    ];
    let segments = prop_oneof![4 => vec(segment(), 1..2), 4 => vec(segment(), 0..5)];
    (segments, flaw)
        .prop_map(|(segments, flaw)| List { segments, flaw })
        .boxed()
}

fn segment() -> BoxedStrategy<Segment> {
    let start = prop_oneof![
        4 => 0..ARENA,
        1 => (0..ARENA / PAGE).prop_map(|page| page * PAGE),
        1 => (1..ARENA / PAGE).prop_map(|page| page * PAGE - 1),
    ];
    let length = prop_oneof![
        3 => 1..100_usize,
        4 => 100..6000_usize,
        1 => Just(0),
        1 => Just(PAGE),
        1 => Just(ARENA),
    ];
    let read_only = prop::bool::weighted(0.06);
    let overrun = prop::bool::weighted(0.03);
    (start, length, read_only, overrun)
        .prop_map(|(start, length, read_only, overrun)| {
            // Where it runs over, it does so by a page at most: what lies there is not mapped.
            let end = if overrun { ARENA + PAGE } else { ARENA };
            let start = if overrun { ARENA - start / 4 } else { start };
            Segment {
                read_only,
                start,
                length: length.min(end - start),
            }
        })
        .boxed()
}

fn form() -> BoxedStrategy<Form> {
    let limit = || {
        prop_oneof![
            2 => Just(u64::MAX),
            4 => 0..10_000_u64,
            1 => Just(0),
        ]
    };
    prop_oneof![
        2 => Just(Form::Unbounded),
        2 => limit().prop_map(Form::Bounded),
        2 => limit().prop_map(Form::Counted),
    ]
    .boxed()
}

fn offset() -> BoxedStrategy<u64> {
    prop_oneof![
        5 => Just(0),
        3 => 0..3000_u64,
        1 => 0..20_000_u64,
        1 => Just(u64::MAX),
    ]
    .boxed()
}

fn copy_flags() -> BoxedStrategy<u32> {
    prop_oneof![
        4 => Just(0),
        1 => Just(flag::DMA),
        3 => Just(flag::PIN_LOCAL),
        7 => Just(flag::MEMCPY_THREAD),
        7 => Just(flag::MEMCPY_THREAD | flag::NOTIFY_FD),
        2 => Just(flag::DMA_THREAD | flag::NOTIFY_FD),
        1 => Just(flag::DMA_THREAD),
        1 => Just(flag::ASYNC_DMA_COMPLETE),
        3 => 0..0x80_u32,
        1 => any::<u32>(),
    ]
    // The plans know nothing of DMA.
    .prop_map(|flags| {
        if Engine::known().heeds_flag() {
            flags & !flag::DMA
        } else {
            flags
        }
    })
    .boxed()
}

fn index() -> BoxedStrategy<u32> {
    prop_oneof![
        12 => 0..40_u32,
        2 => (PAGE as u32 - 1)..=(PAGE as u32),
        1 => Just(u32::MAX),
        1 => any::<u32>(),
    ]
    .boxed()
}

/// Garbage in the padding of the old forms, and mostly none in that of the counted ones.
fn pad(form: Form, chosen: u32) -> u32 {
    match form {
        Form::Counted(_) => chosen,
        _ => GARBAGE,
    }
}

fn between() -> BoxedStrategy<Between<Name>> {
    let sides = (name(), offset(), name(), offset());
    (form(), sides, copy_flags(), index(), mostly_zero())
        .prop_map(
            |(form, (src, src_offset, dst, dst_offset), flags, index, chosen)| Between {
                form,
                src,
                src_offset,
                dst,
                dst_offset,
                flags,
                index,
                pad: pad(form, chosen),
            },
        )
        .boxed()
}

fn inline() -> BoxedStrategy<Inline<Name>> {
    let write = prop_oneof![6 => 0..2_u32, 1 => any::<u32>()];
    let remote = (name(), offset());
    let numbers = (copy_flags(), index(), mostly_zero());
    (form(), list(), write, remote, numbers)
        .prop_map(
            |(form, local, write, (remote, offset), (flags, index, chosen))| Inline {
                form,
                local,
                write,
                remote,
                offset,
                flags,
                index,
                pad: pad(form, chosen),
            },
        )
        .boxed()
}

fn receive() -> BoxedStrategy<Receive<Name>> {
    (list(), name(), copy_flags(), index())
        .prop_map(|(local, remote, flags, index)| Receive {
            local,
            remote,
            flags,
            index,
        })
        .boxed()
}
