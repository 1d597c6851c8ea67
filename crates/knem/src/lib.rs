// SPDX-License-Identifier: BSD-3-Clause

#![doc = include_str!("../README.md")]

mod binding;
mod call;
mod cookie;
mod copy;
mod device;
mod error;
mod flags;
mod group;
mod local;
mod memory;
mod process;
mod protection;
mod queue;
mod region;
mod remote;
mod scope;
mod segment;
mod statistics;
#[cfg(feature = "tokio")]
pub mod tokio;
mod transport;

pub use binding::Binding;
pub use cookie::Cookie;
pub use device::Device;
pub use error::{Error, Result};
pub use flags::{feature_names, names, CopyFlags, RegionOptions};
pub use knem_abi::{Counter, Info, Statistics as Activity, ABI_VERSION, DEVICE_PATH, VERSION};
pub use local::{Promised, Source, Target};
pub use memory::Memory;
pub use process::ProcessMemory;
pub use protection::Protection;
pub use queue::{Engine, Pending, Queue};
pub use region::Region;
pub use remote::{Offer, Remote};
pub use scope::Scope;
pub use segment::Segment;
pub use statistics::{Count, Statistics};
pub use transport::{Fallback, Transport};
