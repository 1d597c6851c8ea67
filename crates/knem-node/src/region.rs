// SPDX-License-Identifier: BSD-3-Clause

use napi::bindgen_prelude::BigInt;
use napi_derive::napi;

use crate::failure::{closed, failure, Result};
use crate::memory::Memory;

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
    region: Option<knem::Region<Memory>>,
    cookie: knem::Cookie,
}

#[napi]
impl Region {
    pub(crate) fn new(region: knem::Region<Memory>) -> Self {
        Self {
            cookie: region.cookie(),
            region: Some(region),
        }
    }

    /// The name by which others use the region.
    #[napi(getter)]
    pub fn cookie(&self) -> BigInt {
        BigInt::from(self.cookie.get())
    }

    /// Ends the region and lets its memory go.
    #[napi]
    pub fn destroy(&mut self) -> Result<()> {
        let region = self.region.take();
        let region = region.ok_or_else(|| closed("cannot destroy the region"))?;
        region.destroy().map(drop).map_err(failure)
    }
}
