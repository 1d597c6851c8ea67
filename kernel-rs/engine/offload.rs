// SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause

//! What others do for a caller: the DMA channels and the kernel threads; and the status, which tells
//! of requests that are not over when the call returns.
//!
//! Whatever is not waited for starts with the status array, which user space maps.
//!
//! Locks: that of a lane is taken before `setup`.

use core::mem;

use super::{
    channels::Channels, dma::Access, lane::Lane, ownership::Ownership, queue::Place,
    status::Status, Engine,
};
use crate::{
    abi::{bind, BindOffload, STATUS_ARRAY_FILE_OFFSET},
    host::{cpus::CpuMask, files::Area, log::debug, params, user::UserPtr, *},
    logic::flags::Plan,
};

/// The most slots of a status array.
const MOST_SLOTS: u64 = 1 << 32;

/// What a context needs for such requests.
#[pin_data]
pub(crate) struct Offload {
    owner: Arc<Ownership>,
    pub(crate) status: Arc<Status>,
    dma: Access,
    #[pin]
    setup: SpinLock<Setup>,
    /// Copies that the thread makes, or gives to channels.
    #[pin]
    thread: Lane,
    /// Copies that were given to channels in the call.
    #[pin]
    landing: Lane,
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
    pub(super) fn new(engine: Arc<Engine>, owner: Arc<Ownership>) -> Result<Pin<KBox<Self>>> {
        let status = Status::new()?;
        let dma = Access::new(engine);
        let thread = Lane::new(c"knem-ctx-", owner.clone())?;
        let landing = Lane::new(c"knem-dma-", owner.clone())?;
        let setup = Setup {
            claimed: false,
            bound: None,
            usual: None,
        };
        KBox::pin_init(
            pin_init!(Self {
                owner,
                status,
                dma,
                setup <- new_spinlock!(setup, "Offload::setup"),
                thread <- thread,
                landing <- landing,
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

    /// The DMA channels, if one is in service.
    pub(super) fn channels(&self) -> Option<&Arc<Channels>> {
        self.dma.channels()
    }

    /// A place in the queue of a thread that will come to it, if this plan asks for one.
    ///
    /// # Errors
    ///
    /// [`EBUSY`] if too many requests are waiting, [`ENOMEM`].
    pub(super) fn place(&self, plan: &Plan) -> Result<Option<Place>> {
        let lane = if plan.in_thread {
            &self.thread
        } else if plan.by_itself {
            &self.landing
        } else {
            return Ok(None);
        };
        let cpus = || {
            let setup = self.setup.lock();
            setup.bound.as_ref().or(setup.usual.as_ref()).cloned()
        };
        lane.place(cpus).map(Some)
    }

    /// Ends the requests that are queued: if `in_peace`, by carrying them out, unless the caller is
    /// killed meanwhile. Then ends the threads. Nobody submits any more.
    pub(super) fn close(&self, in_peace: bool) {
        self.thread.close(in_peace);
        self.landing.close(in_peace);
    }
}
