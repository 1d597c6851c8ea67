// SPDX-License-Identifier: BSD-3-Clause

//! §12: unknown is told before foreign, foreign before protected; the source completely before
//! the destination.

use knem_check::prelude::*;

fn main() -> ExitCode {
    tap::run(env!("CARGO_BIN_NAME"), check)
}

const UNKNOWN: Outcome = refused(Errno::EINVAL);
const FOREIGN: Outcome = refused(Errno::EPERM);
const PROTECTED: Outcome = refused(Errno::EACCES);

fn check(tap: &mut Tap) {
    let device = Device::open();
    let memory = Buffer::shared(PAGE);
    let make = |protection, flags| {
        region::create(&device, &[memory.segment()], protection, flags).unwrap_or(0)
    };
    // As Bob sees them: all regions are root's.
    let sides = [
        ("unknown", 0, UNKNOWN),
        ("foreign", make(READ_WRITE, 0), FOREIGN),
        ("foreign and protected", make(0, 0), FOREIGN),
        ("protected", make(0, flag::ANY_USER_ACCESS), PROTECTED),
        ("good", make(READ_WRITE, flag::ANY_USER_ACCESS), SUCCESS),
    ];
    tap.proves("12.order");
    for (src_text, src, src_answer) in sides {
        for (dst_text, dst, dst_answer) in sides {
            let expected = if src_answer == SUCCESS {
                dst_answer
            } else {
                src_answer
            };
            let copy = Between::new(src, dst);
            let answer = as_user(BOB, || copy.run(&device));
            tap.equal(
                &format!("{src_text} source, {dst_text} destination"),
                answer,
                expected,
            );
        }
        let local = [Iovec { base: 8, len: 8 }];
        let answer = as_user(BOB, || Inline::write(src, &local).run(&device));
        // Local memory is looked at last.
        let expected = if src_answer == SUCCESS {
            refused(Errno::EFAULT)
        } else {
            src_answer
        };
        tap.equal(
            &format!("{src_text} region, bad local memory"),
            answer,
            expected,
        );
        let unreadable = Inline {
            array: 8,
            ..Inline::write(src, &local)
        };
        let answer = as_user(BOB, || unreadable.run(&device));
        tap.refuses(
            &format!("{src_text} region, bad local array"),
            answer,
            Errno::EFAULT,
        );
    }
}
