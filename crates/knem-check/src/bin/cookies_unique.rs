// SPDX-License-Identifier: BSD-3-Clause

//! §6.2, W17: cookies are never 0, unique among live regions, and never come back.

use knem_check::prelude::*;
use std::collections::HashSet;

fn main() -> ExitCode {
    tap::run(env!("CARGO_BIN_NAME"), check)
}

const ROUNDS: usize = 100_000;

fn check(tap: &mut Tap) {
    let device = Device::open();
    let mut seen = HashSet::with_capacity(ROUNDS + 2000);

    tap.proves("6.2.no-reuse");
    tap.proves("6.2.never-zero");
    let outcome = rounds(&device, ROUNDS, &mut seen);
    tap.holds(
        "100 000 regions made and destroyed in one context: no cookie comes back",
        outcome,
    );

    let outcome = (0..100).try_for_each(|_| rounds(&Device::open(), 10, &mut seen));
    tap.holds("100 new contexts give none of them again", outcome);

    let devices: Vec<Device> = (0..10).map(|_| Device::open()).collect();
    let mut live = HashSet::new();
    for device in &devices {
        for _ in 0..50 {
            live.insert(region::create_counted(device, 0, 0, 0, 0));
        }
    }
    tap.proves("6.2.unique");
    tap.equal(
        "500 regions alive in 10 contexts have 500 cookies",
        live.len(),
        500,
    );
    tap.check(
        "none of them 0 or refused",
        live.iter()
            .all(|cookie| cookie.is_ok_and(|cookie| cookie != 0)),
    );
}

/// Makes and destroys regions; half of them are single-use.
fn rounds(device: &Device, count: usize, seen: &mut HashSet<Cookie>) -> Result<(), String> {
    for round in 0..count {
        let flags = if round % 2 == 0 { 0 } else { flag::SINGLE_USE };
        let cookie = region::create_counted(device, 0, 0, READ, flags)
            .map_err(|error| format!("round {round}: {error:?}"))?;
        if cookie == 0 || !seen.insert(cookie) {
            return Err(format!("round {round}: cookie {cookie:#x} again, or 0"));
        }
        region::destroy(device, cookie).map_err(|error| format!("destroy: {error:?}"))?;
    }
    Ok(())
}
