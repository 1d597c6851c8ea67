// SPDX-License-Identifier: BSD-3-Clause

//! §2: a block that cannot be read or written back is EFAULT and leaves nothing behind.
//!
//! A block comes back with only its output changed, and unchanged on failure.

use knem_abi::{request, CreateRegion};
use knem_check::prelude::*;
use knem_check::region::GARBAGE;
use std::mem::size_of;

fn main() -> ExitCode {
    tap::run(env!("CARGO_BIN_NAME"), check)
}

const SIZES: [(u32, usize); 6] = [
    (request::CREATE_REGION, 32),
    (request::DESTROY_REGION, 8),
    (request::COPY, 48),
    (request::INLINE_COPY, 48),
    (request::COPY_BOUNDED, 56),
    (request::INLINE_COPY_BOUNDED, 56),
];

fn check(tap: &mut Tap) {
    let device = Device::open();
    let fault = refused(Errno::EFAULT);
    replies(tap, &device);
    tap.proves("13.2.create-block");
    tap.proves("13.2.destroy-block");
    for (number, size) in SIZES {
        // One byte of each of these blocks lies beyond what is mapped.
        let memory = Buffer::flush_end(size - 1);
        for (what, address) in [
            ("null", 0),
            ("an address of the kernel", 0xffff_8880_0000_0000),
            ("the last page of all", u64::MAX - 15),
            ("one byte too short", memory.address()),
        ] {
            let text = format!("{number:#x} with a block at {what} is EFAULT");
            tap.equal(&text, device.call_at(number, address), fault);
        }
    }
    read_only_creation(tap, &device);
    read_only_copy(tap, &device);
}

/// A request by the words of its block, with garbage wherever nothing is to be looked at.
struct Words {
    number: u32,
    /// Where the first cookie that is looked up stands, if there is one.
    cookie: Option<usize>,
    /// Where the output stands.
    output: usize,
    block: Vec<u64>,
}

fn requests(cookie: Cookie, segments: &[Iovec]) -> [Words; 5] {
    // The status is the upper half of the word of the flags; index and padding are the next word.
    let upper = u64::from(GARBAGE) << 32;
    let ending = [upper, upper | u64::from(GARBAGE)];
    let (array, count) = (segments.as_ptr() as u64, segments.len() as u64);
    let (copy, inline) = ([cookie, 0, cookie, 0], [array, count, cookie, 0]);
    let words = |number, cookie, output, parts: &[&[u64]]| Words {
        number,
        cookie,
        output,
        block: parts.concat(),
    };
    let length: &[u64] = &[8];
    [
        words(request::COPY, Some(0), 4, &[&copy, &ending]),
        words(request::COPY_BOUNDED, Some(0), 5, &[&copy, length, &ending]),
        words(request::INLINE_COPY, Some(2), 4, &[&inline, &ending]),
        words(
            request::INLINE_COPY_BOUNDED,
            Some(2),
            5,
            &[&inline, length, &ending],
        ),
        words(
            request::CREATE_REGION,
            None,
            3,
            &[&[array, count, upper | u64::from(READ), u64::from(GARBAGE)]],
        ),
    ]
}

/// What comes back of a request that succeeds, and of one that fails.
fn replies(tap: &mut Tap, device: &Device) {
    let memory = Buffer::filled(64, 1);
    let cookie = region::whole(device, memory.segment(), READ_WRITE);
    let segments = [memory.segment()];
    for words in requests(cookie, &segments) {
        let number = words.number;
        let mut block = words.block.clone();
        let answer = device.call_at(number, block.as_mut_ptr() as u64);
        tap.proves("2.padding-ignored");
        tap.equal(&format!("{number:#x} works with garbage"), answer, Ok(()));
        let told = std::mem::replace(&mut block[words.output], words.block[words.output]);
        tap.proves("2.reply-whole");
        tap.equal(
            &format!("{number:#x}: the rest comes back"),
            &block,
            &words.block,
        );
        let fresh = match words.cookie {
            Some(_) => told == 1 << 32,
            None => told != 0 && told != cookie && told != words.block[words.output],
        };
        tap.check(&format!("{number:#x}: and its output"), fresh);
        // An unknown cookie, or an array that is not there.
        block[words.cookie.unwrap_or(0)] = 8;
        let before = block.clone();
        let answer = device.call_at(number, block.as_mut_ptr() as u64);
        tap.proves("2.failure-writes-nothing");
        tap.check(&format!("{number:#x} that fails"), answer.is_err());
        tap.equal(&format!("{number:#x}: nothing is written"), block, before);
    }
}

/// The reply of a creation cannot be written: the region must not stay.
fn read_only_creation(tap: &mut Tap, device: &Device) {
    let memory = Buffer::filled(16 * PAGE, 1);
    let segments = [memory.segment()];
    let block = CreateRegion {
        iovec_array: segments.as_ptr() as u64,
        iovec_nr: 1,
        protection: READ_WRITE,
        ..CreateRegion::default()
    };
    let words: [u64; 4] = [
        block.iovec_array,
        u64::from(block.iovec_nr),
        u64::from(block.protection),
        0,
    ];
    let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_ne_bytes()).collect();
    assert_eq!(bytes.len(), size_of::<CreateRegion>());
    let page = Buffer::new(PAGE);
    page.put(0, &bytes);
    page.protect(0, PAGE, libc::PROT_READ);
    let base = pins::outstanding();
    tap.proves("2.reply-faults");
    tap.proves("13.2.create-reply");
    for _ in 0..50 {
        let answer = device.call_at(request::CREATE_REGION, page.address());
        if answer != refused(Errno::EFAULT) {
            return tap.refuses(
                "a read-only block of CREATE_REGION is EFAULT",
                answer,
                Errno::EFAULT,
            );
        }
    }
    tap.check(
        "a read-only block of CREATE_REGION is EFAULT, 50 times",
        true,
    );
    tap.equal(
        "none of these regions stays pinned",
        pins::settle(base),
        base,
    );
}

/// The reply of a copy cannot be written: EFAULT, and nothing worse.
fn read_only_copy(tap: &mut Tap, device: &Device) {
    let memory = Buffer::filled(PAGE, 1);
    let cookie = region::whole(device, memory.segment(), READ_WRITE);
    let before = pins::outstanding();
    let words: [u64; 6] = [cookie, 0, cookie, 0, 0, 0];
    let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_ne_bytes()).collect();
    let page = Buffer::new(PAGE);
    page.put(0, &bytes);
    page.protect(0, PAGE, libc::PROT_READ);
    let answer = device.call_at(request::COPY, page.address());
    tap.proves("2.reply-faults");
    tap.proves("13.2.copy-reply");
    tap.refuses("a read-only block of COPY is EFAULT", answer, Errno::EFAULT);
    page.protect(0, PAGE, libc::PROT_READ | libc::PROT_WRITE);
    tap.equal(
        "the same block works when it can be written",
        device.call_at(request::COPY, page.address()),
        Ok(()),
    );
    tap.equal(
        "the copies left no page pinned",
        pins::settle(before),
        before,
    );
    page.put(0, &cookie.to_ne_bytes());
    page.protect(0, PAGE, libc::PROT_READ);
    let answer = device.call_at(request::DESTROY_REGION, page.address());
    tap.equal(
        "DESTROY_REGION only reads: a read-only block works",
        answer,
        Ok(()),
    );
}
