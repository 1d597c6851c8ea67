// SPDX-License-Identifier: BSD-3-Clause

//! The queue with reserved places, against one that is never full.

use std::collections::VecDeque;

use knem_logic::ring::Ring;
use proptest::prelude::*;

#[derive(Clone, Copy, Debug)]
enum Step {
    Reserve,
    Cancel,
    Push,
    /// Takes out so many, and settles so many of them; the rest comes back.
    Lend(usize, usize),
    Grow(usize),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => Just(Step::Reserve),
        1 => Just(Step::Cancel),
        4 => Just(Step::Push),
        3 => (0usize..6, 0usize..6).prop_map(|(lent, settled)| Step::Lend(lent, settled)),
        1 => (0usize..24).prop_map(Step::Grow),
    ]
}

/// Items that cannot be had twice.
type Item = Option<Box<u32>>;

fn places(count: usize) -> Vec<Item> {
    (0..count).map(|_| None).collect()
}

proptest! {
    #[test]
    fn nothing_is_lost_or_out_of_order(steps in prop::collection::vec(step(), 0..200)) {
        let mut ring = Ring::new(places(3));
        let mut model = VecDeque::new();
        let (mut reserved, mut next) = (0, 0u32);
        for step in steps {
            match step {
                Step::Reserve => {
                    let free = model.len() + reserved < ring.places();
                    prop_assert_eq!(ring.reserve(), free);
                    reserved += usize::from(free);
                }
                Step::Cancel => {
                    ring.cancel();
                    reserved = reserved.saturating_sub(1);
                }
                Step::Push => {
                    let item = Some(Box::new(next));
                    if reserved == 0 {
                        prop_assert_eq!(ring.push(item), Err(Some(Box::new(next))));
                    } else {
                        prop_assert_eq!(ring.push(item), Ok(()));
                        model.push_back(next);
                        reserved -= 1;
                        next += 1;
                    }
                }
                Step::Lend(lent, settled) => {
                    let mut out = places(lent);
                    let count = ring.lend(&mut out);
                    prop_assert_eq!(count, lent.min(model.len()));
                    for (got, expected) in out[..count].iter().zip(&model) {
                        prop_assert_eq!(got.as_deref(), Some(expected));
                    }
                    let settled = settled.min(count);
                    prop_assert_eq!(ring.held(), model.len() + reserved);
                    ring.settle(settled);
                    ring.give_back(&mut out[settled..count]);
                    model.drain(..settled);
                }
                Step::Grow(count) => {
                    let before = ring.places();
                    let unused = ring.move_to(places(count));
                    prop_assert_eq!(ring.places(), before.max(count));
                    prop_assert!(unused.iter().all(Option::is_none));
                }
            }
            prop_assert_eq!(ring.held(), model.len() + reserved);
            prop_assert_eq!(ring.is_empty(), model.is_empty());
        }
        let mut rest = places(model.len());
        prop_assert_eq!(ring.lend(&mut rest), model.len());
        for (got, expected) in rest.iter().zip(&model) {
            prop_assert_eq!(got.as_deref(), Some(expected));
        }
    }
}

#[test]
fn a_queue_without_places_takes_nothing() {
    let mut ring = Ring::new(Vec::<u32>::new());
    assert!(!ring.reserve());
    assert_eq!(ring.push(7), Err(7));
    assert_eq!(ring.lend(&mut [0; 4]), 0);
    assert_eq!(ring.held(), 0);
}
