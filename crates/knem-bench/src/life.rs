// SPDX-License-Identifier: BSD-3-Clause

use knem::{Device, Protection, RegionOptions};
use knem_abi::{Cookie, CreateRegion};

use crate::buffer::Buffer;
use crate::requests::{self, Prepared};

/// The life of a region of some memory, any number of times. What the kernel says is negative for
/// an error.
#[derive(Debug)]
pub struct Life<'m> {
    create: Prepared<'m, CreateRegion>,
    destroy: Prepared<'m, Cookie>,
}

impl<'m> Life<'m> {
    /// Prepares both requests.
    pub fn of(device: &'m Device, memory: &'m Buffer) -> Self {
        let options = RegionOptions::default();
        // SAFETY: The regions are only read from, and the memory is borrowed meanwhile.
        let create = unsafe { requests::create(device, memory, Protection::Read, options) };
        let destroy = requests::destroy(device);
        Self { create, destroy }
    }

    /// Declares the region.
    #[inline(always)]
    pub fn begin(&mut self) -> isize {
        self.create.issue()
    }

    /// The region that was declared last.
    pub fn cookie(&self) -> Cookie {
        self.create.argument().cookie
    }

    /// Ends it.
    #[inline(always)]
    pub fn end(&mut self) -> isize {
        self.destroy.of(self.create.argument().cookie).issue()
    }

    /// Both in turn.
    #[inline(always)]
    pub fn whole(&mut self) -> isize {
        match self.begin() {
            0 => self.end(),
            said => said,
        }
    }
}
