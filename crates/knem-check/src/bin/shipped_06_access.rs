// SPDX-License-Identifier: BSD-3-Clause

//! §20.6: what may be read and written with which protection, and after root has become somebody
//! else, with its own descriptor and regions.

use knem_check::prelude::*;
use knem_check::user::become_user;

fn main() -> ExitCode {
    tap::run(env!("CARGO_BIN_NAME"), check)
}

const NO_ACCESS: Outcome = refused(Errno::EACCES);
const NO_PERMISSION: Outcome = refused(Errno::EPERM);

fn check(tap: &mut Tap) {
    let mut peer = Peer::spawn(|channel| {
        let device = Device::open();
        let (memory, local) = (Buffer::filled(PAGE, 1), Buffer::new(PAGE));
        let segments = [local.segment()];
        let make = |protection, flags| {
            region::create(&device, &[memory.segment()], protection, flags).unwrap_or(0)
        };
        let cookies = [
            make(READ_WRITE, 0),
            make(WRITE, 0),
            make(READ, flag::ANY_USER_ACCESS),
        ];
        for root in [true, false] {
            if !root {
                become_user(ALICE);
            }
            for cookie in cookies {
                channel.tell(Inline::read(cookie, &segments).run(&device));
                channel.tell(Inline::write(cookie, &segments).run(&device));
            }
        }
    });
    tap.proves("20.6");
    for (text, read, write) in [
        ("as root, read and write", SUCCESS, SUCCESS),
        ("as root, write", NO_ACCESS, SUCCESS),
        ("as root, read, for everybody", SUCCESS, NO_ACCESS),
        ("as another, read and write", NO_PERMISSION, NO_PERMISSION),
        ("as another, write", NO_PERMISSION, NO_PERMISSION),
        ("as another, read, for everybody", SUCCESS, NO_ACCESS),
    ] {
        tap.equal(&format!("{text}: reading"), peer.hear(), read);
        tap.equal(&format!("{text}: writing"), peer.hear(), write);
    }
    peer.join();
}
