// SPDX-License-Identifier: BSD-3-Clause

use std::path::Path;

use knem::{Binding, Engine, Queue};
use napi::bindgen_prelude::{AsyncTask, BigInt};
use napi_derive::napi;

use crate::copy::{Copy, CopyOptions};
use crate::copy_task::CopyTask;
use crate::failure::{closed, failure, Result};
use crate::info::Info;
use crate::memory::{Held, Views};
use crate::number::unsigned;
use crate::place::Place;
use crate::region::{Region, RegionRequest};
use crate::submission::Submission;
use crate::turn::Cancellation;

/// An open device.
#[napi]
pub struct Device {
    /// None once it was closed.
    device: Option<knem::Device>,
    /// Made for the first copy that the module does by itself.
    queue: Option<Queue>,
}

#[napi]
impl Device {
    /// Opens the device and checks that the module speaks the version of this binding.
    #[napi(constructor)]
    pub fn new(path: Option<String>) -> Result<Self> {
        let path = path.as_deref().unwrap_or(knem::DEVICE_PATH);
        let device = knem::Device::open_at(Path::new(path)).map_err(failure)?;
        Ok(Self {
            device: Some(device),
            queue: None,
        })
    }

    /// Closes the device once its regions and running copies are gone. May be called again.
    #[napi]
    pub fn close(&mut self) {
        self.queue = None;
        self.device = None;
    }

    /// What the module says about itself.
    #[napi]
    pub fn info(&self) -> Result<Info> {
        let info = self.device()?.info().map_err(failure)?;
        Ok(info.into())
    }

    /// Says on which CPUs the module's thread for this device will run, before its first copy.
    #[napi]
    pub fn bind(&self, cpus: Vec<u32>) -> Result<()> {
        let cpus: Vec<usize> = cpus.into_iter().map(|cpu| cpu as usize).collect();
        self.bind_to(Binding::Cpus(&cpus))
    }

    /// As `bind`: on those that this thread may run on, or, if `others`, on those that it may not.
    #[napi]
    pub fn bind_like_this(&self, others: bool) -> Result<()> {
        self.bind_to(match others {
            false => Binding::Current,
            true => Binding::Others,
        })
    }

    /// Declares memory as a region, in the order of the array. All of it is in SharedArrayBuffers.
    #[napi(ts_args_type = "memory: Array<Uint8Array>, request: RegionRequest")]
    pub fn create_region(&self, memory: Views, request: RegionRequest) -> Result<Region> {
        let device = self.device()?;
        Region::new(device, memory.hold()?, &request)
    }

    /// Copies from a region to memory. Tells how many bytes that was, if the module counts.
    #[napi(ts_args_type = "from: Place, to: Array<Uint8Array>, how: CopyOptions")]
    pub fn read(&self, from: Place, to: Views, how: CopyOptions) -> Result<Option<f64>> {
        self.run(Copy::Read(from.resolve()?, to.segments()?), how)
    }

    /// Copies memory to a region. Tells how many bytes that was, if the module counts.
    #[napi(ts_args_type = "to: Place, from: Array<Uint8Array>, how: CopyOptions")]
    pub fn write(&self, to: Place, from: Views, how: CopyOptions) -> Result<Option<f64>> {
        self.run(Copy::Write(to.resolve()?, from.segments()?), how)
    }

    /// Copies at most `length` bytes from region to region. Tells how many bytes that was, if the
    /// module counts.
    #[napi]
    pub fn copy(
        &self,
        from: Place,
        to: Place,
        length: BigInt,
        how: CopyOptions,
    ) -> Result<Option<f64>> {
        self.run(between(from, to, length)?, how)
    }

    /// As `read`, on a thread of Node's pool, to memory in SharedArrayBuffers.
    #[napi(
        ts_args_type = "from: Place, to: Array<Uint8Array>, how: CopyOptions, cancellation: Cancellation",
        ts_return_type = "Promise<number | null>"
    )]
    pub fn read_async(
        &self,
        from: Place,
        to: Views,
        how: CopyOptions,
        cancellation: &Cancellation,
    ) -> Result<AsyncTask<CopyTask>> {
        let (copy, held) = read(from, to)?;
        self.start(copy, Some(held), how, cancellation)
    }

    /// As `write`, on a thread of Node's pool, from memory in SharedArrayBuffers.
    #[napi(
        ts_args_type = "to: Place, from: Array<Uint8Array>, how: CopyOptions, cancellation: Cancellation",
        ts_return_type = "Promise<number | null>"
    )]
    pub fn write_async(
        &self,
        to: Place,
        from: Views,
        how: CopyOptions,
        cancellation: &Cancellation,
    ) -> Result<AsyncTask<CopyTask>> {
        let (copy, held) = write(to, from)?;
        self.start(copy, Some(held), how, cancellation)
    }

    /// As `copy`, on a thread of Node's pool.
    #[napi(ts_return_type = "Promise<number | null>")]
    pub fn copy_async(
        &self,
        from: Place,
        to: Place,
        length: BigInt,
        how: CopyOptions,
        cancellation: &Cancellation,
    ) -> Result<AsyncTask<CopyTask>> {
        self.start(between(from, to, length)?, None, how, cancellation)
    }

    /// As `read`, by the module's own thread, with a DMA engine if `dma`; to memory in
    /// SharedArrayBuffers.
    #[napi(ts_args_type = "from: Place, to: Array<Uint8Array>, dma: boolean")]
    pub fn submit_read(&mut self, from: Place, to: Views, dma: bool) -> Result<Submission> {
        let (copy, held) = read(from, to)?;
        self.submit(&copy, Some(held), dma)
    }

    /// As `write`, by the module's own thread, with a DMA engine if `dma`; from memory in
    /// SharedArrayBuffers.
    #[napi(ts_args_type = "to: Place, from: Array<Uint8Array>, dma: boolean")]
    pub fn submit_write(&mut self, to: Place, from: Views, dma: bool) -> Result<Submission> {
        let (copy, held) = write(to, from)?;
        self.submit(&copy, Some(held), dma)
    }

    /// As `copy`, by the module's own thread, with a DMA engine if `dma`.
    #[napi]
    pub fn submit_copy(
        &mut self,
        from: Place,
        to: Place,
        length: BigInt,
        dma: bool,
    ) -> Result<Submission> {
        self.submit(&between(from, to, length)?, None, dma)
    }

    fn device(&self) -> Result<&knem::Device> {
        let device = self.device.as_ref();
        device.ok_or_else(|| closed("cannot use the device"))
    }

    fn bind_to(&self, binding: Binding) -> Result<()> {
        self.device()?.bind(binding).map_err(failure)
    }

    fn run(&self, copy: Copy, how: CopyOptions) -> Result<Option<f64>> {
        // SAFETY: JavaScript's code does not run until this returns, so its memory stays. No
        // reference to it exists in Rust.
        let copied = unsafe { copy.run(self.device()?, how.flags()) };
        let copied = copied.map_err(failure)?;
        Ok(copied.map(crate::number::bytes))
    }

    fn start(
        &self,
        copy: Copy,
        held: Option<Held>,
        how: CopyOptions,
        cancellation: &Cancellation,
    ) -> Result<AsyncTask<CopyTask>> {
        let (device, flags) = (self.device()?.clone(), how.flags());
        let run = move || {
            // SAFETY: The memory is held until the task is dropped, which is after this.
            unsafe { copy.run(&device, flags) }
        };
        let task = CopyTask::new(held, cancellation.turn(), run);
        Ok(AsyncTask::new(task))
    }

    fn submit(&mut self, copy: &Copy, held: Option<Held>, dma: bool) -> Result<Submission> {
        let engine = if dma { Engine::Dma } else { Engine::Thread };
        Submission::new(self.queue()?, copy, engine, held)
    }

    fn queue(&mut self) -> Result<&Queue> {
        let device = self.device()?.clone();
        let queue = match self.queue.take() {
            Some(queue) => queue,
            None => Queue::new(device).map_err(failure)?,
        };
        Ok(self.queue.insert(queue))
    }
}

fn read(from: Place, to: Views) -> Result<(Copy, Held)> {
    let held = to.hold()?;
    Ok((Copy::Read(from.resolve()?, held.segments().to_vec()), held))
}

fn write(to: Place, from: Views) -> Result<(Copy, Held)> {
    let held = from.hold()?;
    Ok((Copy::Write(to.resolve()?, held.segments().to_vec()), held))
}

fn between(from: Place, to: Place, length: BigInt) -> Result<Copy> {
    let length = unsigned(&length, "length")?;
    Ok(Copy::Between(from.resolve()?, to.resolve()?, length))
}
