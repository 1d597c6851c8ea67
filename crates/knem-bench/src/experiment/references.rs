// SPDX-License-Identifier: BSD-3-Clause

//! How many references to one object a second several CPUs take and give back: counted in one
//! place, and in several as the module does it.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::Barrier;

use knem_logic::stripe::{give_back, take, Number, STRIPES};

use super::duel::{duel, Way};
use super::record::Unit;
use super::{Record, Setting, Trial};
use crate::cpu;
use crate::failure::Result;
use crate::spinner::Spinner;

/// References that each takes in a round.
const TIMES: u64 = 1_000_000;

/// A count that has a cache line to itself, as in the module.
#[repr(align(64))]
struct Count(AtomicU32);

impl Number for Count {
    fn load(&self) -> u32 {
        self.0.load(Ordering::Relaxed)
    }

    fn fetch_add(&self, value: u32) -> u32 {
        self.0.fetch_add(value, Ordering::SeqCst)
    }

    fn fetch_sub(&self, value: u32) -> u32 {
        self.0.fetch_sub(value, Ordering::SeqCst)
    }
}

/// An object that has an owner, as the module counts its references.
struct Object {
    single: Count,
    stripes: [Count; STRIPES],
}

impl Object {
    const fn new() -> Self {
        Self {
            single: Count(AtomicU32::new(1)),
            stripes: [const { Count(AtomicU32::new(0)) }; STRIPES],
        }
    }

    /// Takes a reference in one place, unless the object has ended, and gives it back.
    fn use_single(&self) -> bool {
        let count = &self.single.0;
        let more = |count| (count > 0).then_some(count + 1);
        let taken = count.fetch_update(Ordering::Acquire, Ordering::Relaxed, more);
        taken.is_ok() && count.fetch_sub(1, Ordering::Release) > 1
    }

    /// The same in that of a CPU.
    fn use_stripe(&self, cpu: usize) -> bool {
        let stripe = &self.stripes[cpu % STRIPES];
        take(stripe) && give_back(stripe)
    }
}

pub fn measure(setting: &Setting<'_>) -> Result<Vec<Record>> {
    let mut records = Vec::new();
    for (what, threads) in [("1-thread", 1), ("2-threads", 2)] {
        if threads == 2 && !setting.two() {
            break;
        }
        // Two busy CPUs may be slower than one: one thread must not look better for that.
        let _busy = (threads == 1).then(|| Spinner::start(setting.places.of(1)));
        let (without, with) = duel(setting.args.repeat, |way| Ok(round(setting, threads, way)))?;
        let rate = |taken: u64| TIMES * threads as u64 * 1_000_000_000 / taken.max(1);
        records.push(Record {
            trial: Trial::References,
            what,
            bytes: 0,
            unit: Unit::References,
            figures: (rate(without), rate(with)),
        });
    }
    Ok(records)
}

/// How long it lasts until all threads are done.
fn round(setting: &Setting<'_>, threads: usize, way: Way) -> u64 {
    let (object, start, end) = (Object::new(), Barrier::new(threads), Barrier::new(threads));
    let one = |place: usize| {
        cpu::settle(setting.places.of(place));
        start.wait();
        setting.clock.take(|| {
            let used = (0..TIMES).all(|_| match way {
                Way::Without => object.use_single(),
                Way::With => object.use_stripe(place),
            });
            assert!(used, "the object has its owner");
            end.wait();
        })
    };
    std::thread::scope(|scope| {
        for place in 1..threads {
            scope.spawn(move || one(place));
        }
        one(0)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_come_back() {
        let object = Object::new();
        assert!(object.use_single() && object.use_stripe(17));
        assert_eq!(object.single.load(), 1);
        assert!(object.stripes.iter().all(|stripe| stripe.load() == 0));
    }
}
