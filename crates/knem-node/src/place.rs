// SPDX-License-Identifier: BSD-3-Clause

use napi::bindgen_prelude::BigInt;
use napi_derive::napi;

use crate::copy::Spot;
use crate::failure::Result;
use crate::number::{cookie, unsigned};

/// A place in a region.
#[napi(object)]
pub struct Place {
    /// The region.
    pub cookie: BigInt,
    /// Bytes to leave out at its start.
    pub offset: BigInt,
}

impl Place {
    pub(crate) fn resolve(&self) -> Result<Spot> {
        Ok((cookie(&self.cookie)?, unsigned(&self.offset, "offset")?))
    }
}
