// SPDX-License-Identifier: BSD-3-Clause

//! §7.2: how much an inline copy moves, for many layouts, offsets and bounds, in both directions.

use knem_check::model;
use knem_check::prelude::*;

fn main() -> ExitCode {
    tap::run(env!("CARGO_BIN_NAME"), check)
}

const ARENA: usize = 3 * PAGE;
const LAYOUTS: [&[(usize, usize)]; 5] = [
    &[],
    &[(0, 0), (77, 0)],
    &[(4000, 300)],
    &[(8191, 2), (5, 0), (4095, 1), (0, 100), (12_287, 1)],
    &[(1, 4095), (4096, 5000), (9100, 0), (9100, 3188)],
];

/// One side of the copies: an arena that ends right before a guard page.
struct Side {
    arena: Buffer,
    pattern: Vec<u8>,
}

impl Side {
    fn new(seed: u64) -> Side {
        Side {
            arena: Buffer::flush_end(ARENA),
            pattern: pattern::bytes(seed, ARENA),
        }
    }
    fn segments(&self, layout: &[(usize, usize)]) -> Vec<Iovec> {
        layout
            .iter()
            .map(|&(at, length)| self.arena.part(at, length))
            .collect()
    }
}

fn check(tap: &mut Tap) {
    let device = Device::open();
    let (far, near) = (Side::new(1), Side::new(2));
    tap.proves("7.2.effective-length");
    tap.proves("7.2.nothing-to-do");
    tap.proves("7.2.segments");
    for (number, remote) in LAYOUTS.iter().enumerate() {
        let cookie = region::create(&device, &far.segments(remote), READ_WRITE, 0).unwrap_or(0);
        for write in [false, true] {
            for flags in [0, flag::PIN_LOCAL] {
                let direction = if write { "to" } else { "from" };
                let text = format!("{direction} region layout {number}, flags {flags:#x}");
                let outcome = matrix(&device, (&far, remote, cookie), &near, write, flags);
                tap.holds(&text, outcome);
            }
        }
    }
}

type Remote<'a> = (&'a Side, &'a [(usize, usize)], Cookie);

/// All local layouts, offsets and bounds for one region.
fn matrix(
    device: &Device,
    remote: Remote,
    near: &Side,
    write: bool,
    flags: u32,
) -> Result<(), String> {
    let length = model::length(remote.1);
    let first = remote.1.first().map_or(0, |&(_, length)| length as u64);
    for local in LAYOUTS {
        let local_length = model::length(local);
        for offset in [
            0,
            1,
            first,
            length.saturating_sub(1),
            length,
            length + 1,
            u64::MAX,
        ] {
            for bound in [
                None,
                Some(0),
                Some(1),
                Some(local_length / 2),
                Some(u64::MAX),
            ] {
                let request = Inline {
                    offset,
                    bound,
                    flags,
                    write: u32::from(write),
                    remote: remote.2,
                    ..Inline::default()
                };
                one(device, remote, (near, local), request).map_err(|error| {
                    format!("local {local:?} offset {offset} bound {bound:?}: {error}")
                })?;
            }
        }
    }
    Ok(())
}

/// One copy against the model, every byte of both arenas compared.
fn one(
    device: &Device,
    (far, remote, _): Remote,
    (near, local): (&Side, &[(usize, usize)]),
    request: Inline,
) -> Result<(), String> {
    far.arena.put(0, &far.pattern);
    near.arena.put(0, &near.pattern);
    let mut expected = [far.pattern.clone(), near.pattern.clone()];
    let [far_bytes, near_bytes] = &mut expected;
    let (offset, bound) = (request.offset, request.bound);
    if request.write == 0 {
        model::copy(
            &far.pattern,
            (remote, offset),
            near_bytes,
            (local, 0),
            bound,
        );
    } else {
        model::copy(
            &near.pattern,
            (local, 0),
            far_bytes,
            (remote, offset),
            bound,
        );
    }
    let segments = near.segments(local);
    let request = Inline {
        array: segments.as_ptr() as u64,
        count: segments.len() as u32,
        ..request
    };
    let answer = request.run(device);
    if answer != SUCCESS {
        return Err(format!("{answer:?}"));
    }
    pattern::same("region", &far.arena.bytes(), &expected[0])?;
    pattern::same("local", &near.arena.bytes(), &expected[1])
}
