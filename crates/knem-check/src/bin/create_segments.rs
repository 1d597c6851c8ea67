// SPDX-License-Identifier: BSD-3-Clause

//! §6.1: what a region may consist of: any number of segments, empty, unaligned, overlapping.

use knem_check::prelude::*;

fn main() -> ExitCode {
    tap::run(env!("CARGO_BIN_NAME"), check)
}

fn check(tap: &mut Tap) {
    let device = Device::open();
    empty(tap, &device);
    contents(tap, &device);
}

/// Regions of length 0 are regions.
fn empty(tap: &mut Tap, device: &Device) {
    let garbage = |base| Iovec { base, len: 0 };
    let everywhere = [
        garbage(0),
        garbage(u64::MAX),
        garbage(0xffff_8880_0000_0000),
        garbage(1),
    ];
    let local = Buffer::new(64);
    tap.proves("6.1.empty");
    for (text, array, count) in [
        ("no segment and a null array", 0, 0),
        ("no segment and a garbage array", u64::MAX - 3, 0),
        (
            "empty segments at garbage addresses",
            everywhere.as_ptr() as u64,
            4,
        ),
    ] {
        for protection in [0, READ_WRITE] {
            let cookie = region::create_counted(device, array, count, protection, 0);
            tap.check(
                &format!("{text}, protection {protection}: a region"),
                cookie.is_ok(),
            );
            let cookie = cookie.unwrap_or(0);
            tap.check("its cookie is not 0", cookie != 0);
            if protection == READ_WRITE {
                let segments = [local.segment()];
                tap.works(
                    "reading it moves nothing",
                    Inline::read(cookie, &segments).run(device),
                );
                tap.works(
                    "writing it moves nothing",
                    Inline::write(cookie, &segments).run(device),
                );
                let copy = Between {
                    src: cookie,
                    dst: cookie,
                    src_offset: 9,
                    ..Between::default()
                };
                tap.works("copying it onto itself moves nothing", copy.run(device));
            }
            tap.equal(
                "it can be destroyed",
                region::destroy(device, cookie),
                Ok(()),
            );
        }
    }
    tap.check("no byte was written", local.bytes() == [0; 64]);
}

/// The order of the segments is the order of the bytes.
fn contents(tap: &mut Tap, device: &Device) {
    let memory = Buffer::filled(5 * PAGE + 7, 3);
    let all = memory.bytes();
    let cases: [(&str, &[(usize, usize)]); 7] = [
        ("one byte", &[(4095, 1)]),
        ("one unaligned segment over pages", &[(4090, 4110)]),
        (
            "segments in reverse order",
            &[(8192, 100), (4096, 50), (0, 3)],
        ),
        (
            "overlapping segments",
            &[(10, 5000), (10, 5000), (4000, 200), (11, 1)],
        ),
        (
            "empty segments among others",
            &[(0, 0), (7, 9), (3, 0), (4095, 2), (0, 0)],
        ),
        (
            "neighbours that make up one piece",
            &[(100, 3996), (4096, 4096), (8192, 1)],
        ),
        ("up to the last byte before the guard", &[(5 * PAGE, 7)]),
    ];
    tap.proves("6.1.segments");
    for (text, parts) in cases {
        let segments: Vec<Iovec> = parts
            .iter()
            .map(|&(at, len)| memory.part(at, len))
            .collect();
        let expected: Vec<u8> = parts
            .iter()
            .flat_map(|&(at, len)| &all[at..at + len])
            .copied()
            .collect();
        let cookie = region::create(device, &segments, READ, 0).unwrap_or(0);
        // One byte longer than the region: its length is seen, too.
        let local = Buffer::flush_end(expected.len() + 1);
        let answer = Inline::read(cookie, &[local.segment()]).run(device);
        tap.works(&format!("{text}: readable"), answer);
        let got = local.bytes();
        tap.holds(
            &format!("{text}: the bytes in order"),
            pattern::same("region", &got[..expected.len()], &expected),
        );
        tap.equal(
            &format!("{text}: not one byte more"),
            got[expected.len()],
            0,
        );
    }
}
