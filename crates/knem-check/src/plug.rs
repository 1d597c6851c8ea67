// SPDX-License-Identifier: BSD-3-Clause

//! A copy that takes a while: it holds up the kernel thread, so that what is queued behind it can be
//! looked at.

use knem_abi::{flag, protection, Cookie};

use crate::array::Array;
use crate::clock::wait_until;
use crate::copy::{Between, Outcome, Status};
use crate::device::Device;
use crate::memory::{Buffer, Layout, HUGE};
use crate::{region, statistics};

/// How often the memory stands in each region.
const TIMES: usize = 512;
/// The bytes of the first try, and of the last.
const SIZES: std::ops::RangeInclusive<u32> = 27..=30;

/// Two regions of one GiB each, out of a few MiB, in a context of their own.
pub struct Plug {
    copy: Between,
    _device: Device,
    _memory: [Buffer; 2],
}

impl Default for Plug {
    fn default() -> Plug {
        Plug::new()
    }
}

impl Plug {
    /// Makes the regions; every user may use them.
    pub fn new() -> Plug {
        let device = Device::open();
        let memory = [huge(0), huge(1)];
        let [src, dst] = [
            region_of(&device, &memory[0], protection::READ),
            region_of(&device, &memory[1], protection::WRITE),
        ];
        Plug {
            copy: Between::new(src, dst),
            _device: device,
            _memory: memory,
        }
    }

    /// The copy: as slow as it is long, 2<sup>`size`</sup> bytes.
    pub fn copy(&self, size: u32, slot: u32) -> Between {
        let copy = self.copy.bound(1 << size);
        copy.flags(flag::MEMCPY_THREAD).slot(slot)
    }

    /// The whole copy: too long to be waited for.
    pub fn endless(&self, slot: u32) -> Between {
        self.copy(30, slot)
    }

    /// Holds up the thread of a context and acts meanwhile. If the copy was over before that ended,
    /// it is done again behind a longer one; answers what the last try answered, and waits for the
    /// end of the copy.
    ///
    /// # Panics
    /// Where the copy is refused, or no copy is long enough.
    pub fn hold<T>(
        &self,
        device: &Device,
        array: &Array,
        slot: u32,
        mut act: impl FnMut() -> T,
    ) -> T {
        for size in SIZES {
            // What an earlier try left behind must not be taken for what this one does.
            let idle = wait_until(|| statistics::now().queued == 0);
            assert!(idle, "the kernel threads come to an end");
            let queued: Outcome = self.copy(size, slot).run(device);
            assert_eq!(queued, Ok(Status::PENDING), "the plug is queued");
            let answer = act();
            let held = array.slot(slot as usize) == Status::PENDING;
            assert_eq!(array.wait(slot as usize), Status::SUCCESS, "the plug ends");
            if held {
                return answer;
            }
        }
        panic!("the kernel thread cannot be held up long enough");
    }
}

/// Huge pages, a little apart from their natural border: emulated machines are very slow where
/// source and destination share the low bits of their page numbers.
fn huge(number: usize) -> Buffer {
    let memory = Buffer::with(Layout {
        length: HUGE,
        offset: 17 * crate::memory::PAGE * number,
        alignment: HUGE,
        ..Layout::default()
    });
    // Without huge pages all of it works, only slower.
    let _ = memory.advise(0, HUGE, libc::MADV_HUGEPAGE);
    memory.fill(number as u64);
    memory
}

fn region_of(device: &Device, memory: &Buffer, protection: u32) -> Cookie {
    let segments = region::folded(memory.segment(), TIMES);
    region::create(device, &segments, protection, flag::ANY_USER_ACCESS)
        .expect("the region can be created")
}
