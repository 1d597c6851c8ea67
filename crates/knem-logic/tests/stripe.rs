// SPDX-License-Identifier: BSD-3-Clause

//! Stripes: in every order with few preemptions in which the steps of several CPUs can come, an object
//! ends once, and not before its last reference is given up.

// The model switches stacks, which an interpreter has none of.
#![cfg(not(miri))]

use knem_logic::stripe::{gather, give_back, take, Number};
use loom::model::Builder;
use loom::sync::atomic::{AtomicU32, Ordering::AcqRel, Ordering::Relaxed};
use loom::sync::Arc;
use loom::thread;

struct Count(AtomicU32);

impl Number for Count {
    fn load(&self) -> u32 {
        self.0.load(Relaxed)
    }

    fn fetch_add(&self, value: u32) -> u32 {
        self.0.fetch_add(value, AcqRel)
    }

    fn fetch_sub(&self, value: u32) -> u32 {
        self.0.fetch_sub(value, AcqRel)
    }
}

/// An object with an owner, whose reference is in the single count, and two stripes.
struct Object {
    single: Count,
    stripes: [Count; 2],
    ended: Count,
}

impl Object {
    fn new() -> Arc<Self> {
        let count = |value| Count(AtomicU32::new(value));
        Arc::new(Self {
            single: count(1),
            stripes: [count(0), count(0)],
            ended: count(0),
        })
    }

    /// As the module finds an object: in a stripe, or else, unless it has ended, in the single count.
    fn refer(&self, stripe: usize) -> Option<Option<usize>> {
        if take(&self.stripes[stripe]) {
            return Some(Some(stripe));
        }
        let single = &self.single.0;
        let more = |count| (count > 0).then_some(count + 1);
        let referred = single.fetch_update(AcqRel, Relaxed, more);
        referred.is_ok().then_some(None)
    }

    fn give_back(&self, place: Option<usize>) {
        let there = place.is_some_and(|stripe| give_back(&self.stripes[stripe]));
        if !there && self.single.fetch_sub(1) == 1 {
            assert_eq!(self.ended.fetch_add(1), 0, "it ends once");
        }
    }

    fn use_it(&self, stripe: usize) {
        if let Some(place) = self.refer(stripe) {
            assert_eq!(self.ended.load(), 0, "nobody uses what has ended");
            self.give_back(place);
        }
    }
}

/// Users of these stripes, beside an owner that gives up.
fn model(stripes: &'static [usize]) {
    let mut model = Builder::new();
    // All orders of three threads are too many; few mistakes need more than this to show.
    model.preemption_bound = Some(3);
    model.check(move || {
        let object = Object::new();
        let users: Vec<_> = stripes
            .iter()
            .map(|&stripe| {
                let object = object.clone();
                thread::spawn(move || object.use_it(stripe))
            })
            .collect();
        gather(&object.single, object.stripes.iter());
        object.give_back(None);
        for user in users {
            user.join().unwrap();
        }
        assert_eq!(object.ended.load(), 1, "it ends");
    });
}

#[test]
fn one_user() {
    model(&[1]);
}

#[test]
fn two_users_of_a_stripe() {
    model(&[0, 0]);
}

#[test]
fn two_users_of_two_stripes() {
    model(&[0, 1]);
}
