// SPDX-License-Identifier: BSD-3-Clause

use napi::bindgen_prelude::{AsyncTask, BigInt};
use napi::{Env, Task};
use napi_derive::napi;

use crate::failure::{failure, Result};
use crate::memory::Held;

/// What others may do with a region.
#[napi(object)]
pub struct RegionRequest {
    /// Others may copy from it.
    pub readable: bool,
    /// Others may copy to it.
    pub writable: bool,
    /// It is gone after its first use.
    pub single_use: bool,
    /// Every user may use it.
    pub any_user: bool,
}

impl RegionRequest {
    pub(crate) fn protection(&self) -> knem::Protection {
        match (self.readable, self.writable) {
            (false, false) => knem::Protection::None,
            (true, false) => knem::Protection::Read,
            (false, true) => knem::Protection::Write,
            (true, true) => knem::Protection::ReadWrite,
        }
    }

    pub(crate) fn options(&self) -> knem::RegionOptions {
        knem::RegionOptions {
            single_use: self.single_use,
            any_user: self.any_user,
        }
    }
}

/// A declared piece of memory, which it keeps alive.
#[napi]
pub struct Region {
    /// None once it was ended.
    live: Option<Live>,
    cookie: knem::Cookie,
}

#[napi]
impl Region {
    pub(crate) fn new(device: &knem::Device, held: Held, request: &RegionRequest) -> Result<Self> {
        let (protection, options) = (request.protection(), request.options());
        // SAFETY: JavaScript expects its memory to change under it, nothing in Rust refers to it,
        // and it is held until no copy uses the region any more.
        let region = unsafe { device.create_region(held.segments(), protection, options, ()) };
        let region = region.map_err(failure)?;
        Ok(Self {
            cookie: region.cookie(),
            live: Some(Live {
                region: Some(region),
                device: device.clone(),
                held: Some(held),
            }),
        })
    }

    /// The name by which others use the region.
    #[napi(getter)]
    pub fn cookie(&self) -> BigInt {
        BigInt::from(self.cookie.get())
    }

    /// Ends the region at once, and then waits, on a thread of Node's pool, until no copy uses it;
    /// then its memory is let go. Once: later calls give null.
    #[napi(ts_return_type = "Promise<void> | null")]
    pub fn end(&mut self) -> Option<AsyncTask<Live>> {
        let live = self.live.take()?;
        live.refuse();
        Some(AsyncTask::new(live))
    }
}

/// A region, and the memory that must not be let go before nobody uses it.
pub struct Live {
    /// None once nobody uses it.
    region: Option<knem::Region<()>>,
    device: knem::Device,
    held: Option<Held>,
}

impl Live {
    /// Ends the region for those who come later.
    fn refuse(&self) {
        let Some(region) = &self.region else { return };
        // A region for a single use that was used is gone already.
        let _ = self.device.destroy(region.cookie());
    }

    /// Waits until no copy uses the region.
    fn finish(&mut self) {
        if let Some(Err(_)) = self.region.take().map(knem::Region::finish) {
            // It has ended, but nobody knows whether copies go on: what they may use is kept for good.
            std::mem::forget(self.held.take());
        }
    }
}

impl Task for Live {
    type Output = ();
    type JsValue = ();

    fn compute(&mut self) -> napi::Result<()> {
        self.finish();
        Ok(())
    }

    fn resolve(&mut self, _: Env, _: ()) -> napi::Result<()> {
        Ok(())
    }
}

impl Drop for Live {
    fn drop(&mut self) {
        // Nobody ended it: it was collected, or its worker ends.
        self.refuse();
        self.finish();
    }
}
