// SPDX-License-Identifier: BSD-3-Clause

//! §20.9, §20.10: 100 000 regions of one byte, 65 536 of one page, 256 of 256 pages in a context.

use knem_check::prelude::*;

fn main() -> ExitCode {
    tap::run(env!("CARGO_BIN_NAME"), check)
}

const ARENA: usize = 256 * PAGE;

fn check(tap: &mut Tap) {
    let device = Device::open();
    let base = pins::outstanding();
    let memory = Buffer::filled(ARENA, 1);
    tap.proves("20.10");
    for (count, length) in [(100_000, 1), (65_536, PAGE), (256, 256 * PAGE)] {
        let text = format!("{count} regions of {length} bytes");
        let outcome = many(&device, &memory, count, length);
        tap.holds(
            &format!("{text}: created, read here and there, destroyed in order"),
            outcome,
        );
        tap.equal(
            &format!("{text}: nothing stays pinned"),
            pins::settle(base),
            base,
        );
    }
    let kept =
        (0..10_000).filter(|i| region::create(&device, &[memory.part(*i, 1)], READ, 0).is_ok());
    tap.equal("10 000 regions are left to close", kept.count(), 10_000);
    drop(device);
    tap.equal("which frees them", pins::settle(base), base);
}

fn many(device: &Device, memory: &Buffer, count: usize, length: usize) -> Result<(), String> {
    let places = ARENA / length;
    let place = |i: usize| (i % places) * length;
    let mut cookies = Vec::with_capacity(count);
    for i in 0..count {
        let cookie = region::create(device, &[memory.part(place(i), length)], READ, 0);
        cookies.push(cookie.map_err(|error| format!("region {i}: {error:?}"))?);
    }
    let local = Buffer::new(length.min(64));
    let all = memory.bytes();
    for i in (0..count).step_by(count / 200) {
        let answer = Inline::read(cookies[i], &[local.segment()]).run(device);
        if answer != SUCCESS {
            return Err(format!("reading region {i}: {answer:?}"));
        }
        pattern::same(
            "region",
            &local.bytes(),
            &all[place(i)..place(i) + local.len()],
        )?;
    }
    for (i, cookie) in cookies.into_iter().enumerate() {
        region::destroy(device, cookie)
            .map_err(|error| format!("destroying region {i}: {error:?}"))?;
    }
    Ok(())
}
