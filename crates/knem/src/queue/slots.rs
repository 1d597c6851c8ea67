// SPDX-License-Identifier: BSD-3-Clause

//! Who waits for which slot of the status array.

use std::any::Any;
use std::task::{Poll, Waker};

/// What must stay until a copy is over.
pub(super) type Hold = Box<dyn Any + Send>;

/// How a copy ended: the slot's value, and the bytes that the module promised to copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct End {
    pub(super) status: u8,
    pub(super) promised: u64,
}

enum Phase {
    Free,
    /// Given to the module.
    Running {
        hold: Hold,
        waker: Option<Waker>,
    },
    /// As before, and nobody wants to know the end.
    Abandoned {
        hold: Hold,
    },
    Over {
        status: u8,
    },
}

struct Slot {
    phase: Phase,
    promised: u64,
}

/// What is left when a copy is over: to be woken, and to be dropped, when no lock is held.
pub(super) struct Left {
    pub(super) waker: Option<Waker>,
    pub(super) hold: Hold,
}

/// The slots of one array.
///
/// # Invariants
/// `free` has the index of every free slot once. A slot is running, or abandoned, from before the
/// module hears of it until somebody saw that it is final, by its event or in the array.
pub(super) struct Slots {
    slots: Vec<Slot>,
    free: Vec<u32>,
}

impl Slots {
    pub(super) fn new(count: u32) -> Self {
        let slot = |_| Slot {
            phase: Phase::Free,
            promised: 0,
        };
        Self {
            slots: (0..count).map(slot).collect(),
            // The first is taken first: fewer lines of the array are touched.
            free: (0..count).rev().collect(),
        }
    }

    /// Takes a slot; `hold` comes back where none is free.
    pub(super) fn start(&mut self, hold: Hold) -> Result<u32, Hold> {
        let Some(index) = self.free.pop() else {
            return Err(hold);
        };
        self.slots[index as usize].phase = Phase::Running { hold, waker: None };
        Ok(index)
    }

    /// The module took the request. It may be over by now.
    pub(super) fn promise(&mut self, index: u32, bytes: u64) {
        self.slots[index as usize].promised = bytes;
    }

    /// The module refused the request.
    pub(super) fn refuse(&mut self, index: u32) -> Option<Hold> {
        match self.release(index) {
            Phase::Running { hold, .. } => Some(hold),
            _ => None,
        }
    }

    /// The slot was seen to be final. That is said again by the event of a copy whose slot was seen
    /// before, and means nothing then.
    pub(super) fn end(&mut self, index: u32, status: u8) -> Option<Left> {
        let slot = self.slots.get_mut(index as usize)?;
        match std::mem::replace(&mut slot.phase, Phase::Over { status }) {
            Phase::Running { hold, waker } => Some(Left { waker, hold }),
            Phase::Abandoned { hold } => {
                self.release(index);
                Some(Left { waker: None, hold })
            }
            other => {
                slot.phase = other;
                None
            }
        }
    }

    /// How the copy ended, once; then its slot is free.
    ///
    /// # Panics
    /// Where that was told before.
    pub(super) fn poll(&mut self, index: u32, new: Option<&Waker>) -> Poll<End> {
        let slot = &mut self.slots[index as usize];
        let promised = slot.promised;
        match &mut slot.phase {
            Phase::Over { status } => {
                let status = *status;
                self.release(index);
                Poll::Ready(End { status, promised })
            }
            Phase::Running { waker, .. } => {
                if let Some(new) = new {
                    waker.get_or_insert_with(|| new.clone()).clone_from(new);
                }
                Poll::Pending
            }
            Phase::Free | Phase::Abandoned { .. } => panic!("the end was told before"),
        }
    }

    /// Whether the copy was seen to be over.
    pub(super) fn is_over(&self, index: u32) -> bool {
        matches!(self.slots[index as usize].phase, Phase::Over { .. })
    }

    /// The slots of copies that the module has, as far as was seen.
    pub(super) fn given(&self) -> Vec<u32> {
        let given =
            |slot: &Slot| matches!(slot.phase, Phase::Running { .. } | Phase::Abandoned { .. });
        let all = (0..).zip(&self.slots);
        all.filter_map(|(index, slot)| given(slot).then_some(index))
            .collect()
    }

    /// Nobody will ask how the copy ended.
    pub(super) fn abandon(&mut self, index: u32) {
        match self.release(index) {
            Phase::Running { hold, .. } => {
                self.free.pop();
                self.slots[index as usize].phase = Phase::Abandoned { hold };
            }
            Phase::Over { .. } => {}
            Phase::Free | Phase::Abandoned { .. } => panic!("the end was told before"),
        }
    }

    /// Frees a slot; gives what it was.
    fn release(&mut self, index: u32) -> Phase {
        self.free.push(index);
        let slot = &mut self.slots[index as usize];
        slot.promised = 0;
        std::mem::replace(&mut slot.phase, Phase::Free)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};
    use std::sync::Arc;
    use std::task::Wake;

    use super::*;

    /// How often it was woken.
    #[derive(Default)]
    struct Count(AtomicU32);

    impl Wake for Count {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// A hold, and a way to see whether it is alive.
    fn hold() -> (Hold, std::sync::Weak<()>) {
        let alive = Arc::new(());
        let seen = Arc::downgrade(&alive);
        (Box::new(alive), seen)
    }

    #[test]
    fn tells_each_end_once_and_uses_slots_again() {
        let mut slots = Slots::new(2);
        let (first, second) = (slots.start(hold().0), slots.start(hold().0));
        let (Ok(first), Ok(second)) = (first, second) else {
            panic!("two slots are there");
        };
        assert!(slots.start(hold().0).is_err(), "and no third");
        slots.promise(second, 30);
        assert!(slots.end(second, 1).is_some());
        slots.promise(first, 20);
        assert!(slots.poll(first, None).is_pending());
        let end = Poll::Ready(End {
            status: 1,
            promised: 30,
        });
        assert_eq!(slots.poll(second, None), end);
        assert_eq!(slots.given().len(), 1);
        assert_eq!(slots.start(hold().0).ok(), Some(second));
    }

    #[test]
    fn the_end_may_come_before_the_promise() {
        let mut slots = Slots::new(1);
        let index = slots.start(hold().0).ok().unwrap();
        slots.end(index, 2);
        slots.promise(index, 5);
        let end = End {
            status: 2,
            promised: 5,
        };
        assert_eq!(slots.poll(index, None), Poll::Ready(end));
    }

    #[test]
    fn what_is_abandoned_is_held_until_it_is_over() {
        let mut slots = Slots::new(1);
        let (held, seen) = hold();
        let index = slots.start(held).ok().unwrap();
        slots.abandon(index);
        assert_eq!(slots.given().len(), 1);
        assert!(slots.start(hold().0).is_err(), "the slot is in use");
        assert!(seen.upgrade().is_some());
        drop(slots.end(index, 1));
        assert!(seen.upgrade().is_none());
        assert_eq!(slots.given().len(), 0);
        assert_eq!(slots.start(hold().0).ok(), Some(index));
    }

    #[test]
    fn what_is_over_or_refused_can_be_let_go() {
        let mut slots = Slots::new(1);
        let index = slots.start(hold().0).ok().unwrap();
        slots.end(index, 1);
        slots.abandon(index);
        let index = slots.start(hold().0).ok().unwrap();
        assert!(slots.refuse(index).is_some());
        assert_eq!(slots.start(hold().0).ok(), Some(index));
    }

    #[test]
    fn foreign_events_mean_nothing() {
        let mut slots = Slots::new(1);
        assert!(slots.end(0, 1).is_none());
        assert!(slots.end(7, 1).is_none());
        let index = slots.start(hold().0).ok().unwrap();
        assert!(slots.poll(index, None).is_pending());
    }

    #[test]
    fn the_last_waker_counts() {
        let mut slots = Slots::new(1);
        let index = slots.start(hold().0).ok().unwrap();
        let (old, new) = (Arc::new(Count::default()), Arc::new(Count::default()));
        for count in [&old, &new] {
            let waker = Waker::from(Arc::clone(count));
            assert!(slots.poll(index, Some(&waker)).is_pending());
        }
        let left = slots.end(index, 1).unwrap();
        left.waker.unwrap().wake();
        let woken = |count: &Count| count.0.load(Ordering::Relaxed);
        assert_eq!((woken(&old), woken(&new)), (0, 1));
    }
}
