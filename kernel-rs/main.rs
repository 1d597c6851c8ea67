// SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause

//! KNEM: lets one process copy straight from and to another's memory.
//!
//! A process opens `/dev/knem` and declares some of its memory as a *region*. The pages are pinned,
//! and the process gets a *cookie*, 64 bits that name the region on the whole machine. It hands the
//! cookie to another process, which copies from or to the region with one request.
//!
//! The rooms of this house:
//!
//! - [`abi`] is the contract: the numbers and structures that programs were compiled with.
//! - [`device`] is what user space sees: the file, the requests, the statistics.
//! - [`engine`] moves bytes: contexts own regions, the registry finds them by cookie, a request
//!   becomes a copy.
//! - [`logic`] decides without a kernel: flags, cookies, lists of runs, the text of the statistics.
//! - [`host`] is everything taken from Linux, and the only place with `unsafe` and C.
//!
//! Calls go down only: device, engine, then logic and host.

pub mod abi;
pub mod logic;

mod device;
mod engine;
mod host;

use device::OpenFile;
use engine::Engine;
use host::{files::Node, *};

module! {
    type: Knem,
    name: "knem",
    authors: ["KNEM developers"],
    description: "Fast copies between the processes of one machine",
    license: "Dual BSD/GPL",
}

/// The loaded module.
#[pin_data(PinnedDrop)]
struct Knem {
    #[pin]
    node: Node<OpenFile>,
}

impl kernel::InPlaceModule for Knem {
    fn init(_module: &'static ThisModule) -> impl PinInit<Self, Error> {
        try_pin_init!(Self {
            node <- Node::new(abi::DEVICE_NAME, Engine::new()?),
            _: { pr_info!("{} initialized\n", abi::VERSION) },
        }? Error)
    }
}

#[pinned_drop]
impl PinnedDrop for Knem {
    fn drop(self: Pin<&mut Self>) {
        pr_info!("{} terminating\n", abi::VERSION);
    }
}
