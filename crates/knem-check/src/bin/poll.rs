// SPDX-License-Identifier: BSD-3-Clause

//! §9.3: poll before the status array is mapped is an error, and on the statistics never blocks.

use knem_check::prelude::*;

fn main() -> ExitCode {
    tap::run(env!("CARGO_BIN_NAME"), check)
}

const ALL: i16 = libc::POLLIN | libc::POLLOUT | libc::POLLPRI | libc::POLLRDNORM;

fn check(tap: &mut Tap) {
    let device = Device::open();
    tap.proves("9.3.before-mmap");
    let answer = device.poll(ALL);
    tap.equal(
        "a context before mmap: POLLERR and nothing else",
        answer,
        Ok(libc::POLLERR),
    );
    tap.equal(
        "even where nothing is asked for",
        device.poll(0),
        Ok(libc::POLLERR),
    );

    let view = Device::open_with(libc::O_RDONLY).expect("the statistics open");
    tap.proves("9.3.read-only");
    let events = view.poll(libc::POLLIN).expect("poll works");
    tap.equal("the statistics are readable", events, libc::POLLIN);
    let events = view.poll(ALL).expect("poll works");
    let bad = libc::POLLOUT | libc::POLLERR | libc::POLLHUP;
    tap.equal("and neither writable nor broken", events & bad, 0);
    // The original died here; many rounds would show a reference that gets lost.
    let calm = (0..1000).all(|_| view.poll(ALL).is_ok());
    tap.check("a thousand polls of the statistics do no harm", calm);
}
