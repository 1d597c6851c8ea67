// SPDX-License-Identifier: BSD-3-Clause

//! How the end of a copy is told, in every order in which the steps of its tellers and of those who wait can
//! come: whoever learns of it, by the slot or by the event, finds it counted and the bytes there; no
//! event is lost, told twice, or told before its slot.

// The model switches stacks, which an interpreter has none of.
#![cfg(not(miri))]

use knem_logic::ring::Ring;
use loom::cell::UnsafeCell;
use loom::model::Builder;
use loom::sync::atomic::{
    AtomicU32, AtomicU8,
    Ordering::{self, Acquire, Relaxed, Release},
};
use loom::sync::{Arc, Mutex};
use loom::thread;

const PENDING: u8 = 0;
const SUCCESS: u8 = 1;

/// What a context and its users share, as `engine/completion.rs`, `status.rs` and `events.rs` use it.
struct Context {
    bytes: [UnsafeCell<u32>; 2],
    counted: AtomicU32,
    slots: [AtomicU8; 2],
    events: Mutex<Ring<Vec<u32>>>,
}

impl Context {
    /// Two copies are under way, each with a place among the events.
    fn new() -> Arc<Self> {
        let mut events = Ring::new(vec![0; 2]);
        assert!(events.reserve() && events.reserve());
        Arc::new(Self {
            bytes: [UnsafeCell::new(0), UnsafeCell::new(0)],
            counted: AtomicU32::new(0),
            slots: [AtomicU8::new(PENDING), AtomicU8::new(PENDING)],
            events: Mutex::new(events),
        })
    }

    /// A copy is made, and its end told: counters, slot, event.
    fn complete(&self, index: usize, order: Ordering) {
        // SAFETY: Only this copy writes here, and nobody reads before it has ended.
        self.bytes[index].with_mut(|bytes| unsafe { *bytes = 7 });
        self.counted.fetch_add(1, Relaxed);
        self.slots[index].store(SUCCESS, order);
        let pushed = self.events.lock().unwrap().push(index as u32);
        assert_eq!(pushed, Ok(()), "a place was reserved");
    }

    /// Looks at a slot once, as a program does that polls.
    fn poll(&self, index: usize) {
        if self.slots[index].load(Acquire) == SUCCESS {
            self.over(index, 1);
        }
    }

    /// The copy is over, and so are `least` copies at least.
    fn over(&self, index: usize, least: u32) {
        // SAFETY: The copy has ended: nobody writes any more.
        self.bytes[index].with(|bytes| assert_eq!(unsafe { *bytes }, 7, "the bytes are there"));
        assert!(self.counted.load(Relaxed) >= least, "it is counted");
    }

    /// Reads one event, if there is one. A reader whose memory is bad gives it back.
    fn read(&self, bad: bool) -> Option<u32> {
        let mut event = [0];
        let count = self.events.lock().unwrap().lend(&mut event);
        if count == 0 {
            return None;
        }
        if bad {
            self.events.lock().unwrap().give_back(&mut event);
            return None;
        }
        self.events.lock().unwrap().settle(1);
        let [index] = event;
        assert_eq!(
            self.slots[index as usize].load(Relaxed),
            SUCCESS,
            "the slot came first"
        );
        self.over(index as usize, 1);
        Some(index)
    }
}

fn model(check: impl Fn() + Send + Sync + 'static) {
    let mut model = Builder::new();
    // All orders of three threads are too many; few mistakes need more than this to show.
    model.preemption_bound = Some(3);
    model.check(check);
}

/// The slot of a copy is polled while it ends.
fn polled(order: Ordering) {
    model(move || {
        let context = Context::new();
        let copying = context.clone();
        let copy = thread::spawn(move || copying.complete(0, order));
        context.poll(0);
        copy.join().unwrap();
        context.poll(0);
    });
}

#[test]
fn a_slot_is_stored_after_everything() {
    polled(Release);
}

/// The model notices what it is there for.
#[test]
#[should_panic]
fn a_slot_that_is_stored_in_any_order_is_not() {
    polled(Relaxed);
}

#[test]
fn events_come_once_and_after_their_slots() {
    model(|| {
        let context = Context::new();
        let copies = [0, 1].map(|index| {
            let context = context.clone();
            thread::spawn(move || context.complete(index, Release))
        });
        let mut seen: Vec<u32> = [true, false]
            .into_iter()
            .filter_map(|bad| context.read(bad))
            .collect();
        for copy in copies {
            copy.join().unwrap();
        }
        seen.extend(std::iter::from_fn(|| context.read(false)));
        seen.sort_unstable();
        assert_eq!(seen, [0, 1]);
        assert_eq!(context.events.lock().unwrap().held(), 0);
    });
}
