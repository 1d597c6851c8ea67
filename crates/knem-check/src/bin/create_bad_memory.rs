// SPDX-License-Identifier: BSD-3-Clause

//! §6.1, §13.2, W1: memory that cannot be pinned is EFAULT, wrap-around is refused, and whatever
//! was pinned before the failure is released.

use knem_check::prelude::*;

fn main() -> ExitCode {
    tap::run(env!("CARGO_BIN_NAME"), check)
}

fn check(tap: &mut Tap) {
    let device = Device::open();
    let memory = Buffer::filled(8 * PAGE, 1);
    let base = pins::outstanding();
    arrays(tap, &device);
    unusable(tap, &device, &memory);
    wrap_around(tap, &device, &memory);
    tap.proves("6.1.failure-unpins");
    tap.equal("nothing stays pinned", pins::settle(base), base);
}

/// The array itself cannot be read.
fn arrays(tap: &mut Tap, device: &Device) {
    let array = Buffer::flush_end(16);
    array.put(0, &[0; 16]);
    tap.proves("13.2.create-array");
    for (text, address, count) in [
        ("a null array", 0, 1),
        ("an array that is not mapped", unmapped(&array), 1),
        (
            "an array of which the second entry is not mapped",
            array.address(),
            2,
        ),
        ("an array in the kernel", 0xffff_8880_0000_0000, 1),
        ("an array at the end of all addresses", u64::MAX - 15, 3),
    ] {
        let answer = region::create_counted(device, address, count, READ, 0);
        tap.refuses(&format!("{text} is EFAULT"), answer, Errno::EFAULT);
    }
}

/// Memory that is not there or may not be used so.
fn unusable(tap: &mut Tap, device: &Device, memory: &Buffer) {
    let hole = Buffer::filled(5 * PAGE, 1);
    hole.unmap(2 * PAGE, PAGE);
    let closed = Buffer::filled(PAGE, 1);
    closed.protect(0, PAGE, libc::PROT_NONE);
    let segment = |base, len| Iovec { base, len };
    let past = segment(memory.address(), memory.len() as u64 + 1);
    tap.proves("13.2.create-pin");
    for (text, bad, protection) in [
        ("a null base", segment(0, 1), READ),
        (
            "an address of the kernel",
            segment(0xffff_8880_0000_0000, 8),
            READ,
        ),
        ("a hole in the middle", hole.segment(), READ),
        ("one byte beyond the end", past, READ),
        ("memory without any access", closed.segment(), READ),
        ("the same with protection 0", closed.segment(), 0),
    ] {
        refuse(tap, device, text, memory.segment(), (bad, protection));
    }
    let read_only = Buffer::filled(2 * PAGE, 1);
    read_only.protect(PAGE, PAGE, libc::PROT_READ);
    tap.proves("6.1.write-pin");
    let bad = read_only.segment();
    refuse(
        tap,
        device,
        "PROT_WRITE over memory for reading",
        memory.segment(),
        (bad, WRITE),
    );
    refuse(
        tap,
        device,
        "both over memory for reading",
        memory.segment(),
        (bad, READ_WRITE),
    );
    let cookie = region::create(device, &[bad], READ, 0);
    tap.check(
        "PROT_READ over memory for reading is a region",
        cookie.is_ok(),
    );
    let answer = region::destroy(device, cookie.unwrap_or(0));
    tap.equal("that can be destroyed", answer, Ok(()));
}

/// A bad segment alone, and between good ones.
fn refuse(
    tap: &mut Tap,
    device: &Device,
    text: &str,
    good: Iovec,
    (bad, protection): (Iovec, u32),
) {
    let answer = region::create(device, &[bad], protection, 0);
    tap.refuses(&format!("{text} is EFAULT"), answer, Errno::EFAULT);
    let answer = region::create(device, &[good, bad, good], protection, 0);
    tap.refuses(
        &format!("{text} behind a good segment is EFAULT"),
        answer,
        Errno::EFAULT,
    );
}

/// Lengths that no memory has.
fn wrap_around(tap: &mut Tap, device: &Device, memory: &Buffer) {
    let good = memory.address();
    let segment = |base, len| Iovec { base, len };
    let cases: [(&str, Vec<Iovec>); 9] = [
        ("base 0, all lengths", vec![segment(0, u64::MAX)]),
        ("base 4095, all lengths", vec![segment(4095, u64::MAX)]),
        (
            "the last byte of a page, all lengths",
            vec![segment(good + 4095, u64::MAX)],
        ),
        (
            "a length that comes back to the base",
            vec![segment(good, u64::MAX - 4095)],
        ),
        ("half of all addresses", vec![segment(good, 1 << 63)]),
        ("a terabyte", vec![segment(good, 1 << 40)]),
        (
            "the end of all addresses",
            vec![segment(u64::MAX - 4095, 4096)],
        ),
        (
            "beyond the end of user addresses",
            vec![segment((1 << 47) - 4096, 8192)],
        ),
        (
            "a total that wraps around",
            vec![
                segment(good, PAGE as u64),
                segment(good, u64::MAX - 100),
                segment(good, 200),
            ],
        ),
    ];
    tap.proves("6.1.overflow");
    for (text, segments) in cases {
        let answer = region::create(device, &segments, READ, 0);
        let allowed = [refused(Errno::EFAULT), refused(Errno::EINVAL)];
        tap.one_of(&format!("{text}: refused"), answer, &allowed);
    }
}
