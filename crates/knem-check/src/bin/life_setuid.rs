// SPDX-License-Identifier: BSD-3-Clause

//! §12, §17.1: the user recorded at open counts for the regions, also when the process becomes
//! somebody else; the caller's user is taken at each request, queued ones included.

use knem_check::prelude::*;
use knem_check::user::become_user;

fn main() -> ExitCode {
    tap::run(env!("CARGO_BIN_NAME"), check)
}

fn check(tap: &mut Tap) {
    let bed = Bed::new(PAGE);
    let shared = Buffer::shared(PAGE);
    let mut child = Peer::spawn(|channel| {
        let before = bed.thread(1).run(&bed.device);
        channel.tell(before);
        become_user(ALICE);
        let segments = [shared.segment()];
        let own = region::whole(&bed.device, shared.segment(), READ_WRITE);
        let open = region::create(&bed.device, &segments, READ, flag::ANY_USER_ACCESS);
        let through = Device::open();
        let queued = |cookie| Inline {
            remote: cookie,
            ..bed.thread(2)
        };
        for cookie in [bed.cookie, own, open.unwrap_or(0)] {
            channel.tell(queued(cookie).run(&bed.device));
            channel.tell(queued(cookie).flags(0).run(&through));
        }
        let alices = region::whole(&through, shared.segment(), READ);
        channel.tell(queued(alices).run(&bed.device));
        channel.tell(own);
        channel.tell(alices);
        let _: u64 = channel.hear();
    });
    tap.equal("as root the child may", child.hear(), PENDING);
    tap.proves("17.1.uid-stays");
    let refusal = refused(Errno::EPERM);
    for (text, queued, in_call) in [
        ("as Alice: the region of root", refusal, refusal),
        ("her own, of the descriptor of root", refusal, refusal),
        ("one for everybody", PENDING, SUCCESS),
    ] {
        tap.equal(&format!("{text}, queued"), child.hear(), queued);
        tap.equal(&format!("{text}, in the call"), child.hear(), in_call);
    }
    tap.equal("one of her own descriptor", child.hear(), PENDING);
    let (own, alices): (Cookie, Cookie) = (child.hear(), child.hear());
    let read = |cookie| {
        Inline {
            remote: cookie,
            ..bed.read()
        }
        .run(&bed.device)
    };
    tap.proves("12.no-root");
    tap.works("root: what Alice made through its descriptor", read(own));
    tap.refuses("not what she made through hers", read(alices), Errno::EPERM);
    child.tell(1_u64);
    child.join();
}
