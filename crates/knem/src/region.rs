// SPDX-License-Identifier: BSD-3-Clause

use std::marker::PhantomData;

use crate::{Cookie, Device, Result};

/// A declared piece of memory. Dropping it ends it: new copies are refused, running ones finish.
#[derive(Debug)]
pub struct Region<'m> {
    device: Device,
    cookie: Cookie,
    memory: PhantomData<&'m [u8]>,
}

impl Region<'_> {
    pub(crate) fn new(device: Device, cookie: Cookie) -> Self {
        let memory = PhantomData;
        Self {
            device,
            cookie,
            memory,
        }
    }

    /// The name by which others use the region.
    pub fn cookie(&self) -> Cookie {
        self.cookie
    }

    /// Ends the region and says whether that was still needed.
    ///
    /// # Errors
    /// [`crate::Error::UnknownCookie`] where it had already ended: it was for a single use, and
    /// somebody made it.
    pub fn destroy(self) -> Result<()> {
        let region = std::mem::ManuallyDrop::new(self);
        // SAFETY: The region is never used again nor dropped, so the device is moved out once.
        let device = unsafe { std::ptr::read(&region.device) };
        device.destroy(region.cookie)
    }
}

impl Drop for Region<'_> {
    fn drop(&mut self) {
        // A single-use region that was used is gone already: that is no failure.
        let _ = self.device.destroy(self.cookie);
    }
}
