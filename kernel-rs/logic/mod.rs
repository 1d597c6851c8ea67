// SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause

//! Decisions that need no kernel.
//!
//! Nothing below this folder names the kernel, allocates or is unsafe, so that the same files are
//! compiled by `crates/knem-logic` and tested in user space.

pub mod cookie;
pub mod cursor;
pub mod dma;
pub mod flags;
pub mod histogram;
pub mod ring;
pub mod runs;
pub mod shelf;
pub mod stripe;
pub mod text;
