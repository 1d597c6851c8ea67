// SPDX-License-Identifier: BSD-3-Clause

use napi_derive::napi;

/// What the module says about itself.
#[napi(object)]
pub struct Info {
    /// The version of the contract between module and programs.
    pub abi: u32,
    /// Bit 0: copies can be given to a DMA engine.
    pub features: u32,
    /// The flags that the module adds to every request.
    pub forced_flags: u32,
    /// The flags that the module drops from every request.
    pub ignored_flags: u32,
}

impl From<knem::Info> for Info {
    fn from(info: knem::Info) -> Self {
        Self {
            abi: info.abi,
            features: info.features,
            forced_flags: info.forced_flags,
            ignored_flags: info.ignored_flags,
        }
    }
}

/// The path of the device.
#[napi]
pub const DEVICE_PATH: &str = knem::DEVICE_PATH;

/// The version of the contract that this binding was built for.
#[napi]
pub const ABI_VERSION: u32 = knem::ABI_VERSION;

/// The names of the request flags among `bits`, lowest first.
#[napi]
pub fn flag_names(bits: u32) -> Vec<String> {
    knem::names(bits)
}

/// The names of the features among `bits`, lowest first.
#[napi]
pub fn feature_names(bits: u32) -> Vec<String> {
    knem::feature_names(bits)
}
