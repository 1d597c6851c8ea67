// SPDX-License-Identifier: BSD-3-Clause

//! §6.2, W17: who knows one cookie cannot tell another: neighbours look like unrelated numbers.

use knem_check::prelude::*;
use std::collections::HashSet;

fn main() -> ExitCode {
    tap::run(env!("CARGO_BIN_NAME"), check)
}

const COUNT: usize = 4096;

fn check(tap: &mut Tap) {
    let device = Device::open();
    let other = Device::open();
    let alone: Vec<Cookie> = (0..COUNT).map(|_| empty(&device)).collect();
    tap.proves("ext.unpredictable");
    related(tap, "in one context", &alone);
    let turns: Vec<Cookie> = (0..COUNT)
        .map(|i| empty(if i % 2 == 0 { &device } else { &other }))
        .collect();
    related(tap, "in two contexts by turns", &turns);
    let again: Vec<Cookie> = (0..COUNT)
        .map(|_| {
            let cookie = empty(&device);
            region::destroy(&device, cookie).expect("the region is there");
            cookie
        })
        .collect();
    related(tap, "after destroying each", &again);
}

fn empty(device: &Device) -> Cookie {
    region::create_counted(device, 0, 0, 0, 0).expect("an empty region")
}

/// Looks at the bits in which neighbours differ.
fn related(tap: &mut Tap, text: &str, cookies: &[Cookie]) {
    let changes: Vec<u64> = cookies.windows(2).map(|pair| pair[0] ^ pair[1]).collect();
    let count = changes.len() as f64;
    let bits: u32 = changes.iter().map(|change| change.count_ones()).sum();
    let mean = f64::from(bits) / count;
    // Half of 64 bits; the standard error of the mean is 0.06.
    tap.check(
        &format!("{text}: neighbours differ in 32 bits (mean {mean:.2})"),
        (mean - 32.0).abs() < 0.6,
    );
    let lazy: Vec<(u32, f64)> = (0..64)
        .map(|bit| {
            (
                bit,
                changes
                    .iter()
                    .filter(|&&change| (change >> bit) & 1 == 1)
                    .count() as f64
                    / count,
            )
        })
        .filter(|(_, share)| (share - 0.5).abs() > 0.07)
        .collect();
    tap.equal(
        &format!("{text}: each bit changes half of the time"),
        lazy,
        vec![],
    );
    let steps: HashSet<u64> = cookies
        .windows(2)
        .map(|pair| pair[1].wrapping_sub(pair[0]))
        .collect();
    tap.equal(
        &format!("{text}: no step comes twice"),
        steps.len(),
        changes.len(),
    );
    let masks: HashSet<u64> = changes.iter().copied().collect();
    tap.equal(
        &format!("{text}: no change of bits comes twice"),
        masks.len(),
        changes.len(),
    );
}
