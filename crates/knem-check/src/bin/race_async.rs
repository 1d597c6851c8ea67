// SPDX-License-Identifier: BSD-3-Clause

//! §1, §8, §9: many threads submit, wait, read events, create and destroy on two contexts: every
//! byte that arrives is right, every accepted notification gives one event, and nothing is lost.

use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use knem_check::prelude::*;
use knem_check::random::Random;
use knem_check::{clock, events, worker};

fn main() -> ExitCode {
    tap::run(env!("CARGO_BIN_NAME"), check)
}

const SPAN: Duration = Duration::from_millis(3000);
const LENGTH: usize = 20_000;
const SUBMITTERS: usize = 3;
/// Requests of one submitter that are under way at once.
const BATCH: usize = 16;

/// A context and what its threads share.
struct Side {
    bed: Bed,
    /// A region that comes and goes.
    volatile: AtomicU64,
    accepted: AtomicUsize,
    delivered: AtomicUsize,
}

fn check(tap: &mut Tap) {
    let base = pins::outstanding();
    let seed = Random::seed();
    tap.note(&format!("seed {seed:#x}"));
    let sides = [Side::new(), Side::new()];
    let done = AtomicBool::new(false);
    let outcomes: Vec<Result<usize, String>> = thread::scope(|scope| {
        let (sides, done) = (&sides, &done);
        for side in sides {
            scope.spawn(move || side.deliver(done));
            scope.spawn(move || side.replace(done));
        }
        let submitters: Vec<_> = (0..2 * SUBMITTERS)
            .map(|i| scope.spawn(move || submit(sides, i, Random::new(seed + i as u64))))
            .collect();
        let outcomes = submitters
            .into_iter()
            .map(|one| one.join().expect("no panic"))
            .collect();
        done.store(true, Ordering::Release);
        outcomes
    });
    tap.proves("1.concurrent");
    for (i, outcome) in outcomes.into_iter().enumerate() {
        tap.note(&format!("{outcome:?} batches"));
        tap.holds(
            &format!("submitter {i} got all that it should"),
            outcome.map(drop),
        );
    }
    tap.proves("9.1.event");
    for side in &sides {
        let accepted = side.accepted.load(Ordering::Acquire);
        let delivered = side.delivered.load(Ordering::Acquire);
        tap.equal("as many events as notifications", delivered, accepted);
        tap.check("which are many", accepted > 10);
        tap.equal("none is left", events::drain(&side.bed.device), Ok(vec![]));
    }
    drop(sides);
    tap.check("no thread is left", worker::settle(0));
    tap.equal("nothing stays pinned", pins::settle(base), base);
}

impl Side {
    fn new() -> Side {
        Side {
            bed: Bed::new(LENGTH),
            volatile: AtomicU64::new(0),
            accepted: AtomicUsize::new(0),
            delivered: AtomicUsize::new(0),
        }
    }

    /// Reads events until all is done and all are there.
    fn deliver(&self, done: &AtomicBool) {
        let device = &self.bed.device;
        loop {
            let last = done.load(Ordering::Acquire);
            let left =
                || self.accepted.load(Ordering::Acquire) - self.delivered.load(Ordering::Acquire);
            if last && (left() == 0 || !clock::wait_until(|| device.poll(libc::POLLIN) != Ok(0))) {
                return;
            }
            if let Ok(1..) = device.poll_within(libc::POLLIN, 20) {
                let events = events::read(device, 1).expect("an event is there");
                self.delivered.fetch_add(events.len(), Ordering::AcqRel);
            }
        }
    }

    /// Makes regions and destroys them under the submitters' copies.
    fn replace(&self, done: &AtomicBool) {
        while !done.load(Ordering::Acquire) {
            let cookie = region::whole(&self.bed.device, self.bed.source.segment(), READ);
            self.volatile.store(cookie, Ordering::Release);
            thread::sleep(Duration::from_micros(cookie % 2000));
            let destroyed = if cookie % 2 == 0 {
                region::destroy(&self.bed.device, cookie)
            } else {
                region::destroy_wait(&self.bed.device, cookie)
            };
            assert_eq!(destroyed, Ok(()), "the region is this thread's alone");
        }
    }
}

/// Submits batches with slots of its own, and looks at every byte.
fn submit(sides: &[Side; 2], number: usize, mut random: Random) -> Result<usize, String> {
    let local = Buffer::new(BATCH * LENGTH);
    let expected = pattern::bytes(knem_check::bed::SOURCE, LENGTH);
    let first = number * BATCH;
    clock::during(SPAN, 20, || {
        let side = &sides[random.below(2) as usize];
        local.clear();
        let mut taken = Vec::new();
        for i in 0..BATCH {
            let length = 1 + random.below(LENGTH as u64) as usize;
            // Any region will do, of this context or of the other.
            let other = &sides[random.below(2) as usize];
            let volatile = other.volatile.load(Ordering::Acquire);
            let cookie = random.pick(&[side.bed.cookie, other.bed.cookie, volatile]);
            let segments = [local.part(i * LENGTH, length)];
            let flags = random.pick(&[0x08, 0x48, 0x58, 0x44, 0x04, 0x0c, 0x4c, 0x18]);
            let read = Inline::read(cookie, &segments)
                .flags(flags)
                .slot((first + i) as u32);
            match read.run(&side.bed.device) {
                PENDING | SUCCESS => {
                    let notified = usize::from(flags & flag::NOTIFY_FD != 0);
                    side.accepted.fetch_add(notified, Ordering::AcqRel);
                    taken.push((i, length));
                }
                Err(Errno::EINVAL) if cookie == volatile => {}
                other => return Err(format!("{other:?}")),
            }
        }
        for (i, length) in taken {
            let end = side.bed.array.wait(first + i);
            if end != Status::SUCCESS {
                return Err(format!("request {i}: {end:?}"));
            }
            let got = local.bytes_at(i * LENGTH, length);
            pattern::same("local", &got, &expected[..length])?;
        }
        Ok(())
    })
}
