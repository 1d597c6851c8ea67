// SPDX-License-Identifier: BSD-3-Clause

//! What the conformance programs share: the device as it is, memory, processes, and a reporter.
//!
//! Each program below `src/bin` proves one behaviour of the contract and reports in TAP. Nothing
//! here corrects, retries or hides an answer of the device: a wrapper only fills the block of a
//! request and hands back what the kernel said.

pub mod array;
pub mod bed;
pub mod bind;
pub mod clock;
pub mod copy;
pub mod counted;
pub mod device;
pub mod dma;
pub mod driver;
pub mod errno;
pub mod events;
pub mod faults;
pub mod file;
pub mod interrupt;
pub mod log;
pub mod memory;
pub mod model;
pub mod module;
pub mod old;
pub mod pattern;
pub mod pins;
pub mod plug;
pub mod prelude;
pub mod process;
pub mod property;
pub mod random;
pub mod region;
pub mod reserve;
pub mod rights;
pub mod softdma;
pub mod statistics;
pub mod suite;
pub mod swap;
pub mod table;
pub mod tap;
pub mod user;
pub mod userfault;
pub mod worker;
