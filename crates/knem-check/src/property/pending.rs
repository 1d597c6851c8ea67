// SPDX-License-Identifier: BSD-3-Clause

//! Copies that were given to kernel threads and of which nothing proved yet that they are over.

use knem_abi::status;

use super::arena::{meet, Span};
use super::call::FileId;

/// A copy in a thread.
#[derive(Clone, Debug)]
pub struct Pending {
    /// Counts all of them; smaller ones were submitted earlier.
    pub serial: u64,
    /// The context.
    pub file: FileId,
    /// Where the end is shown.
    pub slot: usize,
    /// Whether the end of another copy may be shown there meanwhile.
    pub shared: bool,
    /// The bytes that it reads.
    pub reads: Vec<Span>,
    /// The bytes that it writes.
    pub writes: Vec<Span>,
    /// The regions that it uses.
    pub regions: Vec<usize>,
}

/// All of them, in the order of submission.
#[derive(Clone, Default)]
pub struct Queue {
    pending: Vec<Pending>,
    submitted: u64,
}

impl Queue {
    /// Adds a copy, and answers its serial number.
    pub fn add(&mut self, copy: Pending) -> u64 {
        self.submitted += 1;
        let mut shared = false;
        for other in &mut self.pending {
            if (other.file, other.slot) == (copy.file, copy.slot) {
                (shared, other.shared) = (true, true);
            }
        }
        self.pending.push(Pending {
            serial: self.submitted,
            shared,
            ..copy
        });
        self.submitted
    }

    /// Those of one context.
    pub fn of(&self, file: FileId) -> impl DoubleEndedIterator<Item = &Pending> {
        self.pending.iter().filter(move |copy| copy.file == file)
    }

    /// Every byte that may still change.
    pub fn writes(&self) -> Vec<Span> {
        let writes = self.pending.iter().map(|copy| &copy.writes);
        writes.flatten().cloned().collect()
    }

    /// Whether something that reads and writes these bytes would race with a pending copy. What
    /// comes later in the queue of the same context does not race with it.
    pub fn races(&self, queued: Option<FileId>, reads: &[Span], writes: &[Span]) -> bool {
        let mut others = self.pending.iter().filter(|copy| Some(copy.file) != queued);
        others.any(|copy| {
            meet(writes, &copy.reads) || meet(writes, &copy.writes) || meet(reads, &copy.writes)
        })
    }

    /// Whether a pending copy is going to write to a slot.
    pub fn owns_slot(&self, file: FileId, slot: usize) -> bool {
        self.of(file).any(|copy| copy.slot == slot)
    }

    /// The bytes of all copies have arrived; where that is told may lag behind.
    pub fn arrive(&mut self) {
        for copy in &mut self.pending {
            copy.reads.clear();
            copy.writes.clear();
        }
    }

    /// One copy is over, and by the order of the queue all earlier ones of its context are.
    pub fn finish(&mut self, file: FileId, serial: u64) {
        self.pending
            .retain(|copy| copy.file != file || copy.serial > serial);
    }

    /// The copies that use a region: their contexts and serial numbers.
    pub fn users(&self, region: usize) -> Vec<(FileId, u64)> {
        self.pending
            .iter()
            .filter(|copy| copy.regions.contains(&region))
            .map(|copy| (copy.file, copy.serial))
            .collect()
    }

    /// The last copy of a context of which the slots prove that it is over.
    pub fn shown(&self, file: FileId, slots: &[u8]) -> Option<u64> {
        let over = |copy: &&Pending| !copy.shared && slots.get(copy.slot) == Some(&status::SUCCESS);
        self.of(file).rev().find(over).map(|copy| copy.serial)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(start: usize, end: usize) -> Vec<Span> {
        vec![Span {
            actor: 0,
            bytes: start..end,
        }]
    }

    fn copy(file: FileId, slot: usize) -> Pending {
        Pending {
            serial: 0,
            file,
            slot,
            shared: false,
            reads: span(0, 10),
            writes: span(20, 30),
            regions: vec![file],
        }
    }

    #[test]
    fn a_final_slot_proves_all_that_came_before() {
        let mut queue = Queue::default();
        for (file, slot) in [(0, 0), (0, 1), (1, 1), (0, 2)] {
            queue.add(copy(file, slot));
        }
        assert_eq!(queue.shown(0, &[0, 1, 0]), Some(2));
        queue.finish(0, 2);
        let left: Vec<_> = queue.pending.iter().map(|copy| copy.serial).collect();
        assert_eq!(left, [3, 4]);
        assert_eq!(queue.users(0), [(0, 4)]);
    }

    #[test]
    fn a_slot_that_two_copies_share_proves_nothing() {
        let mut queue = Queue::default();
        queue.add(copy(0, 7));
        queue.add(copy(0, 7));
        assert_eq!(queue.shown(0, &[1; 8]), None);
        // The first is over, and it may be its end that the slot shows.
        queue.finish(0, 1);
        assert_eq!(queue.shown(0, &[1; 8]), None);
        assert!(queue.owns_slot(0, 7));
    }

    #[test]
    fn only_the_own_queue_keeps_an_order() {
        let mut queue = Queue::default();
        queue.add(copy(3, 0));
        assert!(queue.races(None, &span(29, 31), &[]));
        assert!(queue.races(Some(4), &[], &span(9, 10)));
        assert!(!queue.races(Some(3), &span(20, 30), &span(0, 40)));
        assert!(!queue.races(None, &span(0, 20), &span(10, 20)));
        queue.arrive();
        assert!(!queue.races(None, &span(29, 31), &[]));
    }
}
