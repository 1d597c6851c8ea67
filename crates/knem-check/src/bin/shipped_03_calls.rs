// SPDX-License-Identifier: BSD-3-Clause

//! §20.3: regions and vectors of two segments, single-use, read by every call that there is, with
//! the slots that the old test used.

use knem_check::old;
use knem_check::prelude::*;

fn main() -> ExitCode {
    tap::run(env!("CARGO_BIN_NAME"), check)
}

const LENGTH: usize = 3 * PAGE + 333;

/// What one call needs.
struct Bench {
    device: Device,
    array: Array,
    source: Buffer,
    target: Buffer,
}

fn check(tap: &mut Tap) {
    let device = Device::open();
    let bench = Bench {
        array: Array::new(&device),
        device,
        source: Buffer::filled(LENGTH, 1),
        target: Buffer::new(LENGTH),
    };
    tap.proves("20.3");
    bench.attempt(tap, "SYNC_RECV", |remote, local| {
        old::receive(&bench.device, remote, local, 0)
    });
    bench.attempt(tap, "INIT_ASYNC_RECV at 23", |remote, local| {
        let answer = old::start(&bench.device, remote, local, 0, 23);
        answer.map(|()| bench.array.wait(23))
    });
    bench.attempt(tap, "INIT_ASYNC_RECV by the thread", |remote, local| {
        let flags = flag::MEMCPY_THREAD;
        let answer = old::start(&bench.device, remote, local, flags, 23);
        answer.map(|()| bench.array.wait(23))
    });
    bench.attempt(tap, "INLINE_COPY with index -1", |remote, local| {
        Inline::read(remote, local).run(&bench.device)
    });
    bench.attempt(tap, "INLINE_COPY by the thread at 17", |remote, local| {
        let read = Inline::read(remote, local).flags(flag::MEMCPY_THREAD);
        let answer = read.slot(17).run(&bench.device);
        assert_eq!(answer, PENDING);
        answer.map(|_| bench.array.wait(17))
    });
    for (text, flags, slot) in [
        ("COPY_BOUNDED with index -1", 0, None),
        (
            "COPY_BOUNDED by the thread at 42",
            flag::MEMCPY_THREAD,
            Some(42),
        ),
    ] {
        bench.attempt(tap, text, |remote, local| {
            let dst = region::create(&bench.device, local, WRITE, flag::SINGLE_USE)?;
            let copy = Between::new(remote, dst).bound(u64::MAX).flags(flags);
            let answer = Between { slot, ..copy }.run(&bench.device);
            slot.map_or(answer, |slot| {
                answer.map(|_| bench.array.wait(slot as usize))
            })
        });
    }
}

impl Bench {
    /// Makes a region, lets it be read, and looks at the bytes; it is gone then.
    fn attempt(&self, tap: &mut Tap, text: &str, read: impl Fn(Cookie, &[Iovec]) -> Outcome) {
        self.target.clear();
        let halves = |buffer: &Buffer, at| [buffer.part(0, at), buffer.part(at, LENGTH - at)];
        let remote = region::create(
            &self.device,
            &halves(&self.source, 5000),
            READ,
            flag::SINGLE_USE,
        );
        let remote = remote.unwrap_or(0);
        let local = halves(&self.target, 777);
        tap.works(text, read(remote, &local));
        tap.holds("every byte", self.target.matches("target", 1));
        let again = Inline::read(remote, &local).run(&self.device);
        tap.refuses("the region is gone", again, Errno::EINVAL);
    }
}
