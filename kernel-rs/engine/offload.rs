// SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause

//! Requests that are not over when the call returns: their status, their queue, and the thread.
//!
//! Everything starts with the status array, which user space maps. The thread starts with the first
//! request that is queued.
//!
//! Locks: `worker` is taken before `setup`.

use core::mem;

use super::{
    ownership::Ownership,
    queue::{Place, Queue},
    status::Status,
};
use crate::{
    abi::{bind, BindOffload, STATUS_ARRAY_FILE_OFFSET},
    host::{cpus::CpuMask, files::Area, log::debug, params, thread::Thread, user::UserPtr, *},
};

/// The most slots of a status array.
const MOST_SLOTS: u64 = 1 << 32;

/// What a context needs for such requests.
#[pin_data]
pub(crate) struct Offload {
    owner: Arc<Ownership>,
    pub(crate) status: Arc<Status>,
    queue: Arc<Queue>,
    #[pin]
    setup: SpinLock<Setup>,
    #[pin]
    worker: Mutex<Option<Thread<Queue>>>,
}

/// What is decided until the array is mapped.
struct Setup {
    /// The array is mapped, or is being mapped.
    claimed: bool,
    /// Where the thread is to run, if something was said.
    bound: Option<Arc<CpuMask>>,
    /// Where it runs otherwise: anywhere, or as the parameter wanted when the array was mapped.
    usual: Option<Arc<CpuMask>>,
}

impl Offload {
    /// Of a new context.
    pub(super) fn new(owner: Arc<Ownership>) -> Result<Pin<KBox<Self>>> {
        let status = Status::new()?;
        let queue = Queue::new(owner.clone())?;
        let setup = Setup {
            claimed: false,
            bound: None,
            usual: None,
        };
        KBox::pin_init(
            pin_init!(Self {
                owner,
                status,
                queue,
                setup <- new_spinlock!(setup, "Offload::setup"),
                worker <- new_mutex!(None, "Offload::worker"),
            }),
            for_caller(),
        )
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
        let previous = setup.bound.replace(cpus);
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
    /// mapped, [`ENOMEM`] also for more slots than the administrator allows.
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
        if area.length() > params::most_slots() {
            return Err(ENOMEM);
        }
        let usual = match params::binding() {
            1.. => Some(Arc::new(CpuMask::of_caller()?, for_caller())?),
            0 => None,
            _ => Some(Arc::new(CpuMask::except_caller()?, for_caller())?),
        };
        let previous = mem::replace(&mut self.setup.lock().usual, usual);
        drop(previous);
        self.status.map(area)?;
        let (number, slots) = (self.owner.number(), self.status.slots());
        debug!("context {number}: {slots} slots\n");
        Ok(())
    }

    /// A place in the queue, and a thread that will come to it.
    ///
    /// # Errors
    ///
    /// [`EBUSY`] if too many requests are waiting, [`ENOMEM`].
    pub(super) fn place(&self) -> Result<Place> {
        let place = Place::new(&self.queue)?;
        self.start_worker()?;
        Ok(place)
    }

    fn start_worker(&self) -> Result {
        let mut worker = self.worker.lock();
        if worker.is_none() {
            let cpus = {
                let setup = self.setup.lock();
                setup.bound.as_ref().or(setup.usual.as_ref()).cloned()
            };
            let number = self.owner.number();
            *worker = Some(Thread::start(
                self.queue.clone(),
                c"knem-ctx-",
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
            self.queue.give_up();
        }
        // Waits for the end of what is running.
        let worker = self.worker.lock().take();
        drop(worker);
        while self.queue.serve() {}
    }
}
