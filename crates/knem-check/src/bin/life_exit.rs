// SPDX-License-Identifier: BSD-3-Clause

//! §6.3, §17: when the last holder of a descriptor is gone, however it went, cookies are unknown at
//! once and no page stays pinned.

use knem_check::prelude::*;

fn main() -> ExitCode {
    tap::run(env!("CARGO_BIN_NAME"), check)
}

const REGIONS: usize = 200;

fn check(tap: &mut Tap) {
    let base = pins::outstanding();
    ended(tap, "exits", base, |peer| peer.tell(1));
    ended(tap, "is killed", base, |peer| peer.signal(libc::SIGKILL));
    ended(tap, "is aborted", base, |peer| peer.signal(libc::SIGABRT));
    closed(tap, base);
}

/// A process with many regions ends.
fn ended(tap: &mut Tap, text: &str, base: i64, end: impl FnOnce(&mut Peer)) {
    let mut peer = Peer::spawn(|channel| {
        let memory = Buffer::filled(REGIONS * PAGE, 1);
        let (one, two) = (Device::open(), Device::open());
        for i in 0..REGIONS {
            let device = if i % 2 == 0 { &one } else { &two };
            let flags = if i % 3 == 0 { flag::SINGLE_USE } else { 0 };
            let cookie = region::create(device, &[memory.part(i * PAGE, PAGE)], READ_WRITE, flags);
            channel.tell(cookie.expect("a region"));
        }
        let _: u64 = channel.hear();
        // Like a real process that ends: nothing is closed or destroyed by hand.
        // SAFETY: ends this process at once.
        unsafe { libc::_exit(0) };
    });
    let cookies: Vec<Cookie> = (0..REGIONS).map(|_| peer.hear()).collect();
    let device = Device::open();
    let local = Buffer::new(PAGE);
    let read = |cookie| Inline::read(cookie, &[local.segment()]).run(&device);
    tap.works(
        &format!("before a process {text} its regions are there"),
        read(cookies[1]),
    );
    tap.check("and pinned", pins::outstanding() > base);
    end(&mut peer);
    peer.wait();
    tap.proves("6.3.valid-until");
    tap.proves("6.2.unknown");
    let left = cookies
        .iter()
        .filter(|&&cookie| read(cookie) != refused(Errno::EINVAL))
        .count();
    tap.equal(
        &format!("after a process {text} all its cookies are unknown"),
        left,
        0,
    );
    tap.equal("and all its pages are free", pins::settle(base), base);
}

/// The same with close alone.
fn closed(tap: &mut Tap, base: i64) {
    let device = Device::open();
    let memory = Buffer::filled(PAGE, 1);
    for _ in 0..REGIONS {
        region::whole(&device, memory.segment(), READ);
    }
    drop(device);
    tap.equal("after close all pages are free", pins::settle(base), base);
    tap.holds("and the memory is as it was", memory.matches("memory", 1));
}
