// SPDX-License-Identifier: BSD-3-Clause

//! §20.5: both thread flags before the array is mapped are EINVAL, before any lookup: the regions
//! that were made just before are used afterwards.

use knem_check::prelude::*;

fn main() -> ExitCode {
    tap::run(env!("CARGO_BIN_NAME"), check)
}

fn check(tap: &mut Tap) {
    let device = Device::open();
    let (source, target) = (Buffer::filled(PAGE, 1), Buffer::new(PAGE));
    let once = |memory: &Buffer, protection| {
        region::create(&device, &[memory.segment()], protection, flag::SINGLE_USE).unwrap_or(0)
    };
    let copy = Between::new(once(&source, READ), once(&target, WRITE));
    let segments = [target.segment()];
    let read = Inline::read(once(&source, READ), &segments);
    let both = flag::MEMCPY_THREAD | flag::DMA_THREAD;
    tap.proves("20.5");
    let answers = [
        copy.flags(both).slot(0).run(&device),
        read.flags(both).slot(0).run(&device),
    ];
    tap.equal("before mmap: EINVAL", answers, [refused(Errno::EINVAL); 2]);
    tap.works("the regions of the copy are there", copy.run(&device));
    tap.holds("and used", target.matches("target", 1));
    target.clear();
    tap.works("so is that of the read", read.run(&device));
    tap.holds("which is used", target.matches("target", 1));
}
