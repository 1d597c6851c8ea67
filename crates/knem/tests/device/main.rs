// SPDX-License-Identifier: BSD-3-Clause

//! The crate on a real module. These tests need `/dev/knem`, so they run in guests.

mod copies;
mod errors;
mod executor;
mod queue;
mod regions;
mod scopes;
mod transports;

use knem::{Device, Memory, Protection, Region, RegionOptions};

/// Bytes that tell where they are.
fn pattern(seed: usize, length: usize) -> Vec<u8> {
    (0..length)
        .map(|at| (at * 7 + at / 251 + seed) as u8)
        .collect()
}

fn filled(bytes: &[u8]) -> Memory {
    let memory = Memory::new(bytes.len()).expect("memory");
    memory.write(0, bytes);
    memory
}

fn device() -> Device {
    Device::open().expect("the module is loaded")
}

/// A region of these bytes.
fn region(device: &Device, bytes: &[u8], protection: Protection) -> Region {
    device
        .declare(filled(bytes), protection, RegionOptions::default())
        .expect("a region")
}
