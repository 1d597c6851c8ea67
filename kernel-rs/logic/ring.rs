// SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause

//! A queue whose places are taken in advance.
//!
//! What is going to be queued reserves its place first, while it can still be refused; entering the
//! queue then never fails. What is taken out keeps its place until it is settled, so that it can
//! come back.

use core::{mem, ops::DerefMut};

/// A first-in-first-out queue in a circular buffer.
///
/// # Invariants
///
/// `queued + reserved + lent` is at most the length of the storage. The queued items are the
/// `queued` ones from `head` on, modulo that length.
pub struct Ring<S> {
    storage: S,
    head: usize,
    queued: usize,
    reserved: usize,
    lent: usize,
}

impl<T: Default, S: DerefMut<Target = [T]>> Ring<S> {
    /// An empty queue with as many places as `storage` has elements.
    pub fn new(storage: S) -> Self {
        Self {
            storage,
            head: 0,
            queued: 0,
            reserved: 0,
            lent: 0,
        }
    }

    /// How many places there are.
    pub fn places(&self) -> usize {
        self.storage.len()
    }

    /// How many places are not free: queued, reserved, or taken out and not settled.
    pub fn held(&self) -> usize {
        self.queued + self.reserved + self.lent
    }

    /// Whether nothing is queued.
    pub fn is_empty(&self) -> bool {
        self.queued == 0
    }

    /// Takes a place, if one is free.
    pub fn reserve(&mut self) -> bool {
        let free = self.held() < self.places();
        // INVARIANT: There is one more place.
        self.reserved += usize::from(free);
        free
    }

    /// Gives a reserved place back.
    pub fn cancel(&mut self) {
        self.reserved = self.reserved.saturating_sub(1);
    }

    /// Queues an item in a reserved place; without one, it comes back.
    pub fn push(&mut self, item: T) -> Result<(), T> {
        if self.reserved == 0 {
            return Err(item);
        }
        // INVARIANT: The place changes its kind.
        self.reserved -= 1;
        self.queued += 1;
        let last = self.position(self.queued - 1);
        self.storage[last] = item;
        Ok(())
    }

    /// Takes out the items that are first, as many as there are and fit, and tells how many. Each
    /// is to be settled or to be given back.
    pub fn lend(&mut self, out: &mut [T]) -> usize {
        let count = self.queued.min(out.len());
        for slot in &mut out[..count] {
            *slot = mem::take(&mut self.storage[self.head]);
            // INVARIANT: The place changes its kind.
            self.head = self.position(1);
            self.queued -= 1;
            self.lent += 1;
        }
        count
    }

    /// Frees the places of so many items that were taken out.
    pub fn settle(&mut self, count: usize) {
        self.lent = self.lent.saturating_sub(count);
    }

    /// Queues items again, in their order, before all others; they were taken out.
    pub fn give_back(&mut self, items: &mut [T]) {
        for item in items.iter_mut().rev() {
            if self.lent == 0 {
                return;
            }
            // INVARIANT: The place changes its kind, and as the item was lent, the one before the
            // first queued item is free.
            self.lent -= 1;
            self.queued += 1;
            self.head = self.position(self.places() - 1);
            self.storage[self.head] = mem::take(item);
        }
    }

    /// Moves everything to a larger storage, and returns the one that is not used any more.
    pub fn move_to(&mut self, mut larger: S) -> S {
        if larger.len() <= self.places() {
            return larger;
        }
        for index in 0..self.queued {
            let position = self.position(index);
            larger[index] = mem::take(&mut self.storage[position]);
        }
        // INVARIANT: The items start at 0 now, and there are more places than before.
        self.head = 0;
        mem::replace(&mut self.storage, larger)
    }

    /// The position of the item that is `index` places behind the first.
    fn position(&self, index: usize) -> usize {
        let position = self.head.wrapping_add(index);
        // Both are at most the number of places.
        if position < self.places() {
            position
        } else {
            position.wrapping_sub(self.places())
        }
    }
}
