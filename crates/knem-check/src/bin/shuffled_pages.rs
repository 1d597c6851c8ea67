// SPDX-License-Identifier: BSD-3-Clause

//! W24, reliability §2 (coalescing): pages that are neighbours in a process and not in the machine,
//! in reverse, in any order, inside one huge page or not, give the right bytes.

use knem_check::memory::HUGE;
use knem_check::prelude::*;
use knem_check::random::Random;

fn main() -> ExitCode {
    tap::run(env!("CARGO_BIN_NAME"), check)
}

const PAGES: usize = 512;

fn check(tap: &mut Tap) {
    let seed = Random::seed();
    tap.note(&format!("seed {seed:#x}"));
    let mut random = Random::new(seed);
    let device = Device::open();
    let reversed: Vec<_> = (0..PAGES / 2).map(|i| (i, PAGES - 1 - i)).collect();
    let twisted: Vec<_> = (0..PAGES / 2).map(|i| (2 * i, 2 * i + 1)).collect();
    let one: Vec<_> = vec![(100, 101)];
    let any: Vec<_> = (0..PAGES)
        .map(|i| (i, random.below(PAGES as u64) as usize))
        .collect();
    for (kind, huge) in [("small pages", false), ("a huge page", true)] {
        for (text, swaps) in [
            ("reversed", &reversed),
            ("twisted", &twisted),
            ("two exchanged", &one),
            ("in any order", &any),
        ] {
            let memory = Buffer::with(Layout {
                length: HUGE,
                alignment: HUGE,
                ..Layout::default()
            });
            let advice = if huge {
                libc::MADV_HUGEPAGE
            } else {
                libc::MADV_NOHUGEPAGE
            };
            let _ = memory.advise(0, HUGE, advice);
            memory.fill(1);
            for &(one, two) in swaps {
                memory.swap_pages(one, two);
            }
            round_trip(tap, &device, &format!("{kind}, {text}"), &memory);
        }
    }
}

/// As a region and as a local buffer, in both directions, with unaligned ends.
fn round_trip(tap: &mut Tap, device: &Device, text: &str, memory: &Buffer) {
    let expected = memory.bytes();
    let plain = Buffer::new(HUGE);
    let inner = 5..HUGE - 5;
    let cookie = region::whole(device, memory.part(5, inner.len()), READ_WRITE);
    let answer = Inline::read(cookie, &[plain.part(5, inner.len())]).run(device);
    tap.works(&format!("{text}: read"), answer);
    tap.holds(
        "the right bytes",
        pattern::same(
            "plain",
            &plain.bytes()[inner.clone()],
            &expected[inner.clone()],
        ),
    );
    memory.clear();
    let answer = Inline::write(cookie, &[plain.part(5, inner.len())]).run(device);
    tap.works(&format!("{text}: written"), answer);
    tap.holds(
        "the right bytes",
        pattern::same(
            "memory",
            &memory.bytes()[inner.clone()],
            &expected[inner.clone()],
        ),
    );
    tap.check(
        "and none outside",
        memory.bytes()[..5] == [0; 5] && memory.bytes()[HUGE - 5..] == [0; 5],
    );

    plain.fill(2);
    let other = region::whole(device, plain.segment(), READ_WRITE);
    let answer = Inline::read(other, &[memory.segment()])
        .flags(flag::PIN_LOCAL)
        .run(device);
    tap.works(&format!("{text}: as a pinned local buffer"), answer);
    tap.holds("the right bytes", memory.matches("memory", 2));
    for cookie in [cookie, other] {
        region::destroy(device, cookie).expect("the region is there");
    }
}
