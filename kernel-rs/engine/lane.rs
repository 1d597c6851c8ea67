// SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause

//! A queue and the thread that serves it, which starts with the first request that is queued.

use core::ffi::CStr;

use super::{
    ownership::Ownership,
    queue::{Place, Queue},
};
use crate::host::{cpus::CpuMask, log::debug, thread::Thread, *};

/// A queue and its thread.
#[pin_data]
pub(super) struct Lane {
    /// What the name of the thread starts with.
    name: &'static CStr,
    owner: Arc<Ownership>,
    queue: Arc<Queue>,
    #[pin]
    worker: Mutex<Option<Worker>>,
}

/// The thread, which counts as its user's.
struct Worker {
    /// Ends before it is given back.
    thread: Option<Thread<Queue>>,
    owner: Arc<Ownership>,
}

impl Worker {
    /// Starts it.
    ///
    /// # Errors
    ///
    /// [`ENOMEM`].
    fn start(lane: &Lane, cpus: Option<Arc<CpuMask>>) -> Result<Self> {
        let (queue, number) = (lane.queue.clone(), lane.owner.number());
        lane.owner.engine().take_thread(lane.owner.uid())?;
        // From here on, it is given back.
        let mut worker = Self {
            thread: None,
            owner: lane.owner.clone(),
        };
        worker.thread = Some(Thread::start(queue, lane.name, number as u32, cpus)?);
        Ok(worker)
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        drop(self.thread.take());
        self.owner.engine().give_back_thread(self.owner.uid());
    }
}

impl Lane {
    /// Of a new context.
    ///
    /// # Errors
    ///
    /// [`ENOMEM`].
    pub(super) fn new(name: &'static CStr, owner: Arc<Ownership>) -> Result<impl PinInit<Self>> {
        let queue = Queue::new(owner.clone())?;
        Ok(pin_init!(Self {
            name,
            owner,
            queue,
            worker <- new_mutex!(None, "Lane::worker"),
        }))
    }

    /// A place in the queue, and a thread that will come to it; `cpus` tells where that is to run.
    ///
    /// # Errors
    ///
    /// [`EBUSY`] if too many requests are waiting, [`ENOMEM`] also if the user has too many threads.
    pub(super) fn place(&self, cpus: impl FnOnce() -> Option<Arc<CpuMask>>) -> Result<Place> {
        let place = Place::new(&self.queue)?;
        let mut worker = self.worker.lock();
        if worker.is_none() {
            *worker = Some(Worker::start(self, cpus())?);
            debug!("context {}: thread started\n", self.owner.number());
        }
        Ok(place)
    }

    /// Ends the requests that are queued: if `in_peace`, by carrying them out, unless the caller is
    /// killed meanwhile. Then ends the thread. Nobody submits any more.
    pub(super) fn close(&self, in_peace: bool) {
        if !in_peace || self.queue.wait_until_idle().is_err() {
            self.queue.give_up();
        }
        // Waits for the end of what is running.
        let worker = self.worker.lock().take();
        drop(worker);
        while self.queue.serve() {}
    }
}
