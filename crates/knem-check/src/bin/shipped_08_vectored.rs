// SPDX-License-Identifier: BSD-3-Clause

//! §20.8: five odd segments on each side, both directions, with and without PINLOCAL: as many bytes
//! as the shorter side has, and none beyond.

use knem_check::model;
use knem_check::prelude::*;

fn main() -> ExitCode {
    tap::run(env!("CARGO_BIN_NAME"), check)
}

const REMOTE: [(usize, usize); 5] = [
    (7, 333_333),
    (400_001, 7),
    (400_111, 3_333_333),
    (3_800_003, 77_777),
    (3_900_001, 4097),
];
const LOCAL: [(usize, usize); 5] = [
    (1, 33),
    (101, 2_222_222),
    (2_300_003, 777),
    (2_400_005, 333_337),
    (2_800_009, 555_555),
];
const ARENA: usize = 4 << 20;

fn check(tap: &mut Tap) {
    let device = Device::open();
    let (remote, local) = (Buffer::new(ARENA), Buffer::new(ARENA));
    let parts = |buffer: &Buffer, parts: &[(usize, usize)]| -> Vec<Iovec> {
        parts
            .iter()
            .map(|&(at, length)| buffer.part(at, length))
            .collect()
    };
    let segments = parts(&local, &LOCAL);
    let cookie = region::create(&device, &parts(&remote, &REMOTE), READ_WRITE, 0).unwrap_or(0);
    tap.proves("20.8");
    for flags in [0, flag::PIN_LOCAL] {
        for write in [0, 1] {
            remote.fill(1);
            local.fill(2);
            let mut expected = [remote.bytes(), local.bytes()];
            let request = Inline {
                write,
                ..Inline::read(cookie, &segments)
            };
            let answer = request.flags(flags).run(&device);
            let [there, here] = &mut expected;
            if write == 0 {
                model::copy(there, (&REMOTE, 0), here, (&LOCAL, 0), None);
            } else {
                model::copy(here, (&LOCAL, 0), there, (&REMOTE, 0), None);
            }
            tap.works(&format!("write {write}, flags {flags:#x}"), answer);
            let same = pattern::same("region", &remote.bytes(), there);
            tap.holds("every byte there", same);
            let same = pattern::same("local", &local.bytes(), here);
            tap.holds("every byte here", same);
        }
    }
}
