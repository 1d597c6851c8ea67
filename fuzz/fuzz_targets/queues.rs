// SPDX-License-Identifier: BSD-3-Clause
#![no_main]

//! The ring and the shelf, whatever is done to them, against what is easier to understand.

use std::collections::{BTreeMap, VecDeque};

use arbitrary::Arbitrary;
use knem_logic::{
    ring::Ring,
    shelf::{Place, Shelf},
};
use libfuzzer_sys::fuzz_target;

#[derive(Arbitrary, Debug)]
enum Step {
    Reserve,
    Cancel,
    Push,
    /// Takes out so many, and settles so many of them; the rest comes back.
    Lend(u8, u8),
    Grow(u8),
    Put,
    Take(u8),
}

/// Items that cannot be had twice.
type Item = Option<Box<u32>>;

fuzz_target!(|steps: Vec<Step>| {
    let places = |count| (0..count).map(|_| None).collect::<Vec<Item>>();
    let free = |count| {
        (0..count)
            .map(|_| Place::default())
            .collect::<Vec<Place<Box<u32>>>>()
    };
    let mut ring = Ring::new(places(1));
    let (mut queue, mut reserved) = (VecDeque::new(), 0);
    let mut shelf = Shelf::new(free(1));
    let mut shelved = BTreeMap::new();
    let mut next = 0_u32;
    for step in steps {
        next += 1;
        match step {
            Step::Reserve => {
                let room = queue.len() + reserved < ring.places();
                assert_eq!(ring.reserve(), room);
                reserved += usize::from(room);
            }
            Step::Cancel => {
                ring.cancel();
                reserved = reserved.saturating_sub(1);
            }
            Step::Push => {
                let taken = ring.push(Some(Box::new(next))).is_ok();
                assert_eq!(taken, reserved > 0);
                if taken {
                    reserved -= 1;
                    queue.push_back(next);
                }
            }
            Step::Lend(lent, settled) => lend(&mut ring, &mut queue, lent, settled),
            Step::Grow(more) => {
                let places_now = ring.places() + usize::from(more);
                drop(ring.move_to(places(places_now)));
                drop(shelf.move_to(free(shelf.places() + usize::from(more))));
            }
            Step::Put => {
                let place = shelf.free();
                let put = shelf.put(Box::new(next)).is_ok();
                assert_eq!(put, place.is_some());
                if let Some(place) = place {
                    assert_eq!(shelved.insert(place, next), None);
                }
            }
            Step::Take(index) => {
                let index = usize::from(index);
                assert_eq!(
                    shelf.take(index).map(|thing| *thing),
                    shelved.remove(&index)
                );
            }
        }
        assert_eq!(ring.held(), queue.len() + reserved);
        assert_eq!(ring.is_empty(), queue.is_empty());
        assert_eq!(shelf.free().is_none(), shelved.len() == shelf.places());
    }
    let mut left: Vec<u32> = shelf.things().map(|thing| **thing).collect();
    left.sort_unstable();
    let mut expected: Vec<u32> = shelved.into_values().collect();
    expected.sort_unstable();
    assert_eq!(left, expected);
});

fn lend(ring: &mut Ring<Vec<Item>>, queue: &mut VecDeque<u32>, lent: u8, settled: u8) {
    let mut out: Vec<Item> = (0..lent).map(|_| None).collect();
    let count = ring.lend(&mut out);
    assert_eq!(count, queue.len().min(usize::from(lent)));
    let settled = count.min(usize::from(settled));
    for item in &mut out[..settled] {
        assert_eq!(item.take().map(|item| *item), queue.pop_front());
    }
    ring.settle(settled);
    ring.give_back(&mut out[settled..count]);
}
