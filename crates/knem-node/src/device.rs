// SPDX-License-Identifier: BSD-3-Clause

use std::path::Path;

use napi::bindgen_prelude::{AsyncTask, BigInt, Uint8Array};
use napi_derive::napi;

use crate::copy::{Copy, CopyOptions};
use crate::copy_task::CopyTask;
use crate::failure::{closed, failure, Result};
use crate::info::Info;
use crate::memory::Memory;
use crate::number::{cookie, unsigned};
use crate::region::{Region, RegionRequest};

/// A place in a region.
#[napi(object)]
pub struct Place {
    /// The region.
    pub cookie: BigInt,
    /// Bytes to leave out at its start.
    pub offset: BigInt,
}

impl Place {
    fn resolve(&self) -> Result<(knem::Cookie, u64)> {
        Ok((cookie(&self.cookie)?, unsigned(&self.offset, "offset")?))
    }
}

/// An open device.
#[napi]
pub struct Device(Option<knem::Device>);

#[napi]
impl Device {
    /// Opens the device and checks that the module speaks the version of this binding.
    #[napi(constructor)]
    pub fn new(path: Option<String>) -> Result<Self> {
        let path = path.as_deref().unwrap_or(knem::DEVICE_PATH);
        let device = knem::Device::open_at(Path::new(path)).map_err(failure)?;
        Ok(Self(Some(device)))
    }

    /// Closes the device once its regions and running copies are gone. May be called again.
    #[napi]
    pub fn close(&mut self) {
        self.0 = None;
    }

    /// What the module says about itself.
    #[napi]
    pub fn info(&self) -> Result<Info> {
        let info = self.device()?.info().map_err(failure)?;
        Ok(info.into())
    }

    /// Declares memory as a region, in the order of the array.
    #[napi]
    pub fn create_region(&self, memory: Vec<Uint8Array>, request: RegionRequest) -> Result<Region> {
        let memory = Memory::new(memory);
        let (protection, options) = (request.protection(), request.options());
        let segments = memory.segments();
        // SAFETY: JavaScript expects its memory to change under it, nothing in Rust refers to
        // it, and the region object keeps it alive.
        let region = unsafe {
            self.device()?
                .create_region(&segments, protection, options, memory)
        };
        Ok(Region::new(region.map_err(failure)?))
    }

    /// Copies from a region to memory.
    #[napi]
    pub fn read(&self, from: Place, to: Vec<Uint8Array>, how: CopyOptions) -> Result<()> {
        self.run(read(from, to)?, how)
    }

    /// Copies from a region to memory, on another thread.
    #[napi(ts_return_type = "Promise<void>")]
    pub fn read_async(
        &self,
        from: Place,
        to: Vec<Uint8Array>,
        how: CopyOptions,
    ) -> Result<AsyncTask<CopyTask>> {
        self.start(read(from, to)?, how)
    }

    /// Copies memory to a region.
    #[napi]
    pub fn write(&self, to: Place, from: Vec<Uint8Array>, how: CopyOptions) -> Result<()> {
        self.run(write(to, from)?, how)
    }

    /// Copies memory to a region, on another thread.
    #[napi(ts_return_type = "Promise<void>")]
    pub fn write_async(
        &self,
        to: Place,
        from: Vec<Uint8Array>,
        how: CopyOptions,
    ) -> Result<AsyncTask<CopyTask>> {
        self.start(write(to, from)?, how)
    }

    /// Copies at most `length` bytes from region to region.
    #[napi]
    pub fn copy(&self, from: Place, to: Place, length: BigInt, how: CopyOptions) -> Result<()> {
        self.run(between(from, to, length)?, how)
    }

    /// Copies at most `length` bytes from region to region, on another thread.
    #[napi(ts_return_type = "Promise<void>")]
    pub fn copy_async(
        &self,
        from: Place,
        to: Place,
        length: BigInt,
        how: CopyOptions,
    ) -> Result<AsyncTask<CopyTask>> {
        self.start(between(from, to, length)?, how)
    }

    fn device(&self) -> Result<&knem::Device> {
        self.0
            .as_ref()
            .ok_or_else(|| closed("cannot use the device"))
    }

    fn run(&self, copy: Copy, how: CopyOptions) -> Result<()> {
        copy.run(self.device()?, how.flags()).map_err(failure)
    }

    fn start(&self, copy: Copy, how: CopyOptions) -> Result<AsyncTask<CopyTask>> {
        Ok(AsyncTask::new(CopyTask {
            copy,
            device: self.device()?.clone(),
            flags: how.flags(),
        }))
    }
}

fn read(from: Place, to: Vec<Uint8Array>) -> Result<Copy> {
    let (cookie, offset) = from.resolve()?;
    Ok(Copy::Read(cookie, offset, Memory::new(to)))
}

fn write(to: Place, from: Vec<Uint8Array>) -> Result<Copy> {
    let (cookie, offset) = to.resolve()?;
    Ok(Copy::Write(cookie, offset, Memory::new(from)))
}

fn between(from: Place, to: Place, length: BigInt) -> Result<Copy> {
    let length = unsigned(&length, "length")?;
    Ok(Copy::Between(from.resolve()?, to.resolve()?, length))
}
