// SPDX-License-Identifier: BSD-3-Clause

//! §20.9: a thousand contexts open at once; 100 000 regions of one byte in one context; cookie 0
//! and destroyed cookies are EINVAL.

use knem_check::prelude::*;

fn main() -> ExitCode {
    tap::run(env!("CARGO_BIN_NAME"), check)
}

const CONTEXTS: usize = 1000;
const REGIONS: usize = 100_000;

fn check(tap: &mut Tap) {
    let limit = libc::rlimit {
        rlim_cur: 4096,
        rlim_max: 4096,
    };
    // SAFETY: the limit is lent for the call.
    let answer = unsafe { libc::setrlimit(libc::RLIMIT_NOFILE, &limit) };
    assert_eq!(answer, 0, "setrlimit: {:?}", Errno::last());
    tap.proves("20.9");
    let contexts: Vec<Device> = (0..CONTEXTS)
        .map_while(|_| Device::open_with(libc::O_RDWR).ok())
        .collect();
    tap.equal("1000 contexts at once", contexts.len(), CONTEXTS);
    let memory = Buffer::filled(1, 1);
    let device = &contexts[CONTEXTS / 2];
    let cookies: Vec<Cookie> = (0..REGIONS)
        .map_while(|_| region::create(device, &[memory.segment()], READ, 0).ok())
        .collect();
    tap.equal("100 000 regions of one byte", cookies.len(), REGIONS);
    let local = Buffer::new(1);
    let read = |cookie| Inline::read(cookie, &[local.segment()]).run(device);
    tap.works("the first can be read", read(cookies[0]));
    tap.works("and the last", read(cookies[REGIONS - 1]));
    tap.refuses("cookie 0 cannot", read(0), Errno::EINVAL);
    let zero = region::destroy(device, 0);
    tap.refuses("nor be destroyed", zero, Errno::EINVAL);
    let destroyed = cookies
        .iter()
        .filter(|&&cookie| region::destroy(device, cookie).is_ok());
    tap.equal("all can be destroyed", destroyed.count(), REGIONS);
    tap.refuses("once", region::destroy(device, cookies[0]), Errno::EINVAL);
    tap.refuses("and not be read", read(cookies[0]), Errno::EINVAL);
}
