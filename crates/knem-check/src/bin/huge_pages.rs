// SPDX-License-Identifier: BSD-3-Clause

//! W24, reliability of coalescing: huge pages, split ones, and mixtures give the same bytes.

use knem_check::memory::HUGE;
use knem_check::prelude::*;
use knem_check::reserve::Reserve;

fn main() -> ExitCode {
    tap::run(env!("CARGO_BIN_NAME"), check)
}

const LENGTH: usize = 3 * HUGE;

fn check(tap: &mut Tap) {
    let device = Device::open();
    let huge = || {
        let memory = Buffer::with(Layout {
            length: LENGTH,
            alignment: HUGE,
            ..Layout::default()
        });
        let _ = memory.advise(0, LENGTH, libc::MADV_HUGEPAGE);
        memory
    };
    let plain = huge();
    plain.fill(1);
    round_trip(tap, &device, "advised huge", &plain);

    let mixed = huge();
    // Real-time kernels have no huge pages but those of the reserve: there all of this is small.
    let _ = mixed.advise(HUGE, HUGE, libc::MADV_NOHUGEPAGE);
    mixed.fill(1);
    round_trip(tap, &device, "huge, small, huge", &mixed);

    let split = huge();
    split.fill(1);
    // A page of its own in the middle of a huge one.
    split
        .advise(HUGE + 5 * PAGE, PAGE, libc::MADV_DONTNEED)
        .expect("advice is taken");
    split.protect(2 * HUGE + PAGE, PAGE, libc::PROT_READ);
    split.protect(2 * HUGE + PAGE, PAGE, libc::PROT_READ | libc::PROT_WRITE);
    split.fill(1);
    round_trip(tap, &device, "split", &split);

    match reserved() {
        Some(memory) => round_trip(tap, &device, "from the reserve", &memory),
        None => tap.skip(
            "huge pages from the reserve",
            "the machine has none to give",
        ),
    }
}

/// Huge pages from the machine's reserve, if it can be made to have any.
fn reserved() -> Option<Buffer> {
    let _reserve = Reserve::of(3)?;
    let memory = Buffer::of_huge_pages(LENGTH).ok()?;
    memory.fill(1);
    Some(memory)
}

/// Copies unaligned pieces that cross the borders of huge pages, in all ways.
fn round_trip(tap: &mut Tap, device: &Device, text: &str, memory: &Buffer) {
    let all = pattern::bytes(1, LENGTH);
    let small = Buffer::new(LENGTH);
    let cookie = region::create(device, &[memory.segment()], READ_WRITE, 0).unwrap_or(0);
    let other = region::whole(device, small.segment(), READ_WRITE);
    for (offset, length) in [
        (0, LENGTH),
        (HUGE - 1, 2),
        (HUGE - 4097, HUGE + 9000),
        (1, LENGTH - 2),
    ] {
        let what = format!("{text}, {length} bytes at {offset}");
        for flags in [0, flag::PIN_LOCAL] {
            small.clear();
            let local = [small.part(0, length)];
            let read = Inline::read(cookie, &local).offset(offset as u64);
            let answer = read.flags(flags).run(device);
            tap.works(&format!("{what}: read, flags {flags:#x}"), answer);
            let got = &small.bytes()[..length];
            tap.holds(
                "the right bytes",
                pattern::same("small", got, &all[offset..][..length]),
            );
        }
        small.clear();
        let bound = length as u64;
        let copy = Between::new(cookie, other)
            .offsets(offset as u64, 0)
            .bound(bound);
        tap.works(&format!("{what}: copied to small pages"), copy.run(device));
        let got = &small.bytes()[..length];
        tap.holds(
            "the right bytes",
            pattern::same("small", got, &all[offset..][..length]),
        );
        memory.put(offset, &vec![0; length]);
        let back = Between::new(other, cookie)
            .offsets(0, offset as u64)
            .bound(bound);
        tap.works(&format!("{what}: copied back"), back.run(device));
        tap.holds("everything as before", memory.matches("memory", 1));
    }
    for cookie in [cookie, other] {
        region::destroy(device, cookie).expect("the region is there");
    }
}
