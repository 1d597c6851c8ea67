// SPDX-License-Identifier: BSD-3-Clause

//! §1, §6.5, W36: a copy that waits for its caller's memory holds up nobody: others
//! create, copy, destroy and close meanwhile, and then it ends as if nothing had been.

use knem_check::prelude::*;
use knem_check::userfault::Parked;
use std::thread;

fn main() -> ExitCode {
    tap::run(env!("CARGO_BIN_NAME"), check)
}

const LENGTH: usize = 8 * PAGE;

fn check(tap: &mut Tap) {
    if let Err(error) = Parked::new(PAGE) {
        return tap.skip_all(&format!("userfaultfd cannot be had here: {error:?}"));
    }
    for flags in [0, flag::PIN_LOCAL] {
        let base = pins::outstanding();
        parked(tap, &format!("read, flags {flags:#x}"), 0, flags);
        parked(tap, &format!("write, flags {flags:#x}"), 1, flags);
        tap.equal("nothing stays pinned", pins::settle(base), base);
    }
    creation(tap);
}

/// Parks an inline copy in its local memory and works on around it.
fn parked(tap: &mut Tap, text: &str, write: u32, flags: u32) {
    let owner = Device::open();
    let device = Device::open();
    let memory = Buffer::filled(LENGTH, 1);
    let parked = Parked::new(LENGTH).expect("it worked before");
    let cookie = region::whole(&owner, memory.segment(), READ_WRITE);
    let segments = [parked.memory().segment()];
    let copy = Inline {
        write,
        flags,
        ..Inline::read(cookie, &segments)
    };
    let answer = thread::scope(|scope| {
        let copying = scope.spawn(|| copy.run(&device));
        tap.check(
            &format!("{text}: waits for its memory"),
            parked.wait_for_touch(10),
        );
        tap.proves("1.concurrent");
        tap.holds(
            &format!("{text}: others work on the same descriptor"),
            work(&device),
        );
        let (other, local) = (Device::open(), Buffer::new(LENGTH));
        let beside = Inline::read(cookie, &[local.segment()]).run(&other);
        tap.proves("7.6.parallel");
        tap.works(&format!("{text}: the same region is copied"), beside);
        tap.equal(
            &format!("{text}: the region can be destroyed"),
            region::destroy(&owner, cookie),
            Ok(()),
        );
        drop(owner);
        parked
            .release(&Buffer::filled(LENGTH, 2))
            .expect("the memory can be filled");
        copying.join().expect("no panic")
    });
    tap.proves("6.5.in-flight");
    tap.works(&format!("{text}: ends well"), answer);
    let expected = if write == 0 { 1 } else { 2 };
    tap.holds(
        &format!("{text}: local bytes"),
        parked.memory().matches("local", expected),
    );
    tap.holds(
        &format!("{text}: bytes of the region"),
        memory.matches("region", expected),
    );
}

/// One of everything.
fn work(device: &Device) -> Result<(), String> {
    let said = |error: Errno| format!("{error:?}");
    let (memory, local) = (Buffer::filled(PAGE, 9), Buffer::new(PAGE));
    let cookie = region::create(device, &[memory.segment()], READ, 0).map_err(said)?;
    if Inline::read(cookie, &[local.segment()]).run(device) != SUCCESS {
        return Err("a copy failed".to_string());
    }
    region::destroy(device, cookie).map_err(said)?;
    drop(Device::open());
    local.matches("local", 9)
}

/// Parks a creation.
fn creation(tap: &mut Tap) {
    let device = Device::open();
    let parked = Parked::new(LENGTH).expect("it worked before");
    let segments = [parked.memory().segment()];
    let cookie = thread::scope(|scope| {
        let creating = scope.spawn(|| region::create(&device, &segments, READ_WRITE, 0));
        tap.check("a creation waits for its memory", parked.wait_for_touch(10));
        tap.holds("others work on the same descriptor", work(&device));
        parked
            .release(&Buffer::filled(LENGTH, 4))
            .expect("the memory can be filled");
        creating.join().expect("no panic")
    });
    let local = Buffer::new(LENGTH);
    let answer = Inline::read(cookie.unwrap_or(0), &[local.segment()]).run(&device);
    tap.works("then the region is there", answer);
    tap.holds("with its bytes", local.matches("local", 4));
}
