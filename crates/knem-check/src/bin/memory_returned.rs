// SPDX-License-Identifier: BSD-3-Clause

//! W33, W47: thousands of regions, each used by several at a time, leave no memory of the kernel behind.

use std::fs;
use std::thread::sleep;
use std::time::{Duration, Instant};

use knem_check::prelude::*;

fn main() -> ExitCode {
    tap::run(env!("CARGO_BIN_NAME"), check)
}

const ROUNDS: usize = 4000;

/// Of a round, less than the smallest thing that could stay behind.
const FORGIVEN: u64 = 160;

fn check(tap: &mut Tap) {
    let device = Device::open();
    let memory = Buffer::filled(PAGE, 1);
    let round = || {
        let cookie = region::whole(&device, memory.segment(), READ_WRITE);
        // Both ends of a copy refer to the region, beside its owner.
        let copied = Between::new(cookie, cookie).run(&device);
        (copied, region::destroy(&device, cookie))
    };
    // What the first ones leave is kept for those that follow.
    let warm: Vec<_> = (0..ROUNDS / 4).map(|_| round()).collect();
    let before = settled(0);
    let rounds: Vec<_> = (0..ROUNDS).map(|_| round()).collect();
    let all = warm.iter().chain(&rounds);
    let well = all.filter(|&&answers| answers == (SUCCESS, Ok(())));
    tap.equal("regions live", well.count(), ROUNDS + ROUNDS / 4);
    let limit = before + ROUNDS as u64 * FORGIVEN;
    let after = settled(limit);
    tap.note(&format!("{before} bytes before, {after} after"));
    tap.check("and leave nothing", after <= limit);
}

/// The bytes that are allocated of the kernel, at most `limit` if that is reached in a few seconds: some
/// memory is freed a little later.
fn settled(limit: u64) -> u64 {
    let start = Instant::now();
    loop {
        let_go();
        let now = allocated();
        if now <= limit || start.elapsed() > Duration::from_secs(6) {
            return now;
        }
        sleep(Duration::from_millis(200));
    }
}

/// Has the allocator let go of what it keeps back for a while, so that uses after the end are seen:
/// kernels with KASAN do. Kernel document: Documentation/ABI/testing/sysfs-kernel-slab.
fn let_go() {
    // Small kernels have no such folder, and keep nothing back.
    let caches = fs::read_dir("/sys/kernel/slab").into_iter().flatten();
    for cache in caches.flatten() {
        if cache.file_name().as_encoded_bytes().starts_with(b"kmalloc") {
            // What cannot be shrunk keeps what it has.
            let _ = fs::write(cache.path().join("shrink"), "1");
        }
    }
}

/// As `/proc/slabinfo` has it, for memory of any kind: name, objects in use, all objects, bytes of an
/// object.
fn allocated() -> u64 {
    let text = fs::read_to_string("/proc/slabinfo").expect("root may look at the allocator");
    let bytes = |line: &str| {
        let mut words = line.split_whitespace();
        let name = words.next()?;
        let numbers: Vec<u64> = words.take(3).filter_map(|word| word.parse().ok()).collect();
        (name.starts_with("kmalloc") && numbers.len() == 3).then(|| numbers[0] * numbers[2])
    };
    text.lines().filter_map(bytes).sum()
}
