// SPDX-License-Identifier: BSD-3-Clause

//! §6.1: a region is the pages at its creation: unmapping, replacing or dropping memory afterwards
//! does not change what it refers to.

use knem_check::prelude::*;

fn main() -> ExitCode {
    tap::run(env!("CARGO_BIN_NAME"), check)
}

const LENGTH: usize = 4 * PAGE;

fn check(tap: &mut Tap) {
    let device = Device::open();
    let local = Buffer::new(LENGTH);
    let base = pins::outstanding();
    type Change = fn(&Buffer);
    let changes: [(&str, Change); 4] = [
        ("unmapped", |memory| memory.unmap(0, LENGTH)),
        ("dropped by advice", |memory| {
            memory
                .advise(0, LENGTH, libc::MADV_DONTNEED)
                .expect("advice is taken")
        }),
        ("made inaccessible", |memory| {
            memory.protect(0, LENGTH, libc::PROT_NONE)
        }),
        ("made read-only", |memory| {
            memory.protect(0, LENGTH, libc::PROT_READ)
        }),
    ];
    tap.proves("6.1.pinned-pages");
    for (text, change) in changes {
        let memory = Buffer::filled(LENGTH, 1);
        let cookie = region::whole(&device, memory.segment(), READ_WRITE);
        change(&memory);
        let answer = Inline::read(cookie, &[local.segment()]).run(&device);
        tap.works(&format!("{text}: still readable"), answer);
        tap.holds(
            &format!("{text}: the bytes of its creation"),
            local.matches("local", 1),
        );
        local.fill(2);
        let answer = Inline::write(cookie, &[local.segment()]).run(&device);
        tap.works(&format!("{text}: still writable"), answer);
        local.clear();
        let answer = Inline::read(cookie, &[local.segment()]).run(&device);
        tap.works(&format!("{text}: what was written"), answer);
        tap.holds(&format!("{text}: is there"), local.matches("local", 2));
        drop(memory);
        tap.equal(
            "it can be destroyed after all",
            region::destroy(&device, cookie),
            Ok(()),
        );
    }
    filled_again(tap, &device, &local);
    tap.equal("nothing stays pinned", pins::settle(base), base);
}

/// The same addresses get other pages.
fn filled_again(tap: &mut Tap, device: &Device, local: &Buffer) {
    let memory = Buffer::filled(LENGTH, 3);
    let cookie = region::whole(device, memory.segment(), READ);
    memory
        .advise(0, LENGTH, libc::MADV_DONTNEED)
        .expect("advice is taken");
    memory.fill(4);
    let answer = Inline::read(cookie, &[local.segment()]).run(device);
    tap.works(
        "new pages at the same addresses are not the region's",
        answer,
    );
    tap.holds("it has the old ones", local.matches("local", 3));
    region::destroy(device, cookie).expect("the region is there");
}
