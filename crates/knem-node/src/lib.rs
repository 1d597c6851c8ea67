// SPDX-License-Identifier: BSD-3-Clause

//! The KNEM client for Node: the `knem` crate, as JavaScript sees it.
//!
//! Memory of JavaScript is only ever passed on by address, because JavaScript may change it at any
//! time; what outlives a call keeps it alive (`memory`). Nothing here has threads of its own: what
//! takes its time runs on Node's pool, for which Node waits before it ends a worker. Errors carry
//! the code of [`knem::Error::code`].

// What JavaScript calls is only registered, and so only used, outside of tests.
#![cfg_attr(test, allow(dead_code))]

mod copy;
mod copy_task;
mod device;
mod failure;
mod info;
mod memory;
mod number;
mod place;
mod region;
mod remote;
mod statistics;
mod submission;
mod transport;
mod turn;
