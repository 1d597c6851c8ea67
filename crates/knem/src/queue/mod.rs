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

use knem_abi::{feature, status};

use array::Array;
pub use pending::Pending;
use slots::{End, Slots};
pub use submission::Engine;

use crate::{copy, Device, Result};

/// The slots of a queue; a whole page of the smallest kind.
const SLOTS: u32 = 4096;
/// How often whoever waits looks whether another reader took the event.
const GLANCE: Duration = Duration::from_millis(20);

/// Hands copies to the kernel thread of a device, or to DMA engines, and hears of their ends.
///
/// Clones share the queue. It is driven by its descriptor, in any of three ways:
///
/// * an event loop watches [the descriptor](AsFd) for reading and calls [`Queue::drain`] then;
///   [`Pending`] copies are futures for any executor;
/// * with the crate's feature `tokio`, `knem::tokio::Driver` is such a loop;
/// * without one, [`Pending::wait`] blocks.
///
/// The queue makes the device's descriptor non-blocking. With the last clone, it waits for the
/// copies that are not over.
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
    /// [`crate::Error::Busy`] where the device has had one before; [`crate::Error::NoMemory`];
    /// [`crate::Error::Unsupported`] by modules that don't count.
    pub fn new(device: Device) -> Result<Self> {
        device.require(feature::COUNTED)?;
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
    /// [`crate::Error::Io`] where the descriptor can't be read.
    pub fn drain(&self) -> Result<usize> {
        self.0.drain()
    }

    /// Copies that are not over, as far as was read.
    pub fn running(&self) -> usize {
        self.0.state().slots.running()
    }

    fn poll(&self, slot: u32, waker: &Waker) -> Poll<End> {
        self.0.state().slots.poll(slot, Some(waker))
    }

    fn abandon(&self, slot: u32) {
        self.0.state().slots.abandon(slot);
    }

    /// Waits until the copy of `slot` is over. One thread waits on the descriptor, the others for
    /// what it reads.
    fn wait_for(&self, slot: u32) -> Result<End> {
        let shared = &*self.0;
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
            let step = events::wait(self.as_fd(), GLANCE).and_then(|()| shared.drain());
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
        // Slots change in single steps, so a panic leaves nothing half done.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn drain(&self) -> Result<usize> {
        let mut count = 0;
        loop {
            let events = events::read(self.device.as_fd())?;
            if events.is_empty() {
                return Ok(count);
            }
            count += events.len();
            let left: Vec<_> = {
                let mut state = self.state();
                let end = |index: u32| state.slots.end(index, self.array.slot(index));
                events.into_iter().filter_map(end).collect()
            };
            self.changed.notify_all();
            for left in left {
                drop(left.hold);
                left.waker.into_iter().for_each(Waker::wake);
            }
        }
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        while self.state().slots.running() > 0 {
            let step = events::wait(self.device.as_fd(), GLANCE).and_then(|()| self.drain());
            if step.is_err() {
                // What copies may still use is kept for good.
                let slots = std::mem::replace(&mut self.state().slots, Slots::new(0));
                std::mem::forget(slots);
            }
        }
    }
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let running = self.state().slots.running();
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
