// SPDX-License-Identifier: BSD-3-Clause

//! §20.4: two descriptors in one process: the regions of either can be used through both; a
//! consumed cookie is EINVAL, in the call and by the thread.

use knem_check::prelude::*;

fn main() -> ExitCode {
    tap::run(env!("CARGO_BIN_NAME"), check)
}

fn check(tap: &mut Tap) {
    let beds = [Bed::new(PAGE), Bed::new(PAGE)];
    tap.proves("20.4");
    for (owner, user) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
        for thread in [false, true] {
            let (bed, memory) = (&beds[user], &beds[owner].source);
            let device = &beds[owner].device;
            let once = region::create(device, &[memory.segment()], READ, flag::SINGLE_USE);
            bed.local.clear();
            let base = if thread { bed.thread(7) } else { bed.read() };
            let read = Inline {
                remote: once.unwrap_or(0),
                ..base
            };
            let text = format!("a region of {owner} through {user}, thread {thread}");
            let expected = if thread { PENDING } else { SUCCESS };
            tap.equal(&text, read.run(&bed.device), expected);
            if thread {
                tap.equal("which ends", bed.array.wait(7), Status::SUCCESS);
            }
            tap.holds("with its bytes", bed.arrived());
            let again = [&beds[0], &beds[1]].map(|bed| {
                let queued = Inline {
                    remote: read.remote,
                    ..bed.thread(8)
                };
                [read.flags(0).run(&bed.device), queued.run(&bed.device)]
            });
            let gone = refused(Errno::EINVAL);
            tap.equal("consumed: EINVAL everywhere", again, [[gone; 2]; 2]);
        }
    }
}
