// SPDX-License-Identifier: BSD-3-Clause

//! Copies that tell how many bytes they moved: COPY_COUNTED and INLINE_COPY_COUNTED.
//!
//! Padding is 0 and the output fields go in as garbage; after each call the block is checked as
//! those of the older copies are.

use knem_abi::{request, CopyCounted, InlineCopyCounted};

use crate::copy::{Between, Inline, Status};
use crate::device::Device;
use crate::errno::Errno;
use crate::region::GARBAGE;

/// What a counted copy answered: status and bytes, or the error of the call itself.
pub type Count = Result<(Status, u64), Errno>;

macro_rules! call {
    ($device:expr, $request:expr, $block:expr) => {{
        let before = $block;
        let mut block = before;
        let answer = $device.call($request, &mut block);
        let count = (Status(block.current_status), block.copied);
        if answer.is_ok() {
            block.current_status = before.current_status;
            block.copied = before.copied;
        }
        assert_eq!(block, before, "the copy changed what it must not");
        answer.map(|()| count)
    }};
}

impl Between {
    /// The block of the counted form.
    pub fn counted_block(self) -> CopyCounted {
        CopyCounted {
            src_cookie: self.src,
            src_offset: self.src_offset,
            dst_cookie: self.dst,
            dst_offset: self.dst_offset,
            length: self.bound.unwrap_or(u64::MAX),
            flags: self.flags,
            async_status_index: self.slot.unwrap_or(u32::MAX),
            current_status: GARBAGE,
            pad: 0,
            copied: u64::from(GARBAGE),
        }
    }

    /// Gives the request in its counted form.
    ///
    /// # Errors
    /// What the device answers.
    ///
    /// # Panics
    /// Where the device touched a field that it must not touch.
    pub fn counted(self, device: &Device) -> Count {
        call!(device, request::COPY_COUNTED, self.counted_block())
    }
}

impl Inline<'_> {
    /// The block of the counted form.
    pub fn counted_block(self) -> InlineCopyCounted {
        InlineCopyCounted {
            local_iovec_array: self.array,
            local_iovec_nr: self.count,
            write: self.write,
            remote_cookie: self.remote,
            remote_offset: self.offset,
            length: self.bound.unwrap_or(u64::MAX),
            flags: self.flags,
            async_status_index: self.slot.unwrap_or(u32::MAX),
            current_status: GARBAGE,
            pad: 0,
            copied: u64::from(GARBAGE),
        }
    }

    /// Gives the request in its counted form.
    ///
    /// # Errors
    /// What the device answers.
    ///
    /// # Panics
    /// Where the device touched a field that it must not touch.
    pub fn counted(self, device: &Device) -> Count {
        call!(device, request::INLINE_COPY_COUNTED, self.counted_block())
    }
}
