// SPDX-License-Identifier: BSD-3-Clause

//! Reliability §1: memory that is swapped out is copied from and to, and made a region, like any other; a
//! region's memory is never swapped out.

use knem_check::prelude::*;
use knem_check::swap::{resident, Swap};

fn main() -> ExitCode {
    tap::run(env!("CARGO_BIN_NAME"), check)
}

const PAGES: usize = 64;
const LENGTH: usize = PAGES * PAGE;

fn check(tap: &mut Tap) {
    let Some(swap) = Swap::on() else {
        return tap.skip_all("this machine has nothing to swap to");
    };
    tap.check("there is something to swap to", swap.is_ok());
    let device = Device::open();
    let base = pins::outstanding();
    let memory = Buffer::filled(LENGTH, 1);
    out(tap, &memory, "memory is swapped out");
    let cookie = region::whole(&device, memory.segment(), READ_WRITE);
    tap.equal("a region brings it back", resident(&memory), PAGES);
    let _ = memory.advise(0, LENGTH, libc::MADV_PAGEOUT);
    tap.equal("and keeps it there", resident(&memory), PAGES);
    for flags in [0, flag::PIN_LOCAL] {
        let local = Buffer::filled(LENGTH, 2);
        let text = format!("flags {flags:#x}");
        out(tap, &local, &format!("local memory is swapped out, {text}"));
        let segments = [local.segment()];
        let read = Inline::read(cookie, &segments).flags(flags);
        tap.works(&format!("read to it, {text}"), read.run(&device));
        tap.holds("it has the bytes", local.matches("local", 1));
        local.fill(3);
        out(tap, &local, "it is swapped out again");
        let write = Inline::write(cookie, &segments).flags(flags);
        tap.works(&format!("written from it, {text}"), write.run(&device));
        tap.holds("the region has the bytes", memory.matches("memory", 3));
        memory.fill(1);
    }
    assert_eq!(region::destroy(&device, cookie), Ok(()));
    tap.equal("nothing stays pinned", pins::settle(base), base);
    out(tap, &memory, "without the region it is swapped out");
}

/// Asks for memory to be swapped out until most of it is; some pages may be in the kernel's hands at first.
fn out(tap: &mut Tap, memory: &Buffer, text: &str) {
    let gone = knem_check::clock::wait_until(|| {
        let _ = memory.advise(0, LENGTH, libc::MADV_PAGEOUT);
        resident(memory) < PAGES / 2
    });
    tap.check(text, gone);
}
