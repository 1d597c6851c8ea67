// SPDX-License-Identifier: BSD-3-Clause

//! Beyond ABI 0xd: DESTROY_REGION_WAIT returns when nothing uses the region any more: copies that
//! are queued, run or are stalled; a signal ends the wait, and the same call waits on.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::thread;

use knem_abi::{request, DestroyRegionWait};
use knem_check::interrupt::{interrupted, sleeps_in, thread_number};
use knem_check::plug::Plug;
use knem_check::prelude::*;
use knem_check::userfault::Parked;
use region::destroy_wait;

fn main() -> ExitCode {
    tap::run(env!("CARGO_BIN_NAME"), check)
}

const LENGTH: usize = 8 * PAGE;

fn check(tap: &mut Tap) {
    let base = pins::outstanding();
    let bed = Bed::new(LENGTH);
    plain(tap, &bed);
    queued(tap, &bed);
    if Parked::new(PAGE).is_ok() {
        for (text, flags, end) in ENDS {
            stalled(tap, &bed, text, flags, end);
        }
    } else {
        tap.skip("a copy that is stalled", "userfaultfd cannot be had here");
    }
    drop(bed);
    tap.equal("nothing stays pinned", pins::settle(base), base);
}

/// What is done to a region while a copy uses it, before somebody waits for it.
type Before = fn(&Device, Cookie);

const ENDS: [(&str, u32, Before); 3] = [
    ("a region that is there", 0, |_, _| ()),
    ("one that was destroyed", 0, |device, cookie| {
        assert_eq!(region::destroy(device, cookie), Ok(()));
    }),
    ("one that was consumed", flag::SINGLE_USE, |_, _| ()),
];

fn plain(tap: &mut Tap, bed: &Bed) {
    let base = pins::outstanding();
    let cookie = region::whole(&bed.device, bed.source.segment(), READ);
    let call = |flags, pad| {
        let mut block = DestroyRegionWait { cookie, flags, pad };
        bed.device.call(request::DESTROY_REGION_WAIT, &mut block)
    };
    tap.proves("ext.destroy-wait-late");
    for (flags, pad) in [(1, 0), (1 << 31, 0), (0, 1), (0, u32::MAX)] {
        let answer = call(flags, pad);
        tap.refuses(&format!("flags {flags}, pad {pad}"), answer, Errno::EINVAL);
    }
    let other = Device::open();
    let answer = destroy_wait(&other, cookie);
    tap.refuses("through another context", answer, Errno::EINVAL);
    let read = Inline {
        remote: cookie,
        ..bed.read()
    };
    tap.works("the region is still there", read.run(&bed.device));
    tap.proves("ext.destroy-wait");
    tap.equal("unused, it goes", call(0, 0), Ok(()));
    tap.equal("with its pages, at once", pins::outstanding(), base);
    tap.refuses("it is gone", read.run(&bed.device), Errno::EINVAL);
    let empty = region::create(&bed.device, &[], 0, 0).unwrap_or(0);
    let answer = destroy_wait(&bed.device, empty);
    tap.equal("an empty one too", answer, Ok(()));
    for (text, cookie) in [("again", cookie), ("0", 0), ("unknown", 12_345)] {
        let answer = destroy_wait(&bed.device, cookie);
        tap.refuses(&format!("{text}: EINVAL"), answer, Errno::EINVAL);
    }
    let answer = bed.device.call_at(request::DESTROY_REGION_WAIT, 8);
    tap.refuses("an unreadable block", answer, Errno::EFAULT);
}

/// Copies wait for the thread, behind one that takes its time.
fn queued(tap: &mut Tap, bed: &Bed) {
    let plug = Plug::new();
    let base = pins::outstanding();
    tap.proves("ext.destroy-wait");
    for round in 0..3 {
        let cookie = region::whole(&bed.device, bed.source.segment(), READ);
        bed.local.clear();
        let held = plug.copy(27, 0).run(&bed.device);
        let reads = [1, 2, 3].map(|slot| {
            let read = Inline {
                remote: cookie,
                ..bed.thread(slot)
            };
            read.run(&bed.device)
        });
        assert_eq!((held, reads), (PENDING, [PENDING; 3]));
        let answer = destroy_wait(&bed.device, cookie);
        let slots = [1, 2, 3].map(|slot| bed.array.slot(slot));
        tap.equal(&format!("round {round}: it returns"), answer, Ok(()));
        tap.equal("when all are over", slots, [Status::SUCCESS; 3]);
        tap.holds("with their bytes", bed.arrived());
        tap.equal("and the pages free", pins::settle(base), base);
    }
}

/// A copy in a call is stalled in its caller's memory.
fn stalled(tap: &mut Tap, bed: &Bed, text: &str, flags: u32, before: Before) {
    let parked = Parked::new(LENGTH).expect("it worked before");
    let cookie = region::create(&bed.device, &[bed.source.segment()], READ, flags).unwrap_or(0);
    let segments = [parked.memory().segment()];
    let read = Inline::read(cookie, &segments);
    let over = AtomicBool::new(false);
    thread::scope(|scope| {
        let copying = scope.spawn(|| {
            let answer = read.run(&bed.device);
            over.store(true, Ordering::Release);
            answer
        });
        assert!(parked.wait_for_touch(20), "the copy comes to its memory");
        before(&bed.device, cookie);
        let wait = || destroy_wait(&bed.device, cookie);
        tap.proves("ext.destroy-wait-signal");
        tap.proves("ext.destroy-wait-late");
        for flags in [0, libc::SA_RESTART, 0] {
            let answer = interrupted(flags, wait);
            tap.refuses(&format!("{text}: a signal"), answer, Errno::EINTR);
            let found = Inline {
                remote: cookie,
                ..bed.read()
            }
            .run(&bed.device);
            tap.refuses("it is gone then", found, Errno::EINVAL);
        }
        let other = Device::open();
        let answer = destroy_wait(&other, cookie);
        tap.refuses("another context cannot wait", answer, Errno::EINVAL);
        let (sender, receiver) = mpsc::channel();
        let waiting = scope.spawn(move || {
            sender.send(thread_number()).expect("somebody listens");
            destroy_wait(&bed.device, cookie)
        });
        let number = receiver.recv().expect("the thread starts");
        let asleep = sleeps_in(number, libc::SYS_ioctl);
        tap.check("somebody waits", asleep);
        let still = !over.load(Ordering::Acquire);
        parked
            .release(&bed.source)
            .expect("the memory can be filled");
        let answer = waiting.join().expect("no panic");
        tap.proves("ext.destroy-wait");
        tap.check("the copy was still stalled", still);
        tap.equal("waiting on, it returns", answer, Ok(()));
        let answer = copying.join().expect("no panic");
        tap.works("with the end of the copy", answer);
        tap.holds("all bytes", parked.memory().matches("local", 1));
        tap.refuses("and there is no more", wait(), Errno::EINVAL);
    });
}
