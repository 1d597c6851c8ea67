// SPDX-License-Identifier: BSD-3-Clause

//! Copies: COPY, INLINE_COPY and their bounded forms.
//!
//! Padding and output fields go in as garbage and, unless a slot is named, the status index as −1,
//! as existing clients do.
//! After each call the block is checked: on success only the status may differ, on failure
//! nothing (§2).

use std::fmt;
use std::marker::PhantomData;

use knem_abi::{request, status, Cookie, Iovec};

use crate::device::Device;
use crate::errno::Errno;
use crate::region::GARBAGE;

/// A value of `current_status`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Status(pub u32);

/// What a copy answered: the status, or the error of the call itself.
pub type Outcome = Result<Status, Errno>;

impl Status {
    /// Not over yet.
    pub const PENDING: Status = Status(status::PENDING as u32);
    /// Over, and all bytes are there.
    pub const SUCCESS: Status = Status(status::SUCCESS as u32);
    /// Over, and some bytes may be missing.
    pub const FAILED: Status = Status(status::FAILED as u32);
}

/// The copy waits for the kernel thread, or runs in it.
pub const PENDING: Outcome = Ok(Status::PENDING);
/// The copy is over.
pub const SUCCESS: Outcome = Ok(Status::SUCCESS);
/// The copy met a fault in the caller's memory.
pub const FAILED: Outcome = Ok(Status::FAILED);

impl fmt::Debug for Status {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match u8::try_from(self.0) {
            Ok(status::PENDING) => formatter.write_str("PENDING"),
            Ok(status::SUCCESS) => formatter.write_str("SUCCESS"),
            Ok(status::FAILED) => formatter.write_str("FAILED"),
            _ => write!(formatter, "status {:#x}", self.0),
        }
    }
}

/// Gives one kind of block and checks how it comes back.
macro_rules! call {
    ($device:expr, $request:expr, $block:expr) => {{
        let before = $block;
        let mut block = before;
        let answer = $device.call($request, &mut block);
        let status = Status(block.current_status);
        if answer.is_ok() {
            block.current_status = before.current_status;
        }
        assert_eq!(block, before, "the copy changed what it must not");
        answer.map(|()| status)
    }};
}

/// A copy from region to region.
#[derive(Clone, Copy, Default)]
pub struct Between {
    /// The region to copy from.
    pub src: Cookie,
    /// Bytes to leave out at its start.
    pub src_offset: u64,
    /// The region to copy to.
    pub dst: Cookie,
    /// Bytes to leave out at its start.
    pub dst_offset: u64,
    /// The most bytes to copy; `None` takes the unbounded form.
    pub bound: Option<u64>,
    /// Flags as given to the device.
    pub flags: u32,
    /// The slot of the status array; `None` gives the index −1.
    pub slot: Option<u32>,
}

impl Between {
    /// All of a region to the start of another.
    pub fn new(src: Cookie, dst: Cookie) -> Between {
        Between {
            src,
            dst,
            ..Between::default()
        }
    }

    /// Leaves out the first bytes of both regions.
    pub fn offsets(self, src_offset: u64, dst_offset: u64) -> Between {
        Between {
            src_offset,
            dst_offset,
            ..self
        }
    }

    /// Takes the bounded form.
    pub fn bound(self, bound: u64) -> Between {
        Between {
            bound: Some(bound),
            ..self
        }
    }

    /// Sets the flags.
    pub fn flags(self, flags: u32) -> Between {
        Between { flags, ..self }
    }

    /// Names the slot.
    pub fn slot(self, slot: u32) -> Between {
        Between {
            slot: Some(slot),
            ..self
        }
    }

    /// Gives the request.
    ///
    /// # Errors
    /// What the device answers.
    ///
    /// # Panics
    /// Where the device touched a field that it must not touch.
    pub fn run(self, device: &Device) -> Outcome {
        let Between {
            src,
            src_offset,
            dst,
            dst_offset,
            bound,
            flags,
            slot,
        } = self;
        let bounded = knem_abi::CopyBounded {
            src_cookie: src,
            src_offset,
            dst_cookie: dst,
            dst_offset,
            length: bound.unwrap_or(0),
            flags,
            current_status: GARBAGE,
            async_status_index: slot.unwrap_or(u32::MAX),
            pad: GARBAGE,
        };
        if bound.is_some() {
            return call!(device, request::COPY_BOUNDED, bounded);
        }
        let unbounded = knem_abi::Copy {
            src_cookie: src,
            src_offset,
            dst_cookie: dst,
            dst_offset,
            flags,
            current_status: GARBAGE,
            async_status_index: slot.unwrap_or(u32::MAX),
            pad: GARBAGE,
        };
        call!(device, request::COPY, unbounded)
    }
}

/// A copy between a region and the caller's memory.
///
/// The lifetime is that of the array of local segments, whose address goes to the kernel.
#[derive(Clone, Copy, Default)]
pub struct Inline<'a> {
    /// Address of the array of local segments.
    pub array: u64,
    /// Entries of that array.
    pub count: u32,
    /// 0 copies from the region, anything else to it.
    pub write: u32,
    /// The region.
    pub remote: Cookie,
    /// Bytes to leave out at its start.
    pub offset: u64,
    /// The most bytes to copy; `None` takes the unbounded form.
    pub bound: Option<u64>,
    /// Flags as given to the device.
    pub flags: u32,
    /// The slot of the status array; `None` gives the index −1.
    pub slot: Option<u32>,
    /// Keeps the array alive as long as the request.
    pub local: PhantomData<&'a [Iovec]>,
}

impl<'a> Inline<'a> {
    /// From a region into local segments.
    pub fn read(remote: Cookie, local: &'a [Iovec]) -> Inline<'a> {
        Inline {
            array: local.as_ptr() as u64,
            count: local.len() as u32,
            remote,
            ..Inline::default()
        }
    }

    /// From local segments into a region.
    pub fn write(remote: Cookie, local: &'a [Iovec]) -> Inline<'a> {
        Inline {
            write: 1,
            ..Inline::read(remote, local)
        }
    }

    /// Leaves out the first bytes of the region.
    pub fn offset(self, offset: u64) -> Inline<'a> {
        Inline { offset, ..self }
    }

    /// Takes the bounded form.
    pub fn bound(self, bound: u64) -> Inline<'a> {
        Inline {
            bound: Some(bound),
            ..self
        }
    }

    /// Sets the flags.
    pub fn flags(self, flags: u32) -> Inline<'a> {
        Inline { flags, ..self }
    }

    /// Names the slot.
    pub fn slot(self, slot: u32) -> Inline<'a> {
        Inline {
            slot: Some(slot),
            ..self
        }
    }

    /// Gives the request.
    ///
    /// # Errors
    /// What the device answers.
    ///
    /// # Panics
    /// Where the device touched a field that it must not touch.
    pub fn run(self, device: &Device) -> Outcome {
        let bounded = knem_abi::InlineCopyBounded {
            local_iovec_array: self.array,
            local_iovec_nr: self.count,
            write: self.write,
            remote_cookie: self.remote,
            remote_offset: self.offset,
            length: self.bound.unwrap_or(0),
            flags: self.flags,
            current_status: GARBAGE,
            async_status_index: self.slot.unwrap_or(u32::MAX),
            pad: GARBAGE,
        };
        if self.bound.is_some() {
            return call!(device, request::INLINE_COPY_BOUNDED, bounded);
        }
        let unbounded = knem_abi::InlineCopy {
            local_iovec_array: self.array,
            local_iovec_nr: self.count,
            write: self.write,
            remote_cookie: self.remote,
            remote_offset: self.offset,
            flags: self.flags,
            current_status: GARBAGE,
            async_status_index: self.slot.unwrap_or(u32::MAX),
            pad: GARBAGE,
        };
        call!(device, request::INLINE_COPY, unbounded)
    }
}
