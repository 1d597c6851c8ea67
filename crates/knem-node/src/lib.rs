// SPDX-License-Identifier: BSD-3-Clause

//! The KNEM client for Node: the `knem` crate, as JavaScript sees it.
//!
//! Memory of JavaScript is only ever passed on by address, because JavaScript may change it at any
//! time; every object that names such memory keeps it alive. Errors carry the code of
//! [`knem::Error::code`].

// What JavaScript calls is only registered, and so only used, outside of tests.
#![cfg_attr(test, allow(dead_code))]

mod copy;
mod copy_task;
mod device;
mod failure;
mod info;
mod memory;
mod number;
mod region;
mod statistics;
