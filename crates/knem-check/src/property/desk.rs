// SPDX-License-Identifier: BSD-3-Clause

//! Memory that an actor and the driver share: what is compared, and what calls are written on.

use std::ffi::CStr;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd, RawFd};

use knem_abi::Iovec;

use super::arena::{Segment, ARENA};
use super::call::{Flaw, List, Mask};
use crate::errno::{check, Errno};
use crate::memory::{unmapped, Buffer, PAGE};

/// Entries of the array that stands for one that is too long.
const TOO_MANY: u32 = 65_536;
/// Bytes of the largest block.
pub const BLOCK: usize = 1024;
/// Bytes for events that are read: more than any context has room for.
pub const READING: usize = 8 * PAGE;
/// Bytes of the largest status array.
pub const SLOTS: usize = 2 * PAGE;

/// Memory that an actor and the driver share.
pub struct Desk {
    /// What is compared.
    pub arena: Buffer,
    /// The same bytes, mapped read-only.
    shadow: Buffer,
    /// For the block of a request.
    pub block: Buffer,
    list: Buffer,
    mask: Buffer,
    /// For a copy of a status array.
    pub slots: Buffer,
    /// For what is read. Its end is followed by memory that is not mapped.
    pub reading: Buffer,
}

impl Desk {
    /// Memory for one actor.
    ///
    /// # Errors
    /// What the kernel refuses.
    pub fn new() -> Result<Desk, Errno> {
        const NAME: &CStr = c"knem-check";
        // SAFETY: the name is a C string that outlives the call.
        let file = check(unsafe { libc::memfd_create(NAME.as_ptr(), 0) } as isize)?;
        // SAFETY: the descriptor was just opened and belongs to nobody else.
        let file = unsafe { OwnedFd::from_raw_fd(file as RawFd) };
        // SAFETY: no memory is involved.
        check(unsafe { libc::ftruncate(file.as_raw_fd(), ARENA as libc::off_t) } as isize)?;
        let shadow = Buffer::of_file(file.as_raw_fd(), ARENA, true)?;
        shadow.protect(0, ARENA, libc::PROT_READ);
        Ok(Desk {
            arena: Buffer::of_file(file.as_raw_fd(), ARENA, true)?,
            shadow,
            block: Buffer::shared(BLOCK),
            list: Buffer::shared(PAGE),
            mask: Buffer::shared(PAGE),
            slots: Buffer::shared(SLOTS),
            reading: Buffer::shared(READING),
        })
    }

    fn entry(&self, segment: &Segment) -> Iovec {
        let memory = if segment.read_only {
            &self.shadow
        } else {
            &self.arena
        };
        Iovec {
            base: memory.address() + segment.start as u64,
            len: segment.length as u64,
        }
    }

    /// Puts an array of segments down; answers its address and how many entries it has.
    pub fn put_list(&self, list: &List) -> (u64, u32) {
        for (i, segment) in list.segments.iter().enumerate() {
            let Iovec { base, len } = self.entry(segment);
            self.list.put(16 * i, &base.to_ne_bytes());
            self.list.put(16 * i + 8, &len.to_ne_bytes());
        }
        let count = list.segments.len() as u32;
        match list.flaw {
            Flaw::None => (self.list.address(), count),
            Flaw::Unreadable => (unmapped(&self.list), count),
            Flaw::TooLong => (self.list.address(), TOO_MANY),
        }
    }

    /// Puts a CPU mask down; answers its address and length.
    pub fn put_mask(&self, mask: Mask) -> (u64, u32) {
        self.mask.put(0, &1_u64.to_ne_bytes());
        match mask {
            Mask::First => (self.mask.address(), 8),
            Mask::Empty => (self.mask.address(), 0),
            Mask::Unreadable => (unmapped(&self.mask), 8),
        }
    }
}
