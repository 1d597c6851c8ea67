// SPDX-License-Identifier: BSD-3-Clause

//! Memory of JavaScript, which may throw it away or move it whenever its code runs.
//!
//! During a call it can do neither, so a call that ends with its copy takes any memory: that is
//! [`Views`]. What outlives the call, a region or a copy on another thread, takes memory that
//! JavaScript cannot take back, and keeps a reference to it: that is [`Held`].
//!
//! Only a `SharedArrayBuffer` is such memory. Every other buffer can be given away by
//! `structuredClone`, `postMessage` or `transfer()`; then whoever got it frees it, no reference of
//! ours notwithstanding, and what the allocator puts there next would be open to other processes.

mod held;
mod views;

pub use held::Held;
pub use views::Views;
