// SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause

//! Requests that are not over when the call returns: their slots, events, queue and thread.
//!
//! Everything starts with the status array, which user space maps. The thread starts with the first
//! request that is queued.
//!
//! Locks: `worker` is taken before those of the queue; `setup` is taken alone.

use core::mem;

use super::{events::Events, ownership::Ownership, queue::Queue, Engine};
use crate::{
    abi::{bind, BindOffload, STATUS_ARRAY_FILE_OFFSET},
    host::{
        cpus::CpuMask,
        files::Area,
        log::debug,
        ordering::Relaxed,
        params,
        shared::SharedBytes,
        thread::{self, Thread},
        user::UserPtr,
        *,
    },
};

/// The most slots of a status array.
const MOST_SLOTS: u64 = 1 << 32;

/// What a context needs for such requests.
#[pin_data]
pub(crate) struct Offload {
    owner: Arc<Ownership>,
    array: SetOnce<SharedBytes>,
    #[pin]
    setup: SpinLock<Setup>,
    #[pin]
    pub(crate) events: Events,
    #[pin]
    pub(super) queue: Queue,
    #[pin]
    worker: Mutex<Option<Thread<Offload>>>,
    /// Nobody wants what is queued any more.
    cancelled: Atomic<bool>,
}

/// What is decided until the array is mapped.
struct Setup {
    /// The array is mapped, or is being mapped.
    claimed: bool,
    /// Where the thread is to run; anywhere, if nothing was said.
    cpus: Option<Arc<CpuMask>>,
}

impl Offload {
    /// Of a new context.
    pub(super) fn new(owner: Arc<Ownership>) -> Result<Arc<Self>> {
        let setup = Setup {
            claimed: false,
            cpus: None,
        };
        Arc::pin_init(
            pin_init!(Self {
                owner,
                array: SetOnce::new(),
                setup <- new_spinlock!(setup, "Offload::setup"),
                events <- Events::new(),
                queue <- Queue::new(),
                worker <- new_mutex!(None, "Offload::worker"),
                cancelled: Atomic::new(false),
            }),
            for_caller(),
        )
    }

    /// The engine of the context.
    pub(super) fn engine(&self) -> &Engine {
        self.owner.engine()
    }

    /// How many slots the status array has; 0 before it is mapped.
    pub(crate) fn slots(&self) -> u64 {
        self.array.as_ref().map_or(0, SharedBytes::length)
    }

    /// Stores a value of [`crate::abi::status`] in a slot, after all data that were copied.
    pub(super) fn store(&self, index: u32, status: u8) {
        if let Some(array) = self.array.as_ref() {
            array.store_release(u64::from(index), status);
        }
    }

    /// Whether queued requests are to end at once.
    pub(super) fn is_cancelled(&self) -> bool {
        self.cancelled.load(Relaxed)
    }

    /// Says where the thread is to run.
    ///
    /// # Errors
    ///
    /// [`EBUSY`] if the array is mapped, [`EINVAL`] for unknown flags, [`EFAULT`] if the mask cannot
    /// be read, [`ENOMEM`].
    pub(crate) fn bind(&self, command: &BindOffload) -> Result {
        if self.setup.lock().claimed {
            return Err(EBUSY);
        }
        let cpus = match command.flags {
            bind::CUSTOM => {
                let address = UserPtr::from_addr(command.mask_ptr as usize);
                CpuMask::read(address, command.mask_len as usize)?
            }
            bind::CURRENT => CpuMask::of_caller()?,
            bind::CURRENT_REVERSED => CpuMask::except_caller()?,
            _ => return Err(EINVAL),
        };
        let cpus = Arc::new(cpus, for_caller())?;
        let mut setup = self.setup.lock();
        if setup.claimed {
            return Err(EBUSY);
        }
        let previous = setup.cpus.replace(cpus);
        // What is freed is freed after the lock is released.
        drop(setup);
        drop(previous);
        Ok(())
    }

    /// Shows the status array at addresses of the caller, once.
    ///
    /// # Errors
    ///
    /// [`EINVAL`] for another offset or too many slots, [`EBUSY`] if it is mapped already or is being
    /// mapped, [`ENOMEM`].
    pub(crate) fn map(&self, area: &Area<'_>) -> Result {
        if area.offset() != STATUS_ARRAY_FILE_OFFSET || area.length() > MOST_SLOTS {
            return Err(EINVAL);
        }
        if mem::replace(&mut self.setup.lock().claimed, true) {
            return Err(EBUSY);
        }
        let mapped = self.map_claimed(area);
        if mapped.is_err() {
            self.setup.lock().claimed = false;
        }
        mapped
    }

    fn map_claimed(&self, area: &Area<'_>) -> Result {
        let usual = match params::binding() {
            1.. => Some(Arc::new(CpuMask::of_caller()?, for_caller())?),
            0 => None,
            _ => Some(Arc::new(CpuMask::except_caller()?, for_caller())?),
        };
        let array = SharedBytes::new(area.length())?;
        area.settle();
        array.show(area)?;
        debug!(
            "context {}: {} slots\n",
            self.owner.number(),
            array.length()
        );
        let unused = {
            let mut setup = self.setup.lock();
            match setup.cpus {
                None => mem::replace(&mut setup.cpus, usual),
                Some(_) => usual,
            }
        };
        drop(unused);
        self.array.populate(array);
        Ok(())
    }

    /// Makes sure that there is a thread.
    ///
    /// # Errors
    ///
    /// [`ENOMEM`] if there can be no further one.
    pub(super) fn start_worker(self: &Arc<Self>) -> Result {
        let mut worker = self.worker.lock();
        if worker.is_none() {
            let cpus = self.setup.lock().cpus.clone();
            let number = self.owner.number();
            *worker = Some(Thread::start(
                self.clone(),
                c"knem-ctx-%x",
                number as u32,
                cpus,
            )?);
            debug!("context {number}: thread started\n");
        }
        Ok(())
    }

    /// Ends the requests that are queued: if `in_peace`, by carrying them out, unless the caller is
    /// killed meanwhile. Then ends the thread. Nobody submits any more.
    pub(super) fn close(&self, in_peace: bool) {
        if !in_peace || self.queue.wait_until_idle().is_err() {
            self.cancelled.store(true, Relaxed);
        }
        // Waits for the end of what is running.
        let worker = self.worker.lock().take();
        drop(worker);
        while let Some(job) = self.queue.take() {
            KBox::into_inner(job).give_up(self);
            self.queue.settle();
        }
    }
}

impl thread::Body for Offload {
    fn run(&self) {
        self.queue.wait_for_work();
        while !thread::should_stop() {
            let Some(job) = self.queue.take() else {
                return;
            };
            KBox::into_inner(job).carry_out(self);
            self.queue.settle();
        }
    }
}
