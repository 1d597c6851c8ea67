// SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause

//! Numbered places for things that come and go.

use core::{mem, ops::DerefMut};

/// One place of a shelf.
#[derive(Debug)]
pub enum Place<T> {
    /// Something stands there.
    Taken(T),
    /// Nothing; the number is that of the next free place.
    Free(usize),
}

impl<T> Default for Place<T> {
    fn default() -> Self {
        Self::Free(0)
    }
}

/// Things in numbered places. All takes the same time, however many there are.
///
/// # Invariants
///
/// The free places form a list, which starts with `free` and ends with the number of places.
pub struct Shelf<S> {
    places: S,
    free: usize,
}

impl<T, S: DerefMut<Target = [Place<T>]>> Shelf<S> {
    /// An empty shelf with as many places as `storage` has elements.
    pub fn new(mut storage: S) -> Self {
        line_up(&mut storage, 0);
        // INVARIANT: Each place is followed by its neighbour.
        Self {
            places: storage,
            free: 0,
        }
    }

    /// The number of places.
    pub fn places(&self) -> usize {
        self.places.len()
    }

    /// The place that is taken next, unless none is free.
    pub fn free(&self) -> Option<usize> {
        (self.free < self.places()).then_some(self.free)
    }

    /// Puts a thing into the place that [`Self::free`] tells; without one, it comes back.
    pub fn put(&mut self, thing: T) -> Result<(), T> {
        match self.places.get_mut(self.free) {
            Some(place @ &mut Place::Free(next)) => {
                // INVARIANT: The first of the list leaves it.
                self.free = next;
                *place = Place::Taken(thing);
                Ok(())
            }
            _ => Err(thing),
        }
    }

    /// Takes the thing out of a place, if there is one.
    pub fn take(&mut self, index: usize) -> Option<T> {
        let place = self.places.get_mut(index)?;
        if matches!(place, Place::Free(_)) {
            return None;
        }
        // INVARIANT: The list gets a new first.
        let taken = mem::replace(place, Place::Free(mem::replace(&mut self.free, index)));
        match taken {
            Place::Taken(thing) => Some(thing),
            Place::Free(_) => None,
        }
    }

    /// All things, in no order.
    pub fn things<'a>(&'a self) -> impl Iterator<Item = &'a T>
    where
        T: 'a,
    {
        self.places.iter().filter_map(|place| match place {
            Place::Taken(thing) => Some(thing),
            Place::Free(_) => None,
        })
    }

    /// Moves all things, each to the same place of a larger storage, and returns the one that is not
    /// used any more.
    pub fn move_to(&mut self, mut larger: S) -> S {
        let places = self.places();
        if larger.len() <= places {
            return larger;
        }
        for (to, from) in larger.iter_mut().zip(self.places.iter_mut()) {
            *to = mem::take(from);
        }
        // INVARIANT: Where the list ended, the new places begin.
        line_up(&mut larger, places);
        mem::replace(&mut self.places, larger)
    }
}

/// Lets each place from `start` on be followed by its neighbour.
fn line_up<T>(places: &mut [Place<T>], start: usize) {
    for (index, place) in places.iter_mut().enumerate().skip(start) {
        *place = Place::Free(index + 1);
    }
}
