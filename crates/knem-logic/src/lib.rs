// SPDX-License-Identifier: BSD-3-Clause

//! The decisions of the KNEM kernel module: the module's own source files, compiled for user space
//! so that they can be tested there.

#![no_std]

pub use knem_abi as abi;

#[path = "../../../kernel-rs/logic/mod.rs"]
mod logic;

pub use logic::*;
