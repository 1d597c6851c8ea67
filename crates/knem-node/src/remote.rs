// SPDX-License-Identifier: BSD-3-Clause

use knem::ProcessMemory;
use napi::bindgen_prelude::BigInt;
use napi_derive::napi;

use crate::failure::{bad_argument, Result};
use crate::memory::Views;
use crate::number::{cookie, unsigned};

/// Where a peer's memory is, in both ways of saying it.
#[napi(object)]
pub struct Remote {
    /// The region, where the peer could declare one.
    pub cookie: Option<BigInt>,
    /// The process.
    pub pid: i32,
    /// The address of the memory's first byte there.
    pub address: BigInt,
    /// Bytes.
    pub length: BigInt,
}

impl Remote {
    pub(crate) fn resolve(&self) -> Result<knem::Remote> {
        let address = unsigned(&self.address, "address")?;
        Ok(knem::Remote {
            region: self.cookie.as_ref().map(cookie).transpose()?,
            process: ProcessMemory {
                pid: self.pid,
                address,
            },
            length: unsigned(&self.length, "length")?,
        })
    }
}

/// Where one piece of memory is, for those who copy by address.
#[napi(ts_args_type = "memory: Array<Uint8Array>")]
pub fn locate(memory: Views) -> Result<Remote> {
    let held = memory.hold()?;
    let &[segment] = held.segments() else {
        return Err(bad_argument(
            "cannot offer this memory",
            "by address, only one piece can be named",
            "offer its pieces one by one",
        ));
    };
    Ok(Remote {
        cookie: None,
        pid: std::process::id() as i32,
        address: BigInt::from(segment.address()),
        length: BigInt::from(segment.length()),
    })
}
