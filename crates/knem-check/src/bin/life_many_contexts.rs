// SPDX-License-Identifier: BSD-3-Clause

//! §5, §20.9: a thousand contexts at once, each with its own region.

use knem_check::prelude::*;

fn main() -> ExitCode {
    tap::run(env!("CARGO_BIN_NAME"), check)
}

const CONTEXTS: usize = 1000;

fn check(tap: &mut Tap) {
    let limit = libc::rlimit {
        rlim_cur: 4096,
        rlim_max: 4096,
    };
    // SAFETY: the limit is lent for the call.
    let answer = unsafe { libc::setrlimit(libc::RLIMIT_NOFILE, &limit) };
    assert_eq!(answer, 0, "setrlimit: {:?}", Errno::last());
    let base = pins::outstanding();
    let memory = Buffer::filled(CONTEXTS, 1);
    let mut contexts = Vec::new();
    for i in 0..CONTEXTS {
        let device = match Device::open_with(libc::O_RDWR) {
            Ok(device) => device,
            Err(error) => {
                return tap.equal(
                    "1000 descriptors can be opened",
                    (i, Err(error)),
                    (CONTEXTS, Ok(())),
                )
            }
        };
        let cookie = region::create(&device, &[memory.part(i, 1)], READ, 0).unwrap_or(0);
        contexts.push((device, cookie));
    }
    tap.check("1000 descriptors can be opened", true);
    let local = Buffer::new(CONTEXTS);
    let through = |reader: usize| {
        local.clear();
        let wrong = contexts.iter().enumerate().filter(|(i, (_, cookie))| {
            Inline::read(*cookie, &[local.part(*i, 1)]).run(&contexts[reader].0) != SUCCESS
        });
        wrong.count()
    };
    for reader in [0, CONTEXTS - 1] {
        tap.equal(
            &format!("context {reader} reads the regions of all"),
            through(reader),
            0,
        );
        tap.holds("every byte", local.matches("local", 1));
    }
    contexts.truncate(CONTEXTS / 2);
    let answer = Inline::read(contexts[0].1, &[local.part(0, 1)]).run(&contexts[1].0);
    tap.works("half of them closed, the others work", answer);
    contexts.clear();
    tap.equal("all closed, nothing stays pinned", pins::settle(base), base);
}
