// SPDX-License-Identifier: BSD-3-Clause

//! §20.13: any number of unused regions without segments and without protection.

use knem_check::prelude::*;
use std::collections::HashSet;

fn main() -> ExitCode {
    tap::run(env!("CARGO_BIN_NAME"), check)
}

const COUNT: usize = 20_000;

fn check(tap: &mut Tap) {
    let bed = Bed::new(PAGE);
    let base = pins::outstanding();
    tap.proves("20.13");
    let cookies: HashSet<Cookie> = (0..COUNT)
        .map_while(|_| region::create_counted(&bed.device, 0, 0, 0, 0).ok())
        .collect();
    tap.equal("20 000 of them, all different", cookies.len(), COUNT);
    tap.check("none is 0", !cookies.contains(&0));
    tap.equal("no page is pinned for them", pins::outstanding(), base);
    tap.works("a copy works among them", bed.read().run(&bed.device));
    tap.holds("as ever", bed.arrived());
    tap.equal(
        "and one of the thread",
        bed.thread(1).run(&bed.device),
        PENDING,
    );
    tap.equal("ends", bed.array.wait(1), Status::SUCCESS);
}
