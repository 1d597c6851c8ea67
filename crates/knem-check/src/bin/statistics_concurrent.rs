// SPDX-License-Identifier: BSD-3-Clause

//! §14, W34: no count is lost when many threads copy at once.

use knem_check::prelude::*;
use statistics::Snapshot;
use std::thread;

fn main() -> ExitCode {
    tap::run(env!("CARGO_BIN_NAME"), check)
}

const THREADS: i64 = 6;
const ROUNDS: i64 = 2000;

fn check(tap: &mut Tap) {
    let device = Device::open();
    let memory = Buffer::filled(PAGE, 1);
    let cookie = region::whole(&device, memory.segment(), READ_WRITE);
    let locals: Vec<Buffer> = (0..THREADS).map(|_| Buffer::new(64)).collect();
    let before = Snapshot::take();
    let went = thread::scope(|scope| {
        let workers: Vec<_> = locals
            .iter()
            .map(|local| scope.spawn(|| (0..ROUNDS).all(|_| round(&device, cookie, local))))
            .collect();
        workers
            .into_iter()
            .all(|worker| worker.join().unwrap_or(false))
    });
    let now = Snapshot::take();
    tap.check("every request has its answer", went);
    let total = THREADS * ROUNDS;
    tap.proves("14.counters");
    tap.holds(
        &format!("{total} rounds of four requests, all counted"),
        before.grew(
            &now,
            &[
                (Counter::Submitted, 4 * total),
                (Counter::ProcessedTotal, 3 * total),
                (Counter::ProcessedPinLocal, total),
                (Counter::FailedFindRegion, total),
                (Counter::FailedCopyUser, total),
            ],
        ),
    );
}

/// A read, a pinned read, a read that fails, and an unknown region.
fn round(device: &Device, cookie: Cookie, local: &Buffer) -> bool {
    let good = [local.segment()];
    let bad = [Iovec { base: 8, len: 8 }];
    Inline::read(cookie, &good).run(device) == SUCCESS
        && Inline::read(cookie, &good)
            .flags(flag::PIN_LOCAL)
            .run(device)
            == SUCCESS
        && Inline::read(cookie, &bad).run(device) == FAILED
        && Inline::read(0, &good).run(device) == refused(Errno::EINVAL)
}
