// SPDX-License-Identifier: BSD-3-Clause

use std::io;
use std::mem::ManuallyDrop;
use std::os::fd::AsFd;

use knem_abi::{feature, request};

use crate::segment::count;
use crate::{call, Cookie, Device, Error, Memory, Protection, RegionOptions, Result, Segment};

/// A declared piece of memory, which it keeps alive. Dropping it ends it: new copies are refused,
/// and running ones are waited for where the module can wait (extension DESTROY_REGION_WAIT), so
/// that nobody copies any more. A peer who may use it can make that last; [`Region::destroy`] does
/// not wait.
///
/// Forgetting it is harmless: the memory stays, too.
#[derive(Debug)]
#[must_use = "the region ends when it is dropped"]
pub struct Region<H = Memory> {
    device: Device,
    cookie: Cookie,
    /// Dropped by hand, and never where copies may go on of which nobody knows.
    hold: ManuallyDrop<H>,
}

impl<H> Region<H> {
    /// The name by which others use the region.
    pub fn cookie(&self) -> Cookie {
        self.cookie
    }

    /// What the region keeps alive.
    pub fn memory(&self) -> &H {
        &self.hold
    }

    /// Ends the region, says whether that was still needed, and gives back what it kept alive.
    /// Copies that began before may go on.
    ///
    /// # Errors
    /// [`Error::UnknownCookie`] where it had already ended: it was for a single use, and somebody
    /// made it.
    pub fn destroy(self) -> Result<H> {
        let (device, cookie, hold) = self.into_parts();
        device.destroy(cookie).map(|()| hold)
    }

    /// Ends the region, and waits until nobody copies from it or to it any more. A peer who may
    /// use it can make that last.
    ///
    /// # Errors
    /// [`Error::Unsupported`] by modules without the feature; then it is only ended.
    pub fn finish(self) -> Result<H> {
        self.device.require(feature::DESTROY_WAIT)?;
        let (device, cookie, hold) = self.into_parts();
        device.finish(cookie).map(|()| hold)
    }

    /// Leaves it to the caller to end the region.
    pub(crate) fn into_parts(self) -> (Device, Cookie, H) {
        let region = ManuallyDrop::new(self);
        // SAFETY: The region is never used again nor dropped, so both are moved out once.
        unsafe {
            let device = std::ptr::read(&region.device);
            let hold = ManuallyDrop::into_inner(std::ptr::read(&region.hold));
            (device, region.cookie, hold)
        }
    }
}

impl<H> Drop for Region<H> {
    fn drop(&mut self) {
        match self.device.finish(self.cookie) {
            Ok(()) => {}
            Err(Error::Unsupported { .. }) => {
                // A single-use region that was used is gone already: that is no failure.
                let _ = self.device.destroy(self.cookie);
            }
            // Nobody knows whether copies go on: what they may use is kept for good.
            Err(_) => return,
        }
        // SAFETY: The region is being dropped, so this is done once, and nothing follows.
        unsafe { ManuallyDrop::drop(&mut self.hold) };
    }
}

impl Device {
    /// Declares `memory` as a region.
    ///
    /// # Errors
    /// [`Error::NoMemory`] where the memory can't be pinned.
    pub fn declare(
        &self,
        memory: Memory,
        protection: Protection,
        options: RegionOptions,
    ) -> Result<Region> {
        let segments = [memory.segment()];
        // SAFETY: Memory is made for being copied to at any time. It outlives the region, and the
        // pages that copies hold after it are given back to the kernel, never to an allocator.
        unsafe { self.create_region(&segments, protection, options, memory) }
    }

    /// Declares several pieces of memory as one region, in the order given.
    ///
    /// # Errors
    /// [`Error::NoMemory`] where the memory can't be pinned.
    pub fn declare_pieces(
        &self,
        pieces: Vec<Memory>,
        protection: Protection,
        options: RegionOptions,
    ) -> Result<Region<Vec<Memory>>> {
        let segments: Vec<Segment> = pieces.iter().map(Memory::segment).collect();
        // SAFETY: As above.
        unsafe { self.create_region(&segments, protection, options, pieces) }
    }

    /// Declares segments of this process's memory as one region, in the order given (§6.1), which
    /// keeps `hold` alive.
    ///
    /// # Safety
    /// Until the region has ended *and* the copies begun before are over (dropping it and
    /// [`Region::finish`] wait for both, where the module can), the memory may not be given back
    /// to an allocator, lest others see its later contents; with [`Protection::Write`] it may
    /// change at any time, and nothing may rely on its contents.
    ///
    /// # Errors
    /// [`Error::BadAddress`] where a segment is not mapped, or not writable though the protection
    /// says so; [`Error::NoMemory`] where the pages can't be pinned.
    pub unsafe fn create_region<H>(
        &self,
        segments: &[Segment],
        protection: Protection,
        options: RegionOptions,
        hold: H,
    ) -> Result<Region<H>> {
        const ACTION: &str = "declare a region";
        let mut argument = knem_abi::CreateRegion {
            iovec_array: segments.as_ptr() as u64,
            iovec_nr: count(segments, ACTION)?,
            flags: options.bits(),
            protection: protection.bits(),
            ..Default::default()
        };
        // SAFETY: The array outlives the call; the caller answers for the memory it names, which
        // the module checks and pins.
        unsafe { call::issue(self.as_fd(), request::CREATE_REGION, &mut argument) }
            .map_err(|error| Error::io(ACTION, error))?;
        let cookie = Cookie::new(argument.cookie).ok_or_else(|| {
            let source = io::Error::other("the module gave out cookie 0");
            Error::io(ACTION, source)
        })?;
        Ok(Region {
            device: self.clone(),
            cookie,
            hold: ManuallyDrop::new(hold),
        })
    }

    /// Ends a region of this device by its cookie; [`Region`] does it by itself when dropped.
    ///
    /// # Errors
    /// [`Error::UnknownCookie`] where it is no region of this device (contract §6.5).
    pub fn destroy(&self, cookie: Cookie) -> Result<()> {
        let mut argument: knem_abi::Cookie = cookie.get();
        // SAFETY: The request reads a cookie and holds no address.
        unsafe { call::issue(self.as_fd(), request::DESTROY_REGION, &mut argument) }
            .map_err(|error| Error::copy("destroy a region", &[cookie], error))
    }

    /// Ends a region of this device, if it has not ended, and waits until no copy uses it.
    pub(crate) fn finish(&self, cookie: Cookie) -> Result<()> {
        self.require(feature::DESTROY_WAIT)?;
        loop {
            let mut argument = knem_abi::DestroyRegionWait {
                cookie: cookie.get(),
                ..Default::default()
            };
            // SAFETY: The request reads a cookie and holds no address.
            let answer =
                unsafe { call::issue(self.as_fd(), request::DESTROY_REGION_WAIT, &mut argument) };
            match answer {
                Ok(()) => return Ok(()),
                // The call goes on with waiting.
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                // It has ended, and no copy uses it.
                Err(error) if error.raw_os_error() == Some(libc::EINVAL) => return Ok(()),
                Err(error) => return Err(Error::copy("end a region", &[cookie], error)),
            }
        }
    }
}
