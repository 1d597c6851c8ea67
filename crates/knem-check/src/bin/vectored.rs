// SPDX-License-Identifier: BSD-3-Clause

//! §20.8: odd-sized, odd-aligned segments on both sides, both directions, pinned or not; what is
//! beyond the shorter side stays untouched.

use knem_check::model;
use knem_check::prelude::*;

fn main() -> ExitCode {
    tap::run(env!("CARGO_BIN_NAME"), check)
}

const FAR: [(usize, usize); 5] = [
    (3, 3_333_333),
    (3_400_001, 7),
    (3_400_011, 55_555),
    (3_500_000, 4096),
    (3_600_777, 1_000_001),
];
const NEAR: [(usize, usize); 5] = [
    (4_444_444, 333),
    (1, 77_777),
    (80_001, 2_222_222),
    (2_400_001, 4097),
    (2_500_007, 1_900_003),
];
const ARENA: usize = 4_700_000;

fn check(tap: &mut Tap) {
    let device = Device::open();
    let far = Buffer::filled(ARENA, 1);
    let near = Buffer::filled(ARENA, 2);
    let sides = [pattern::bytes(1, ARENA), pattern::bytes(2, ARENA)];
    let segments = |buffer: &Buffer, layout: &[(usize, usize)]| -> Vec<Iovec> {
        layout
            .iter()
            .map(|&(at, length)| buffer.part(at, length))
            .collect()
    };
    let local = segments(&near, &NEAR);
    let cookie = region::create(&device, &segments(&far, &FAR), READ_WRITE, 0).unwrap_or(0);
    tap.proves("20.8");
    for flags in [0, flag::PIN_LOCAL] {
        near.put(0, &sides[1]);
        let answer = Inline::read(cookie, &local).flags(flags).run(&device);
        tap.works(&format!("reading, flags {flags:#x}"), answer);
        let mut expected = sides[1].clone();
        model::copy(&sides[0], (&FAR, 0), &mut expected, (&NEAR, 0), None);
        tap.holds(
            "every byte of the local arena",
            pattern::same("local", &near.bytes(), &expected),
        );
        tap.holds(
            "the region is as it was",
            pattern::same("region", &far.bytes(), &sides[0]),
        );

        near.put(0, &sides[1]);
        let answer = Inline::write(cookie, &local).flags(flags).run(&device);
        tap.works(&format!("writing, flags {flags:#x}"), answer);
        let mut expected = sides[0].clone();
        model::copy(&sides[1], (&NEAR, 0), &mut expected, (&FAR, 0), None);
        tap.holds(
            "every byte of the region's arena",
            pattern::same("region", &far.bytes(), &expected),
        );
        tap.holds(
            "the local side is as it was",
            pattern::same("local", &near.bytes(), &sides[1]),
        );
        far.put(0, &sides[0]);
    }
}
