// SPDX-License-Identifier: BSD-3-Clause

//! §7.2: how much a copy from region to region moves, for many layouts, offsets and bounds.

use knem_check::model;
use knem_check::prelude::*;

fn main() -> ExitCode {
    tap::run(env!("CARGO_BIN_NAME"), check)
}

const ARENA: usize = 3 * PAGE;
const LAYOUTS: [&[(usize, usize)]; 5] = [
    &[],
    &[(12_280, 8)],
    &[(4095, 4098), (20, 0)],
    &[(8191, 2), (5, 0), (4095, 1), (0, 100), (12_287, 1)],
    &[(1, 4095), (4096, 5000), (9100, 0), (9100, 3188)],
];

fn check(tap: &mut Tap) {
    let device = Device::open();
    let arenas = [1, 2].map(|seed| {
        let arena = Buffer::flush_end(ARENA);
        arena.fill(seed);
        arena
    });
    let cookies = arenas.each_ref().map(|arena| {
        LAYOUTS.map(|layout| {
            let segments: Vec<Iovec> = layout
                .iter()
                .map(|&(at, length)| arena.part(at, length))
                .collect();
            region::create(&device, &segments, READ_WRITE, 0).unwrap_or(0)
        })
    });
    tap.proves("7.2.effective-length");
    tap.proves("7.2.nothing-to-do");
    tap.proves("7.2.segments");
    for (from, src) in LAYOUTS.iter().enumerate() {
        for (to, dst) in LAYOUTS.iter().enumerate() {
            let base = Between::new(cookies[0][from], cookies[1][to]);
            let outcome = matrix(&device, &arenas, src, dst, base);
            tap.holds(&format!("from layout {from} to layout {to}"), outcome);
        }
    }
}

/// Offsets that matter for a layout.
fn offsets(layout: &[(usize, usize)]) -> [u64; 6] {
    let length = model::length(layout);
    let first = layout.first().map_or(0, |&(_, length)| length as u64);
    [0, 1, first, length.saturating_sub(1), length, u64::MAX]
}

type Parts = [(usize, usize)];

fn matrix(
    device: &Device,
    arenas: &[Buffer; 2],
    src: &Parts,
    dst: &Parts,
    base: Between,
) -> Result<(), String> {
    let patterns = [1, 2].map(|seed| pattern::bytes(seed, ARENA));
    for src_offset in offsets(src) {
        for dst_offset in offsets(dst) {
            for bound in [None, Some(0), Some(1), Some(4097), Some(u64::MAX)] {
                arenas[1].put(0, &patterns[1]);
                let mut expected = patterns[1].clone();
                model::copy(
                    &patterns[0],
                    (src, src_offset),
                    &mut expected,
                    (dst, dst_offset),
                    bound,
                );
                let answer = Between {
                    src_offset,
                    dst_offset,
                    bound,
                    ..base
                }
                .run(device);
                let what = format!("offsets {src_offset}, {dst_offset}, bound {bound:?}");
                if answer != SUCCESS {
                    return Err(format!("{what}: {answer:?}"));
                }
                pattern::same(&what, &arenas[1].bytes(), &expected)?;
                pattern::same(&what, &arenas[0].bytes(), &patterns[0])?;
            }
        }
    }
    Ok(())
}
