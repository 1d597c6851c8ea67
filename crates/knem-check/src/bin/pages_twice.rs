// SPDX-License-Identifier: BSD-3-Clause

//! §6.1, W24, reliability §2 (coalescing): a page may be in a region, or in local memory, more than once; it
//! is pinned as often, read as often, and of what is written to it the last stays.

use knem_check::prelude::*;

fn main() -> ExitCode {
    tap::run(env!("CARGO_BIN_NAME"), check)
}

fn check(tap: &mut Tap) {
    let device = Device::open();
    let base = pins::outstanding();
    let memory = Buffer::filled(2 * PAGE, 1);
    let [first, second] = [0, PAGE].map(|at| memory.part(at, PAGE));
    // Neighbours in the order of the segments and against it, and a page that overlaps itself.
    let shapes = [
        ("twice in a row", vec![first, first]),
        ("again after its neighbour", vec![first, second, first]),
        ("before its neighbour", vec![second, first, second]),
        (
            "overlapping itself",
            vec![memory.part(0, PAGE), memory.part(8, PAGE)],
        ),
    ];
    for (text, segments) in shapes {
        as_region(tap, &device, text, &memory, &segments);
        for flags in [0, flag::PIN_LOCAL] {
            let text = format!("{text}, as local memory, flags {flags:#x}");
            as_local(tap, &device, &text, &memory, &segments, flags);
        }
    }
    tap.equal("nothing stays pinned", pins::settle(base), base);
}

/// The bytes of the memory in the order of segments.
fn gathered(memory: &Buffer, segments: &[Iovec]) -> Vec<u8> {
    segments
        .iter()
        .flat_map(|one| memory.bytes_at((one.base - memory.address()) as usize, one.len as usize))
        .collect()
}

/// What the memory holds after bytes are written to the segments in order.
fn scattered(memory: &Buffer, segments: &[Iovec], mut bytes: &[u8]) -> Vec<u8> {
    let mut after = memory.bytes();
    for one in segments {
        let at = (one.base - memory.address()) as usize;
        let (now, rest) = bytes.split_at(one.len as usize);
        after[at..at + now.len()].copy_from_slice(now);
        bytes = rest;
    }
    after
}

fn as_region(tap: &mut Tap, device: &Device, text: &str, memory: &Buffer, segments: &[Iovec]) {
    memory.fill(1);
    let expected = gathered(memory, segments);
    let local = Buffer::new(expected.len());
    let cookie = region::create(device, segments, READ_WRITE, 0).unwrap_or(0);
    let answer = Inline::read(cookie, &[local.segment()]).run(device);
    tap.works(&format!("{text}: read"), answer);
    tap.holds(
        "as often as it is there",
        pattern::same("local", &local.bytes(), &expected),
    );
    local.fill(2);
    let expected = scattered(memory, segments, &local.bytes());
    let answer = Inline::write(cookie, &[local.segment()]).run(device);
    tap.works(&format!("{text}: written"), answer);
    tap.holds(
        "the last one stays",
        pattern::same("memory", &memory.bytes(), &expected),
    );
    tap.equal("destroyed", region::destroy(device, cookie), Ok(()));
}

fn as_local(
    tap: &mut Tap,
    device: &Device,
    text: &str,
    memory: &Buffer,
    segments: &[Iovec],
    flags: u32,
) {
    memory.fill(1);
    let length = segments.iter().map(|one| one.len as usize).sum();
    let other = Buffer::filled(length, 3);
    let cookie = region::whole(device, other.segment(), READ_WRITE);
    let expected = scattered(memory, segments, &other.bytes());
    let answer = Inline::read(cookie, segments).flags(flags).run(device);
    tap.works(&format!("{text}: read to"), answer);
    tap.holds(
        "the last one stays",
        pattern::same("memory", &memory.bytes(), &expected),
    );
    let expected = gathered(memory, segments);
    let answer = Inline::write(cookie, segments).flags(flags).run(device);
    tap.works(&format!("{text}: written from"), answer);
    tap.holds(
        "as often as it is there",
        pattern::same("other", &other.bytes(), &expected),
    );
    assert_eq!(region::destroy(device, cookie), Ok(()));
}
