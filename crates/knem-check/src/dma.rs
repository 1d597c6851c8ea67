// SPDX-License-Identifier: BSD-3-Clause

//! What the device says about DMA engines, and copies by them.

use std::sync::OnceLock;

use knem_abi::{feature, flag, request, Info, Statistics};

use crate::copy::{Between, Inline};
use crate::device::Device;
use crate::memory::{Buffer, Layout, HUGE};
use crate::{array::Array, bed::Bed, region, statistics};

/// Whether there are DMA engines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// The kernel was built without: the flag is ignored.
    NoSupport,
    /// The module may not use them: the flag is ignored.
    Disabled,
    /// There is none: the flag is refused.
    NoChannel,
    /// There are some.
    Channels,
}

impl Engine {
    /// As the statistics say.
    ///
    /// # Panics
    /// Where they do not say it as the contract wants.
    pub fn now() -> Engine {
        let text = statistics::text();
        let line = text
            .lines()
            .find_map(|line| line.strip_prefix(" DMAEngine: "));
        match line.expect("the statistics tell about DMA engines") {
            "NoKernelSupport" => Engine::NoSupport,
            "KernelSupported Disabled" => Engine::Disabled,
            "KernelSupported Enabled NoChannelAvailable" => Engine::NoChannel,
            line if line.starts_with("KernelSupported Enabled ChansAvail ChunkMin=") => {
                Engine::Channels
            }
            line => panic!("the state of DMA engines is told as '{line}'"),
        }
    }

    /// The same, told once; where there is no device there are no engines.
    pub fn known() -> Engine {
        static ANSWER: OnceLock<Engine> = OnceLock::new();
        *ANSWER.get_or_init(|| match Device::probe() {
            Ok(()) => Engine::now(),
            Err(_) => Engine::NoSupport,
        })
    }

    /// Whether the flag changes anything.
    pub fn heeds_flag(self) -> bool {
        matches!(self, Engine::NoChannel | Engine::Channels)
    }

    /// Flags as programs give them, which leave out that of DMA where it would be refused.
    pub fn usable(self, flags: u32) -> u32 {
        if self == Engine::NoChannel {
            flags & !flag::DMA
        } else {
            flags
        }
    }

    /// The bit among the features.
    pub fn feature(self) -> u32 {
        if self == Engine::Channels {
            feature::DMA
        } else {
            0
        }
    }
}

/// The names of the channels, as the statistics show them.
pub fn channels() -> Vec<String> {
    let text = statistics::text();
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix(" DMAChannels:"));
    let names = line.unwrap_or_default().split_whitespace();
    names.map(str::to_string).collect()
}

/// Whether GET_INFO tells this context that there are DMA engines.
///
/// # Panics
/// Where the device does not answer.
pub fn offered(device: &Device) -> bool {
    let mut info = Info::default();
    device
        .call(request::GET_INFO, &mut info)
        .expect("GET_INFO answers");
    info.features & feature::DMA != 0
}

impl Between {
    /// By DMA, with further flags.
    pub fn dma(self, flags: u32) -> Between {
        self.flags(flags | flag::DMA)
    }
}

impl Inline<'_> {
    /// By DMA, with further flags.
    pub fn dma(self, flags: u32) -> Self {
        self.flags(flags | flag::DMA)
    }
}

/// What the statistics counted while `act` ran.
pub fn counted<T>(act: impl FnOnce() -> T) -> (T, Statistics) {
    let before = statistics::now();
    let value = act();
    let mut after = statistics::now();
    for (now, then) in after.counters.iter_mut().zip(before.counters) {
        *now -= then;
    }
    after.bytes_call -= before.bytes_call;
    after.bytes_thread -= before.bytes_thread;
    after.bytes_dma -= before.bytes_dma;
    (value, after)
}

/// Two regions of so many bytes, in huge pages where the kernel has some, on one context.
pub struct Pair {
    /// The status array.
    pub array: Array,
    /// The context.
    pub device: Device,
    /// The memory of the source.
    pub source: Buffer,
    /// The memory of the target.
    pub target: Buffer,
    /// From one to the other.
    pub copy: Between,
}

impl Pair {
    /// The source has the pattern of `seed`.
    pub fn new(length: usize, seed: u64) -> Pair {
        Pair::on(Device::open(), length, seed)
    }

    /// The same on a descriptor that is open already.
    pub fn on(device: Device, length: usize, seed: u64) -> Pair {
        let [source, target] = [(); 2].map(|()| huge(length));
        source.fill(seed);
        let read_write = knem_abi::protection::READ | knem_abi::protection::WRITE;
        let [src, dst] =
            [&source, &target].map(|memory| region::whole(&device, memory.segment(), read_write));
        Pair {
            array: Array::new(&device),
            copy: Between::new(src, dst),
            device,
            source,
            target,
        }
    }

    /// Compares what arrived.
    ///
    /// # Errors
    /// The first byte that differs.
    pub fn arrived(&self, seed: u64) -> Result<(), String> {
        self.target.matches("target", seed)
    }
}

impl Bed {
    /// Reads the region by DMA.
    pub fn dma(&self, flags: u32) -> Inline<'_> {
        self.read().dma(flags)
    }
}

fn huge(length: usize) -> Buffer {
    let memory = Buffer::with(Layout {
        length,
        alignment: HUGE,
        ..Layout::default()
    });
    // Without huge pages all of it works, in smaller pieces.
    let _ = memory.advise(0, length.next_multiple_of(4096), libc::MADV_HUGEPAGE);
    memory
}
