// SPDX-License-Identifier: BSD-3-Clause

//! §10: BIND_OFFLOAD: which flags there are, which error comes first, and that a refused mask
//! leaves the one before.

use knem_abi::bind::{CURRENT, CURRENT_REVERSED, CUSTOM};
use knem_abi::request;
use knem_check::prelude::*;
use knem_check::{bind, worker};

fn main() -> ExitCode {
    tap::run(env!("CARGO_BIN_NAME"), check)
}

fn check(tap: &mut Tap) {
    flags(tap);
    masks(tap);
    order(tap);
    kept(tap);
}

fn flags(tap: &mut Tap) {
    let device = Device::open();
    let good = [CUSTOM, CURRENT, CURRENT_REVERSED];
    let mask = [1_u8; 8];
    tap.proves("10.flags");
    for flags in good {
        let answer = bind::offload(&device, flags, &mask);
        tap.equal(&format!("flags {flags} are accepted"), answer, Ok(()));
    }
    tap.proves("13.2.bind-flags");
    let others = (0..256).filter(|flags| !good.contains(flags));
    let bits = (3..32).map(|bit| 1 << bit).chain([u32::MAX, 0x8000_0001]);
    let accepted = others.chain(bits).find(|&flags| {
        bind::offload(&device, flags, &mask) != Err(Errno::EINVAL)
            || bind::offload_at(&device, flags, 8, 8) != Err(Errno::EINVAL)
    });
    tap.equal("all others are EINVAL, before the mask", accepted, None);
    let view = Device::open_with(libc::O_RDONLY).expect("the device opens");
    let answer = bind::offload(&view, CURRENT, &mask);
    tap.refuses("without a context: EBADF", answer, Errno::EBADF);
}

fn masks(tap: &mut Tap) {
    let device = Device::open();
    let long = Buffer::new(1 << 17);
    tap.proves("10.custom");
    for (text, address, length) in [
        ("a mask of 0 bytes anywhere", 8, 0),
        ("a mask of one byte", long.address(), 1),
        ("a mask of three bytes", long.address(), 3),
        ("a long mask", long.address(), 1 << 17),
        ("a mask of any length", long.address(), u32::MAX),
    ] {
        let answer = bind::offload_at(&device, CUSTOM, address, length);
        tap.equal(&format!("{text} is accepted"), answer, Ok(()));
    }
    tap.proves("13.2.bind-mask");
    let short = Buffer::flush_end(4);
    for (text, address) in [
        ("no memory", 8),
        ("an address of the kernel", 0xffff_8880_0000_0000),
        ("a mask that ends too early", short.address()),
    ] {
        let answer = bind::offload_at(&device, CUSTOM, address, 8);
        tap.refuses(&format!("{text} is EFAULT"), answer, Errno::EFAULT);
    }
}

/// Which error comes first.
fn order(tap: &mut Tap) {
    let device = Device::open();
    tap.proves("10.order");
    tap.proves("13.2.bind-block");
    let short = Buffer::flush_end(15);
    for address in [0, unmapped(&short), short.address()] {
        let answer = device.call_at(request::BIND_OFFLOAD, address);
        tap.refuses("an unreadable block", answer, Errno::EFAULT);
    }
    let array = Array::new(&device);
    let answer = device.call_at(request::BIND_OFFLOAD, 8);
    tap.refuses("an unreadable block, mapped", answer, Errno::EFAULT);
    tap.proves("13.2.bind-mapped");
    for flags in [CUSTOM, CURRENT, CURRENT_REVERSED, 0, 3, u32::MAX] {
        let answer = bind::offload_at(&device, flags, 8, 8);
        tap.refuses(&format!("flags {flags:#x}, mapped"), answer, Errno::EBUSY);
    }
    drop(array);
    let answer = bind::offload(&device, CURRENT, &[]);
    tap.refuses("also after munmap", answer, Errno::EBUSY);
}

/// What is refused changes nothing.
fn kept(tap: &mut Tap) {
    if bind::count() < 2 {
        return tap.skip("a refused mask changes nothing", "there is one CPU only");
    }
    assert!(worker::settle(0), "no other thread is about");
    let device = Device::open();
    assert_eq!(bind::offload(&device, CUSTOM, &[2]), Ok(()));
    let short = Buffer::flush_end(4);
    let answers = [
        bind::offload_at(&device, CUSTOM, 8, 8),
        bind::offload_at(&device, CUSTOM, short.address(), 8),
        bind::offload(&device, 3, &[1]),
    ];
    let expected = [Errno::EFAULT, Errno::EFAULT, Errno::EINVAL].map(Err);
    tap.equal("three masks are refused", answers, expected);
    let bed = Bed::on(device, 64);
    assert_eq!(bed.thread(0).run(&bed.device), PENDING);
    assert_eq!(bed.array.wait(0), Status::SUCCESS);
    let cpus = worker::all().first().map(worker::Worker::cpus);
    tap.equal("the one before them holds", cpus, Some(vec![1]));
}
