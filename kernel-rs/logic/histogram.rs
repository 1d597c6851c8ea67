// SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause

//! Sizes, told apart by powers of two.

use crate::abi::SIZE_BUCKETS;

/// The index in [`crate::abi::Statistics::copy_sizes`] of copies of so many bytes.
pub const fn bucket(bytes: u64) -> usize {
    let bits = (u64::BITS - bytes.leading_zeros()) as usize;
    if bits < SIZE_BUCKETS {
        bits
    } else {
        SIZE_BUCKETS - 1
    }
}
