// SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause

//! The kernel's random numbers.

use core::mem;

use kernel::bindings;

/// A key that nobody can guess.
pub(crate) fn key() -> [u32; 4] {
    let mut key = [0; 4];
    // SAFETY: `key` has room for as many bytes.
    unsafe { bindings::get_random_bytes((&raw mut key).cast(), mem::size_of_val(&key)) };
    key
}
