// SPDX-License-Identifier: BSD-3-Clause

//! §6.4: what does not consume a single-use region: refusals, and errors before the lookup.

use knem_abi::request;
use knem_check::prelude::*;

fn main() -> ExitCode {
    tap::run(env!("CARGO_BIN_NAME"), check)
}

fn check(tap: &mut Tap) {
    let device = Device::open();
    let memory = Buffer::filled(PAGE, 1);
    let once =
        |protection| region::create(&device, &[memory.segment()], protection, flag::SINGLE_USE);
    let local = Buffer::new(PAGE);
    let segments = [local.segment()];
    let cookie = once(READ).expect("a single-use region");
    let read = Inline::read(cookie, &segments);

    early(tap, &device, read);
    tap.works(
        "after all that the region is still there",
        read.run(&device),
    );
    tap.holds("with its bytes", local.matches("local", 1));
    tap.refuses("and now consumed", read.run(&device), Errno::EINVAL);

    let cookie = once(READ_WRITE).expect("a single-use region");
    tap.proves("6.4.destroy");
    let answer = region::destroy(&device, cookie);
    tap.equal("an unused one can be destroyed", answer, Ok(()));
    let answer = Inline::read(cookie, &segments).run(&device);
    tap.refuses("and is gone then", answer, Errno::EINVAL);
}

/// Everything that is refused before the region is found, or by whom finds it.
fn early(tap: &mut Tap, device: &Device, read: Inline) {
    tap.proves("6.4.refusal-keeps");
    let answer = as_user(ALICE, || read.run(device));
    tap.refuses("another user is refused", answer, Errno::EPERM);
    let answer = Inline { write: 1, ..read }.run(device);
    tap.refuses(
        "writing is refused by the protection",
        answer,
        Errno::EACCES,
    );
    tap.proves("6.4.kept-by");
    let answer = device.call_at(request::INLINE_COPY, 8);
    tap.refuses("an unreadable block is EFAULT", answer, Errno::EFAULT);
    for flags in [
        flag::MEMCPY_THREAD,
        flag::DMA_THREAD,
        flag::ASYNC_DMA_COMPLETE,
        flag::NOTIFY_FD | flag::THREAD_MASK,
        flag::NOTIFY_FD,
    ] {
        let answer = read.flags(flags).run(device);
        tap.refuses(
            &format!("flags {flags:#x} are EINVAL"),
            answer,
            Errno::EINVAL,
        );
    }
    let unreadable = Inline { array: 8, ..read };
    let answer = unreadable.run(device);
    tap.refuses(
        "an unreadable array of local segments is EFAULT",
        answer,
        Errno::EFAULT,
    );
    let answer = Inline {
        count: 65_536,
        ..read
    }
    .run(device);
    tap.refuses("65 536 local segments are ENOMEM", answer, Errno::ENOMEM);
}
