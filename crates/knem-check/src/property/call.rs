// SPDX-License-Identifier: BSD-3-Clause

//! Calls in full, and what they answer.
//!
//! Requests are generic over how they name regions: by cookie, or by what chance chooses.

use std::fmt;

use knem_abi::{Cookie, Counter, Info, Statistics};

use super::arena::Segment;
use crate::errno::Errno;

/// The modes in which the device is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// The statistics.
    Read,
    /// A context whose status array cannot be mapped.
    Write,
    /// A context.
    ReadWrite,
}

/// What is wrong with an array of segments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// Nothing.
    None,
    /// It lies where nothing is mapped.
    Unreadable,
    /// It has more entries than a request may have.
    TooLong,
}

/// An array of segments of the caller's memory.
#[derive(Clone, PartialEq, Eq)]
pub struct List {
    /// The segments.
    pub segments: Vec<Segment>,
    /// What is wrong with it.
    pub flaw: Flaw,
}

impl fmt::Debug for List {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.flaw {
            Flaw::None => write!(formatter, "{:?}", self.segments),
            flaw => write!(formatter, "{:?} ({flaw:?})", self.segments),
        }
    }
}

/// Which of the three requests of a kind is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// The one without a limit.
    Unbounded,
    /// The one with a limit.
    Bounded(u64),
    /// The one with a limit and a count.
    Counted(u64),
}

impl Form {
    /// The most bytes to copy.
    pub fn limit(self) -> u64 {
        match self {
            Form::Unbounded => u64::MAX,
            Form::Bounded(limit) | Form::Counted(limit) => limit,
        }
    }
}

/// A copy between regions.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Between<C = Cookie> {
    /// Which request.
    pub form: Form,
    /// The region to copy from.
    pub src: C,
    /// Bytes to leave out at its start.
    pub src_offset: u64,
    /// The region to copy to.
    pub dst: C,
    /// Bytes to leave out at its start.
    pub dst_offset: u64,
    /// As given.
    pub flags: u32,
    /// The slot.
    pub index: u32,
    /// Padding.
    pub pad: u32,
}

/// A copy between a region and the caller's memory.
#[derive(Clone, PartialEq, Eq)]
pub struct Inline<C = Cookie> {
    /// Which request.
    pub form: Form,
    /// The caller's memory.
    pub local: List,
    /// 0 copies from the region.
    pub write: u32,
    /// The region.
    pub remote: C,
    /// Bytes to leave out at its start.
    pub offset: u64,
    /// As given.
    pub flags: u32,
    /// The slot.
    pub index: u32,
    /// Padding.
    pub pad: u32,
}

/// A deprecated copy from a region.
#[derive(Clone, PartialEq, Eq)]
pub struct Receive<C = Cookie> {
    /// The caller's memory.
    pub local: List,
    /// The region.
    pub remote: C,
    /// As given.
    pub flags: u32,
    /// The slot, where the request has one.
    pub index: u32,
}

/// A CPU mask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mask {
    /// The first CPU.
    First,
    /// No byte at all.
    Empty,
    /// It lies where nothing is mapped.
    Unreadable,
}

/// What is asked with `ioctl`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Request<C = Cookie> {
    /// GET_INFO.
    Info,
    /// A number that no request has.
    Unknown(u32),
    /// A request whose block lies where nothing is mapped.
    BadBlock(u32),
    /// BIND_OFFLOAD.
    Bind(u32, Mask),
    /// CREATE_REGION.
    Create {
        /// The memory.
        list: List,
        /// The protection.
        protection: u32,
        /// As given.
        flags: u32,
    },
    /// INIT_SEND.
    InitSend(List, u32),
    /// DESTROY_REGION.
    Destroy(C),
    /// DESTROY_REGION_WAIT with its flags and padding.
    DestroyWait(C, u32, u32),
    /// COPY and its other forms.
    Between(Between<C>),
    /// INLINE_COPY and its other forms.
    Inline(Inline<C>),
    /// INIT_ASYNC_RECV.
    AsyncReceive(Receive<C>),
    /// SYNC_RECV.
    SyncReceive(Receive<C>),
    /// GET_STATISTICS with its flags and padding.
    Statistics(u32, u32),
}

impl<C: fmt::Debug> fmt::Debug for Between<C> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Between {
            form,
            src,
            src_offset,
            dst,
            dst_offset,
            flags,
            index,
            pad,
        } = self;
        write!(
            formatter,
            "({form:?}, {src:?} from {src_offset} to {dst:?} from {dst_offset}, \
             flags {flags:#x}, slot {index}, pad {pad:#x})"
        )
    }
}

impl<C: fmt::Debug> fmt::Debug for Inline<C> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Inline {
            form,
            local,
            write,
            remote,
            offset,
            flags,
            index,
            pad,
        } = self;
        write!(
            formatter,
            "({form:?}, {remote:?} from {offset}, local {local:?}, write {write}, \
             flags {flags:#x}, slot {index}, pad {pad:#x})"
        )
    }
}

impl<C: fmt::Debug> fmt::Debug for Receive<C> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Receive {
            local,
            remote,
            flags,
            index,
        } = self;
        write!(
            formatter,
            "({remote:?}, local {local:?}, flags {flags:#x}, slot {index})"
        )
    }
}

impl<C: Copy> Inline<C> {
    /// The same with the regions named in another way.
    pub fn renamed<D>(&self, name: impl Fn(C) -> D) -> Inline<D> {
        Inline {
            form: self.form,
            local: self.local.clone(),
            write: self.write,
            remote: name(self.remote),
            offset: self.offset,
            flags: self.flags,
            index: self.index,
            pad: self.pad,
        }
    }
}

impl<C: Copy> Between<C> {
    fn renamed<D>(&self, name: impl Fn(C) -> D) -> Between<D> {
        Between {
            form: self.form,
            src: name(self.src),
            src_offset: self.src_offset,
            dst: name(self.dst),
            dst_offset: self.dst_offset,
            flags: self.flags,
            index: self.index,
            pad: self.pad,
        }
    }
}

impl<C: Copy> Receive<C> {
    fn renamed<D>(&self, name: impl Fn(C) -> D) -> Receive<D> {
        Receive {
            local: self.local.clone(),
            remote: name(self.remote),
            flags: self.flags,
            index: self.index,
        }
    }
}

impl<C> Request<C> {
    /// The flags of a copy, as given; of other requests none.
    pub fn flags(&self) -> u32 {
        match self {
            Request::Between(copy) => copy.flags,
            Request::Inline(copy) => copy.flags,
            Request::AsyncReceive(copy) => copy.flags,
            _ => 0,
        }
    }
}

impl<C: Copy> Request<C> {
    /// The same with the regions named in another way.
    pub fn renamed<D>(&self, name: impl Fn(C) -> D) -> Request<D> {
        match self {
            Request::Info => Request::Info,
            Request::Unknown(number) => Request::Unknown(*number),
            Request::BadBlock(number) => Request::BadBlock(*number),
            Request::Bind(flags, mask) => Request::Bind(*flags, *mask),
            Request::Create {
                list,
                protection,
                flags,
            } => Request::Create {
                list: list.clone(),
                protection: *protection,
                flags: *flags,
            },
            Request::InitSend(list, flags) => Request::InitSend(list.clone(), *flags),
            Request::Destroy(region) => Request::Destroy(name(*region)),
            Request::DestroyWait(region, flags, pad) => {
                Request::DestroyWait(name(*region), *flags, *pad)
            }
            Request::Between(copy) => Request::Between(copy.renamed(name)),
            Request::Inline(copy) => Request::Inline(copy.renamed(name)),
            Request::AsyncReceive(copy) => Request::AsyncReceive(copy.renamed(name)),
            Request::SyncReceive(copy) => Request::SyncReceive(copy.renamed(name)),
            Request::Statistics(flags, pad) => Request::Statistics(*flags, *pad),
        }
    }
}

/// Names a descriptor of an actor; never used again.
pub type Handle = usize;
/// Names an open file.
pub type FileId = usize;

/// One call, in full.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Call {
    /// `open`.
    Open {
        /// Who opens.
        actor: usize,
        /// The name that the descriptor gets.
        handle: Handle,
        /// For what.
        mode: Mode,
    },
    /// `close`.
    Close(Handle),
    /// `dup`, or sending the descriptor to another actor.
    Share {
        /// The descriptor.
        handle: Handle,
        /// Who gets one.
        actor: usize,
        /// The name that it gets.
        copy: Handle,
    },
    /// `mmap` of the status array.
    Map {
        /// The descriptor.
        handle: Handle,
        /// Bytes.
        length: usize,
        /// In the file.
        offset: u64,
    },
    /// `munmap` of the status array.
    Unmap(FileId),
    /// The user writes to a slot.
    Poke(FileId, u32, u8),
    /// The user writes to his memory.
    Fill {
        /// Whose memory.
        actor: usize,
        /// The first byte.
        start: usize,
        /// Bytes.
        length: usize,
        /// Seed of their pattern.
        seed: u64,
    },
    /// `write`.
    Write(Handle),
    /// `read` of events, into a buffer of which only `room` bytes can be written.
    Read {
        /// The descriptor.
        handle: Handle,
        /// Bytes.
        count: usize,
        /// Bytes before the fault.
        room: usize,
        /// Without O_NONBLOCK.
        blocking: bool,
    },
    /// `pread` of the statistics.
    Text(Handle),
    /// `poll`.
    Poll(Handle),
    /// `ioctl`.
    Ask(Handle, Request),
    /// The same copy many times over, until it is refused.
    Flood(Handle, Inline, u32),
    /// Looking at the slots.
    Look(FileId),
}

impl fmt::Display for Call {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Call::Ask(handle, request) => write!(formatter, "descriptor {handle}: {request:?}"),
            call => write!(formatter, "{call:?}"),
        }
    }
}

/// What a call answered.
#[derive(Clone, PartialEq, Eq)]
pub enum Answer {
    /// Nothing but whether it worked.
    Done(Result<(), Errno>),
    /// A new region.
    Region(Result<Cookie, Errno>),
    /// How a copy stands: the status and, where told, the bytes.
    Status(Result<(u32, Option<u64>), Errno>),
    /// GET_INFO.
    Info(Result<Info, Errno>),
    /// Events.
    Events(Result<Vec<u32>, Errno>),
    /// What `poll` shows.
    Poll(i16),
    /// The statistics text: the values of all counters.
    Counters(Result<[u64; Counter::ALL.len()], Errno>),
    /// GET_STATISTICS.
    Statistics(Result<Box<Statistics>, Errno>),
    /// How many calls were accepted, and what the next answered.
    Flooded(u32, Option<Errno>),
    /// All slots.
    Slots(Vec<u8>),
}

impl fmt::Debug for Answer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Answer::Done(answer) => answer.fmt(formatter),
            Answer::Region(answer) => write!(formatter, "region {answer:?}"),
            Answer::Status(Err(error)) => write!(formatter, "Err({error:?})"),
            Answer::Status(Ok((status, count))) => {
                let status = crate::copy::Status(*status);
                write!(formatter, "{status:?}, {count:?} bytes")
            }
            Answer::Info(answer) => answer.fmt(formatter),
            Answer::Events(answer) => write!(formatter, "events {answer:?}"),
            Answer::Poll(shown) => write!(formatter, "poll {shown:#x}"),
            Answer::Counters(answer) => answer.fmt(formatter),
            Answer::Statistics(answer) => answer.fmt(formatter),
            Answer::Flooded(count, last) => write!(formatter, "{count} times, then {last:?}"),
            Answer::Slots(slots) => write!(formatter, "{} slots", slots.len()),
        }
    }
}

impl Answer {
    /// The error, if it is one.
    pub fn error(&self) -> Option<Errno> {
        match self {
            Answer::Done(answer) => answer.err(),
            Answer::Region(answer) => answer.err(),
            Answer::Status(answer) => answer.err(),
            Answer::Info(answer) => answer.err(),
            Answer::Events(answer) => answer.as_ref().err().copied(),
            Answer::Counters(answer) => answer.err(),
            Answer::Statistics(answer) => answer.as_ref().err().copied(),
            Answer::Flooded(_, last) => *last,
            Answer::Poll(_) | Answer::Slots(_) => None,
        }
    }
}
