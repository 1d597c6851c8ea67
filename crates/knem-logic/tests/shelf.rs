// SPDX-License-Identifier: BSD-3-Clause

//! Shelves: a thing is where it was put until it is taken, however the shelf grows.

use std::collections::HashMap;

use knem_logic::shelf::{Place, Shelf};
use proptest::prelude::*;

fn storage(places: usize) -> Vec<Place<u32>> {
    (0..places).map(|_| Place::default()).collect()
}

#[test]
fn a_full_shelf_gives_things_back() {
    let mut shelf = Shelf::new(storage(1));
    assert_eq!(shelf.free(), Some(0));
    assert_eq!(shelf.put(7), Ok(()));
    assert_eq!(shelf.free(), None);
    assert_eq!(shelf.put(8), Err(8));
    assert_eq!(shelf.take(0), Some(7));
    assert_eq!(shelf.take(0), None);
    assert_eq!(shelf.put(8), Ok(()));
}

#[test]
fn nothing_stands_outside() {
    let mut shelf = Shelf::new(storage(0));
    assert_eq!((shelf.places(), shelf.free()), (0, None));
    assert_eq!(shelf.put(7), Err(7));
    assert_eq!(shelf.take(0), None);
    assert_eq!(shelf.take(usize::MAX), None);
}

#[test]
fn a_smaller_storage_is_refused() {
    let mut shelf = Shelf::new(storage(2));
    shelf.put(7).unwrap();
    assert_eq!(shelf.move_to(storage(2)).len(), 2);
    assert_eq!(shelf.take(0), Some(7));
}

proptest! {
    /// Against a map: things are put, taken from places that may be free, and the shelf grows.
    #[test]
    fn things_stay_in_their_places(steps in prop::collection::vec((0u8..4, 0usize..40), 1..200)) {
        let mut shelf = Shelf::new(storage(2));
        let mut model = HashMap::new();
        for (thing, (step, place)) in steps.into_iter().enumerate() {
            let thing = thing as u32;
            match step {
                0 | 1 => match shelf.free() {
                    Some(free) => {
                        prop_assert_eq!(shelf.put(thing), Ok(()));
                        prop_assert_eq!(model.insert(free, thing), None);
                    }
                    None => prop_assert_eq!(shelf.put(thing), Err(thing)),
                },
                2 => prop_assert_eq!(shelf.take(place), model.remove(&place)),
                _ => {
                    let places = shelf.places();
                    let old = shelf.move_to(storage(places + place % 7));
                    prop_assert!(old.len() <= places + place % 7);
                    prop_assert_eq!(shelf.places(), places + place % 7);
                }
            }
            let mut things: Vec<u32> = shelf.things().copied().collect();
            things.sort_unstable();
            let mut expected: Vec<u32> = model.values().copied().collect();
            expected.sort_unstable();
            prop_assert_eq!(things, expected);
            prop_assert_eq!(shelf.free().is_none(), model.len() == shelf.places());
        }
    }
}
