// SPDX-License-Identifier: BSD-3-Clause

//! §13.2: no request is ever ended by an ordinary signal: neither EINTR nor a part of the data.

use knem_check::clock;
use knem_check::prelude::*;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

fn main() -> ExitCode {
    tap::run(env!("CARGO_BIN_NAME"), check)
}

const LENGTH: usize = 1 << 20;

static CAUGHT: AtomicUsize = AtomicUsize::new(0);

extern "C" fn caught(_signal: i32) {
    CAUGHT.fetch_add(1, Ordering::Relaxed);
}

fn check(tap: &mut Tap) {
    let device = Device::open();
    let memory = Buffer::filled(LENGTH, 1);
    let local = Buffer::new(LENGTH);
    let cookie = region::whole(&device, memory.segment(), READ_WRITE);
    // Eight times one megabyte, all to the same place.
    let segments = region::folded(local.segment(), 8);
    let long =
        region::create(&device, &region::folded(memory.segment(), 8), READ_WRITE, 0).unwrap_or(0);
    alarm_every(Duration::from_millis(2));
    let mut round = 0;
    let outcome = clock::during(Duration::from_millis(1500), 10, || {
        round += 1;
        let (read, write) = (
            Inline::read(long, &segments),
            Inline::write(long, &segments),
        );
        let created = region::create(&device, &segments, READ, 0)
            .map_err(|error| format!("create: {error:?}"))?;
        let answers = [
            read.run(&device),
            read.flags(flag::PIN_LOCAL).run(&device),
            write.run(&device),
            Between::new(cookie, created).bound(0).run(&device),
        ];
        region::destroy(&device, created).map_err(|error| format!("destroy: {error:?}"))?;
        // The last one is refused: the region is for reading.
        if answers != [SUCCESS, SUCCESS, SUCCESS, refused(Errno::EACCES)] {
            return Err(format!("{answers:?}"));
        }
        local.matches("local", 1)
    });
    alarm_every(Duration::ZERO);
    tap.proves("13.2.no-eintr");
    tap.check(
        "signals came during the requests",
        CAUGHT.load(Ordering::Relaxed) > 20,
    );
    tap.holds("and none of them was noticed", outcome.map(drop));
}

/// Lets a signal come at an interval, with a handler that does not restart calls.
fn alarm_every(interval: Duration) {
    let value = libc::timeval {
        tv_sec: 0,
        tv_usec: interval.as_micros() as libc::suseconds_t,
    };
    let timer = libc::itimerval {
        it_interval: value,
        it_value: value,
    };
    // SAFETY: the handler only counts; both structures are lent for the calls.
    unsafe {
        let mut action: libc::sigaction = std::mem::zeroed();
        action.sa_sigaction = caught as extern "C" fn(i32) as usize;
        assert_eq!(
            libc::sigaction(libc::SIGALRM, &action, std::ptr::null_mut()),
            0
        );
        assert_eq!(
            libc::setitimer(libc::ITIMER_REAL, &timer, std::ptr::null_mut()),
            0
        );
    }
}
