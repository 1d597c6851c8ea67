// SPDX-License-Identifier: BSD-3-Clause

//! §7.3, §13.2, §20.5: without a status array every asynchronous flag is EINVAL, and so is a
//! notification without a thread; decided before any lookup, with no counter moved.

use knem_check::prelude::*;

fn main() -> ExitCode {
    tap::run(env!("CARGO_BIN_NAME"), check)
}

fn check(tap: &mut Tap) {
    let device = Device::open();
    let memory = Buffer::filled(PAGE, 1);
    let target = Buffer::filled(PAGE, 2);
    let once = region::create(&device, &[memory.segment()], READ, flag::SINGLE_USE).unwrap_or(0);
    let other =
        region::create(&device, &[target.segment()], READ_WRITE, flag::SINGLE_USE).unwrap_or(0);
    let local = Buffer::new(PAGE);
    let segments = [local.segment()];
    let before = statistics::Snapshot::take();
    let combinations: Vec<u32> = (0..=u32::from(u8::MAX))
        .filter(|flags| flags & (flag::ASYNC_MASK | flag::NOTIFY_FD) != 0)
        .collect();
    for (text, cookie) in [("a good cookie", once), ("an unknown cookie", 0)] {
        let between = Between::new(cookie, other);
        let outcome = combinations.iter().try_for_each(|&flags| {
            let answers = [
                Inline::read(cookie, &segments).flags(flags).run(&device),
                Inline::write(cookie, &segments)
                    .bound(8)
                    .flags(flags)
                    .run(&device),
                between.flags(flags).run(&device),
                Between {
                    flags,
                    bound: Some(0),
                    ..between
                }
                .run(&device),
            ];
            if answers == [refused(Errno::EINVAL); 4] {
                return Ok(());
            }
            Err(format!(
                "flags {flags:#x}: expected EINVAL, got {answers:?}"
            ))
        });
        tap.proves("7.3.async-needs-array");
        tap.proves("13.2.copy-unmapped");
        tap.holds(
            &format!("every form with any such flag and {text} is EINVAL"),
            outcome,
        );
    }
    let now = statistics::Snapshot::take();
    tap.holds("no counter moved", before.grew(&now, &[]));
    tap.check("nothing was copied", local.bytes() == [0; PAGE]);
    tap.holds("to nowhere", target.matches("target", 2));
    let copy = Between::new(once, other);
    tap.works(
        "and the single-use regions are still there",
        copy.run(&device),
    );
    tap.holds("with their bytes", target.matches("target", 1));
}
