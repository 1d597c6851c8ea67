// SPDX-License-Identifier: BSD-3-Clause

//! §20.11: copies with flags 63, all up to SINGLEUSE, work, by the thread.

use knem_check::dma::Engine;
use knem_check::prelude::*;

fn main() -> ExitCode {
    tap::run(env!("CARGO_BIN_NAME"), check)
}

fn check(tap: &mut Tap) {
    // As the tools do, without the flag of DMA where it is not offered.
    let flags = Engine::now().usable(63);
    let bed = Bed::new(100_000);
    let target = Buffer::new(100_000);
    let dst = region::whole(&bed.device, target.segment(), WRITE);
    let copy = Between::new(bed.cookie, dst).flags(flags).slot(3);
    tap.proves("20.11");
    for round in 0..3 {
        bed.source.fill(round);
        let read = bed.read().flags(flags).slot(1).run(&bed.device);
        tap.equal("a read is queued", read, PENDING);
        tap.equal("and ends", bed.array.wait(1), Status::SUCCESS);
        tap.holds("every byte", bed.local.matches("local", round));
        let answers = [copy.run(&bed.device), copy.bound(1 << 40).run(&bed.device)];
        tap.equal("copies, bounded or not", answers, [PENDING; 2]);
        tap.equal("end", bed.array.wait(3), Status::SUCCESS);
        // The slot may be that of the first of the two; requests end in order.
        tap.equal("and so does", bed.thread(4).run(&bed.device), PENDING);
        tap.equal("what is behind", bed.array.wait(4), Status::SUCCESS);
        tap.holds("every byte", target.matches("target", round));
        bed.local.fill(round + 10);
        let write = Inline {
            write: 1,
            ..bed.read()
        };
        let answer = write.flags(flags).slot(2).run(&bed.device);
        tap.equal("a write is queued", answer, PENDING);
        tap.equal("and ends", bed.array.wait(2), Status::SUCCESS);
        tap.holds("every byte", bed.source.matches("region", round + 10));
    }
}
