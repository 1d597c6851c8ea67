// SPDX-License-Identifier: BSD-3-Clause

//! The contract between the KNEM kernel module and user space: the module's own source file,
//! compiled for programs.

#![no_std]

#[path = "../../../kernel-rs/abi.rs"]
mod abi;

pub use abi::*;
