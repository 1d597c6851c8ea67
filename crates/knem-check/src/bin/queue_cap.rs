// SPDX-License-Identifier: BSD-3-Clause

//! The parameter `maxqueued`: so many requests of a context may be queued and running; one more is
//! EBUSY, consumes nothing and is counted.

use knem_check::module::{self, Setting};
use knem_check::plug::Plug;
use knem_check::prelude::*;
use knem_check::statistics::{now, Snapshot};

fn main() -> ExitCode {
    tap::run(env!("CARGO_BIN_NAME"), check)
}

const CAP: u32 = 8;
const BUSY: Outcome = refused(Errno::EBUSY);

fn check(tap: &mut Tap) {
    let default = module::parameter("maxqueued");
    tap.equal("its default is 65536", default.as_str(), "65536");
    let _setting = Setting::new("maxqueued", &CAP.to_string());
    let bed = Bed::new(PAGE);
    let other = Bed::new(PAGE);
    let plug = Plug::new();
    let single = Inline {
        remote: full(tap, &bed, &other, &plug),
        ..bed.thread(30)
    };
    tap.equal(
        "with room, the region is there",
        single.run(&bed.device),
        PENDING,
    );
    tap.equal("and is used", bed.array.wait(30), Status::SUCCESS);
    let again: Vec<Outcome> = (0..CAP)
        .map(|slot| bed.thread(slot).run(&bed.device))
        .collect();
    let taken = again.iter().filter(|&&answer| answer == PENDING).count();
    tap.check("and requests are taken again", taken > 0);
    (0..taken as u32).for_each(|slot| {
        bed.array.wait(slot as usize);
    });
}

/// Fills the queue behind a long copy; answers a single-use region that was refused.
fn full(tap: &mut Tap, bed: &Bed, other: &Bed, plug: &Plug) -> Cookie {
    let make = || region::create(&bed.device, &bed.segments, READ_WRITE, flag::SINGLE_USE);
    let (accepted, over, elsewhere, grown, busy, once) =
        plug.hold(&bed.device, &bed.array, 0, || {
            let once = make().unwrap_or(0);
            let single = Inline {
                remote: once,
                ..bed.thread(30)
            };
            let _ = knem_check::events::drain(&bed.device);
            let accepted = (1..CAP)
                .filter(|&slot| bed.thread(slot).run(&bed.device) == PENDING)
                .count();
            let (text, before) = (Snapshot::take(), now());
            let over = [
                bed.thread(20).run(&bed.device),
                bed.notify(21).run(&bed.device),
                single.run(&bed.device),
            ];
            let expected = [(Counter::Submitted, 3)];
            let grown = text.grew(&Snapshot::take(), &expected);
            let busy = now().failed_busy - before.failed_busy;
            let elsewhere = other.thread(0).run(&other.device);
            (accepted as u32, over, elsewhere, grown, busy, once)
        });
    tap.proves("ext.max-queued");
    tap.equal(
        "as many as the cap, with the one that runs",
        accepted + 1,
        CAP,
    );
    tap.equal("one more is EBUSY, in every form", over, [BUSY; 3]);
    tap.holds("counted as submitted and nothing else", grown);
    tap.equal("and as refused for being busy", busy, 3);
    tap.equal("another context has its own queue", elsewhere, PENDING);
    other.array.wait(0);
    (1..CAP as usize).for_each(|slot| {
        bed.array.wait(slot);
    });
    let events = knem_check::events::drain(&bed.device);
    tap.equal("what was refused gives no event", events, Ok(vec![]));
    once
}
