// SPDX-License-Identifier: BSD-3-Clause

//! Copies that go on while the program does something else (contract §§8, 9).

mod array;
mod events;
mod pending;
mod slots;
mod submission;

use std::os::fd::{AsFd, AsRawFd, BorrowedFd, RawFd};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::task::{Poll, Waker};
use std::time::Duration;

use knem_abi::{feature, flag, status};

use array::Array;
pub use pending::Pending;
use slots::{End, Left, Slots};
pub use submission::Engine;

use crate::{copy, Device, Error, Info, Result};

/// The slots of a queue; a whole page of the smallest kind.
const SLOTS: u32 = 4096;
/// How often whoever waits looks at the array: somebody else may have read the event.
const GLANCE: Duration = Duration::from_millis(20);

/// Hands copies to the kernel thread of a device, or to DMA engines, and hears of their ends.
///
/// Clones share the queue. It is driven by its descriptor, in any of three ways:
///
/// * an event loop watches [the descriptor](AsFd) for reading and calls [`Queue::drain`] then;
///   [`Pending`] copies are futures for any executor;
/// * with the crate's feature `tokio`, `knem::tokio::Driver` is such a loop;
/// * without one, [`Pending::wait`] blocks, and [`Pending::is_over`] looks at the status slot.
///
/// The queue makes the device's descriptor non-blocking. With the last clone, it waits for the
/// copies that are not over. It is of no use to a process that was forked from this one.
///
/// Bytes that are only borrowed cannot be given to it, since a future that is leaked would end the
/// borrow and not the copy:
///
/// ```compile_fail,E0308
/// # fn run(queue: knem::Queue, from: knem::Cookie) -> knem::Result<u64> {
/// let mut bytes = vec![0; 4096];
/// let copy = queue.read(from, 0, &mut bytes[..], knem::Engine::Thread)?;
/// # copy.wait()
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Queue(Arc<Shared>);

struct Shared {
    device: Device,
    array: Array,
    state: Mutex<State>,
    /// Told when copies ended, and when nobody waits on the descriptor any more.
    changed: Condvar,
}

struct State {
    slots: Slots,
    /// Whether a thread waits on the descriptor for all.
    led: bool,
}

impl Queue {
    /// The queue of a device, which takes 4096 copies at a time. It starts the kernel thread.
    ///
    /// # Errors
    /// [`Error::Busy`] where the device has had one before; [`Error::NoMemory`];
    /// [`Error::Unsupported`] by modules that don't count; [`Error::Parameter`] where a parameter
    /// of the module leaves no events, or makes every copy one in the background.
    pub fn new(device: Device) -> Result<Self> {
        device.require(feature::COUNTED)?;
        check(&device.info()?)?;
        let array = Array::map(&device, SLOTS as usize)?;
        events::do_not_block(device.as_fd())?;
        Ok(Self(Arc::new(Shared {
            device,
            array,
            state: Mutex::new(State {
                slots: Slots::new(SLOTS),
                led: false,
            }),
            changed: Condvar::new(),
        })))
    }

    /// The device.
    pub fn device(&self) -> &Device {
        &self.0.device
    }

    /// Reads which copies are over, without waiting, and wakes who waits for them; tells how many
    /// these were.
    ///
    /// # Errors
    /// [`Error::Io`] where the descriptor can't be read.
    pub fn drain(&self) -> Result<usize> {
        self.0.drain()
    }

    /// Copies that are not over, as far as was read.
    pub fn running(&self) -> usize {
        self.0.state().slots.given().len()
    }

    fn is_over(&self, slot: u32) -> bool {
        self.0.array.end(slot).is_some() || self.0.state().slots.is_over(slot)
    }

    fn poll(&self, slot: u32, waker: &Waker) -> Poll<End> {
        self.0.see([slot]);
        self.0.state().slots.poll(slot, Some(waker))
    }

    fn abandon(&self, slot: u32) {
        self.0.state().slots.abandon(slot);
    }

    /// Waits until the copy of `slot` is over. One thread waits on the descriptor, the others for
    /// what it reads.
    fn wait_for(&self, slot: u32) -> Result<End> {
        let shared = &*self.0;
        shared.see([slot]);
        let mut state = shared.state();
        loop {
            if let Poll::Ready(end) = state.slots.poll(slot, None) {
                return Ok(end);
            }
            if state.led {
                let woken = shared.changed.wait(state);
                state = woken.unwrap_or_else(PoisonError::into_inner);
                continue;
            }
            state.led = true;
            drop(state);
            let step = shared.step();
            state = shared.state();
            state.led = false;
            shared.changed.notify_all();
            step?;
        }
    }
}

impl AsFd for Queue {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.device.as_fd()
    }
}

impl AsRawFd for Queue {
    fn as_raw_fd(&self) -> RawFd {
        self.as_fd().as_raw_fd()
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        locked(&self.state)
    }

    fn drain(&self) -> Result<usize> {
        let mut count = 0;
        loop {
            let events = events::read(self.device.as_fd())?;
            if events.is_empty() {
                return Ok(count);
            }
            count += events.len();
            let slots = events.into_iter().filter(|&slot| slot < SLOTS);
            self.see(slots);
        }
    }

    /// Takes note of those of the slots that are final, and wakes who waits for them. What an event
    /// says is only where to look: it may be that of an earlier copy.
    fn see(&self, slots: impl IntoIterator<Item = u32>) {
        let left = ended(&self.state, slots, |slot| self.array.end(slot));
        if left.is_empty() {
            return;
        }
        self.changed.notify_all();
        for left in left {
            drop(left.hold);
            left.waker.into_iter().for_each(Waker::wake);
        }
    }

    /// Waits for events, or for a glance at the array, in which all copies are looked for whose
    /// events somebody else has read.
    fn step(&self) -> Result<()> {
        events::wait(self.device.as_fd(), GLANCE)?;
        if self.drain()? == 0 {
            let given = self.state().slots.given();
            self.see(given);
        }
        Ok(())
    }
}

fn locked(state: &Mutex<State>) -> MutexGuard<'_, State> {
    // Slots change in single steps, so a panic leaves nothing half done.
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Ends the copies of those slots that `end` tells to be final.
fn ended(
    state: &Mutex<State>,
    slots: impl IntoIterator<Item = u32>,
    end: impl Fn(u32) -> Option<u8>,
) -> Vec<Left> {
    // A first look spares the lock. What counts is seen with it: until then, another thread may
    // have seen the end, and given the slot to a new copy.
    let slots = slots.into_iter();
    let mut likely = slots.filter(|&slot| end(slot).is_some()).peekable();
    if likely.peek().is_none() {
        return Vec::new();
    }
    let mut state = locked(state);
    likely
        .filter_map(|slot| state.slots.end(slot, end(slot)?))
        .collect()
}

impl Drop for Shared {
    fn drop(&mut self) {
        while !self.state().slots.given().is_empty() {
            if self.step().is_err() {
                // What copies may still use is kept for good.
                let slots = std::mem::replace(&mut self.state().slots, Slots::new(0));
                std::mem::forget(slots);
            }
        }
    }
}

/// Whether the module's parameters leave a queue what it needs (contract §15).
fn check(info: &Info) -> Result<()> {
    if info.ignored_flags & flag::NOTIFY_FD != 0 {
        return Err(Error::Parameter {
            name: "ignoreflags",
            effect: "drops the events that tell of copies",
        });
    }
    if info.forced_flags & flag::ASYNC_MASK != 0 {
        // The device's plain copies would go on after their calls, into memory that was only lent.
        return Err(Error::Parameter {
            name: "forceflags",
            effect: "makes every copy go on after its call",
        });
    }
    Ok(())
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let running = self.state().slots.given().len();
        f.debug_struct("Queue")
            .field("device", &self.device)
            .field("running", &running)
            .finish_non_exhaustive()
    }
}

impl End {
    fn outcome(self) -> Result<u64> {
        // How much of a copy that failed was done, nobody tells.
        let success = self.status == status::SUCCESS;
        let copied = success.then_some(self.promised);
        copy::outcome(self.status.into(), None).map(|()| copied.unwrap_or(0))
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    #[test]
    fn a_slot_that_was_final_before_it_was_given_to_another_copy_ends_nothing() {
        let mut slots = Slots::new(1);
        let slot = slots.start(Box::new(())).expect("a slot is free");
        let state = Mutex::new(State { slots, led: false });
        let looks = Cell::new(0);
        let end = |_| {
            looks.set(looks.get() + 1);
            (looks.get() == 1).then_some(status::SUCCESS)
        };
        assert!(ended(&state, [slot], end).is_empty());
        assert_eq!(locked(&state).slots.given(), [slot]);
        assert_eq!(ended(&state, [slot], |_| Some(status::SUCCESS)).len(), 1);
        assert!(locked(&state).slots.given().is_empty());
    }

    #[test]
    fn parameters_that_leave_no_queue_are_named() {
        let info = |forced_flags, ignored_flags| Info {
            forced_flags,
            ignored_flags,
            ..Default::default()
        };
        let named = |info| match check(&info) {
            Err(Error::Parameter { name, .. }) => Some(name),
            _ => None,
        };
        assert_eq!(named(info(0, 0)), None);
        assert_eq!(named(info(flag::PIN_LOCAL, flag::ASYNC_MASK)), None);
        assert_eq!(named(info(0, flag::NOTIFY_FD)), Some("ignoreflags"));
        for forced in [flag::MEMCPY_THREAD, flag::DMA_THREAD, flag::ASYNC_MASK] {
            assert_eq!(named(info(forced, 0)), Some("forceflags"));
        }
    }
}
