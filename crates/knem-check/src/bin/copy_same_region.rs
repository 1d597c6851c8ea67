// SPDX-License-Identifier: BSD-3-Clause

//! §7.1, §7.2: a region copied onto itself, and regions that share memory.

use knem_check::prelude::*;

fn main() -> ExitCode {
    tap::run(env!("CARGO_BIN_NAME"), check)
}

const LENGTH: usize = 5 * PAGE;

fn check(tap: &mut Tap) {
    let device = Device::open();
    let memory = Buffer::filled(LENGTH, 1);
    let before = memory.bytes();
    let cookie = region::whole(&device, memory.segment(), READ_WRITE);
    let twin = region::whole(&device, memory.segment(), READ_WRITE);
    let pairs = [
        ("the same region", Between::new(cookie, cookie)),
        (
            "another region over the same memory",
            Between::new(cookie, twin),
        ),
    ];
    tap.proves("7.2.overlap");
    for (text, pair) in pairs {
        memory.put(0, &before);
        apart(tap, &device, text, pair, &memory);
        for (src, dst) in [(0, 1), (1, 0), (0, 4096), (4097, 5), (0, 9000)] {
            memory.put(0, &before);
            overlapping(tap, &device, text, pair.offsets(src, dst), &memory);
        }
    }
    memory.put(0, &before);
    let parts = [
        memory.part(0, 100),
        memory.part(0, 100),
        memory.part(50, 100),
    ];
    let folded = region::create(&device, &parts, READ_WRITE, 0).unwrap_or(0);
    let source = Buffer::filled(300, 7);
    let answer = Inline::write(folded, &[source.segment()]).run(&device);
    tap.works("a destination whose segments overlap", answer);
    let outside = memory.bytes()[150..] == before[150..];
    tap.check("is written in its place only", outside);
}

/// Source and destination do not touch each other, or are the very same bytes.
fn apart(tap: &mut Tap, device: &Device, text: &str, pair: Between, memory: &Buffer) {
    let mut expected = memory.bytes();
    expected.copy_within(100..9100, 10_001);
    let copy = pair.offsets(100, 10_001).bound(9000);
    tap.works(&format!("{text}: apart from each other"), copy.run(device));
    let same = |memory: &Buffer| pattern::same("memory", &memory.bytes(), &expected);
    tap.holds(&format!("{text}: every byte"), same(memory));
    tap.works(&format!("{text}: exactly onto itself"), pair.run(device));
    tap.holds(&format!("{text}: nothing changed"), same(memory));
}

/// What overlaps is unspecified; what lies outside of the destination is not.
fn overlapping(tap: &mut Tap, device: &Device, text: &str, pair: Between, memory: &Buffer) {
    const COUNT: usize = 10_000;
    let (before, to) = (memory.bytes(), pair.dst_offset as usize);
    let what = format!("{text}: from {} to {to}, overlapping", pair.src_offset);
    tap.works(&what, pair.bound(COUNT as u64).run(device));
    let after = memory.bytes();
    let outside = after[..to] == before[..to] && after[to + COUNT..] == before[to + COUNT..];
    tap.check(&format!("{what}: nothing outside changed"), outside);
}
