// SPDX-License-Identifier: BSD-3-Clause

//! What nearly every program uses.

pub use crate::array::Array;
pub use crate::bed::Bed;
pub use crate::copy::{Between, Inline, Outcome, Status, FAILED, PENDING, SUCCESS};
pub use crate::device::Device;
pub use crate::errno::Errno;
pub use crate::memory::{unmapped, Buffer, Layout, PAGE};
pub use crate::process::{in_child, End, Peer};
pub use crate::tap::Tap;
pub use crate::user::{as_user, ALICE, BOB};
pub use crate::{pattern, pins, region, statistics, tap};
pub use knem_abi::protection::{READ, WRITE};
pub use knem_abi::{flag, Cookie, Counter, Iovec};
pub use std::process::ExitCode;

/// Both bits of the protection of a region.
pub const READ_WRITE: u32 = READ | WRITE;

/// The answer of a call that the device must refuse.
pub const fn refused<T>(errno: Errno) -> Result<T, Errno> {
    Err(errno)
}
