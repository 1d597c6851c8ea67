// SPDX-License-Identifier: BSD-3-Clause

//! §8.1: an array of many pages: slots at both ends of pages and of the array are used, and no
//! other one.

use knem_check::array::How;
use knem_check::prelude::*;

fn main() -> ExitCode {
    tap::run(env!("CARGO_BIN_NAME"), check)
}

/// Two thousand pages.
const SLOTS: usize = 8 << 20;

fn check(tap: &mut Tap) {
    let device = Device::open();
    let array = match Array::map(&device, How::length(SLOTS)) {
        Ok(array) => array,
        Err(error) => return tap.equal("many slots can be mapped", Err(error), Ok(())),
    };
    let (memory, local) = (Buffer::filled(64, 1), Buffer::new(64));
    let cookie = region::whole(&device, memory.segment(), READ);
    let segments = [local.segment()];
    let flags = flag::MEMCPY_THREAD | flag::NOTIFY_FD;
    let read = Inline::read(cookie, &segments).flags(flags);
    let used = [
        0,
        PAGE - 1,
        PAGE,
        SLOTS / 2 - 1,
        SLOTS / 2,
        SLOTS - PAGE,
        SLOTS - 1,
    ];
    tap.proves("8.1.many-pages");
    for slot in used {
        let answer = read.slot(slot as u32).run(&device);
        tap.equal(&format!("slot {slot} can be used"), answer, PENDING);
        tap.equal("and ends well", array.wait(slot), Status::SUCCESS);
    }
    let answer = read.slot(SLOTS as u32).run(&device);
    tap.refuses("the one behind the last cannot", answer, Errno::EINVAL);
    let others = (0..SLOTS).filter(|slot| !used.contains(slot));
    let touched = others.filter(|&slot| array.slot(slot) != Status::PENDING);
    tap.equal("no other slot was touched", touched.count(), 0);
    let expected: Vec<u32> = used.iter().map(|&slot| slot as u32).collect();
    let events = knem_check::events::read(&device, used.len());
    tap.equal("each gave its event", events, Ok(expected));
}
