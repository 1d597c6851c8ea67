// SPDX-License-Identifier: BSD-3-Clause

//! A client of the KNEM kernel module: one process declares a [`Region`] of its memory and hands
//! its [`Cookie`] to others, who copy straight from it or to it, without a copy in between.
//!
//! ```no_run
//! use knem::{CopyFlags, Device, RegionOptions};
//!
//! let device = Device::open()?;
//! let words = b"straight from one process to another".to_vec();
//! let region = device.expose(&words, RegionOptions::default())?;
//!
//! // Any process of the same user may do this, once it was told the cookie.
//! let mut copy = vec![0; words.len()];
//! device.read(region.cookie(), 0, &mut copy, CopyFlags::NONE)?;
//! assert_eq!(copy, words);
//! # Ok::<(), knem::Error>(())
//! ```
//!
//! What holds for every copy is the contract of old: a copy ends at the shorter of its two sides,
//! and the module does not say how many bytes that was. Whoever needs a length sends it along with
//! the cookie.
//!
//! All numbers come from [`knem_abi`], which is the module's own source file. Copies are
//! synchronous; the calls of one [`Device`] may come from any number of threads.

mod call;
mod cookie;
mod device;
mod error;
mod flags;
mod group;
mod process;
mod protection;
mod region;
mod segment;
mod statistics;
mod transport;

pub use cookie::Cookie;
pub use device::Device;
pub use error::{Error, Result};
pub use flags::{feature_names, names, CopyFlags, RegionOptions};
pub use knem_abi::{Counter, Info, Statistics as Activity, ABI_VERSION, DEVICE_PATH, VERSION};
pub use process::ProcessMemory;
pub use protection::Protection;
pub use region::Region;
pub use segment::Segment;
pub use statistics::{Count, Statistics};
pub use transport::{Fallback, Remote, Transport};
