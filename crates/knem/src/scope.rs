// SPDX-License-Identifier: BSD-3-Clause

use std::marker::PhantomData;
use std::sync::{Mutex, MutexGuard, PoisonError};

use knem_abi::feature;

use crate::{Cookie, Device, Protection, Region, RegionOptions, Result, Segment};

/// A time in which bytes of this program are regions; see [`Device::scope`].
///
/// # Invariants
/// Every region of `exposed` is over memory that is borrowed for `'env`, which outlives the scope.
#[derive(Debug)]
pub struct Scope<'env> {
    device: Device,
    exposed: Mutex<Vec<Cookie>>,
    // Invariant: else a scope could be taken for one that takes shorter borrows.
    memory: PhantomData<&'env mut &'env [u8]>,
}

impl<'env> Scope<'env> {
    /// Declares `bytes` as a region that others may copy from until the scope ends.
    ///
    /// # Errors
    /// [`crate::Error::NoMemory`] where the memory can't be pinned.
    pub fn expose(&self, bytes: &'env [u8], options: RegionOptions) -> Result<Cookie> {
        self.expose_segments(&[bytes.into()], options)
    }

    /// As [`Scope::expose`], with several places in turn as one region.
    ///
    /// # Errors
    /// Those of [`Scope::expose`].
    pub fn expose_pieces(&self, pieces: &[&'env [u8]], options: RegionOptions) -> Result<Cookie> {
        let segments: Vec<Segment> = pieces.iter().map(|&piece| piece.into()).collect();
        self.expose_segments(&segments, options)
    }

    fn expose_segments(&self, segments: &[Segment], options: RegionOptions) -> Result<Cookie> {
        // SAFETY: Others only read. The memory stays until the scope has ended the region and
        // waited for its copies: both callers borrow it for longer.
        let region: Region<()> = unsafe {
            self.device
                .create_region(segments, Protection::Read, options, ())?
        };
        let (_, cookie, ()) = region.into_parts();
        self.exposed().push(cookie);
        Ok(cookie)
    }

    fn exposed(&self) -> MutexGuard<'_, Vec<Cookie>> {
        // A list of numbers is never left half changed.
        self.exposed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Scope<'_> {
    fn drop(&mut self) {
        let cookies = std::mem::take(&mut *self.exposed());
        for cookie in cookies {
            if let Err(error) = self.device.finish(cookie) {
                // The memory can't be kept, and may not be shown: there is no way on.
                eprintln!("knem: {error}");
                std::process::abort();
            }
        }
    }
}

impl Device {
    /// Runs `body`, within which bytes of this program may be regions for reading. When it ends, by
    /// a panic as well, all of them are ended, and the copies that use them are waited for: then
    /// the bytes are as private as before. A peer who may use them can make that last.
    ///
    /// ```no_run
    /// # let device = knem::Device::open()?;
    /// # let tell = |cookie: knem::Cookie| {};
    /// let words = b"straight from one process to another".to_vec();
    /// device.scope(|scope| {
    ///     let cookie = scope.expose(&words, knem::RegionOptions::default())?;
    ///     tell(cookie); // … and wait until the peers have answered
    ///     Ok(())
    /// })?;
    /// # Ok::<(), knem::Error>(())
    /// ```
    ///
    /// What is exposed must outlive the scope, and may not be written meanwhile:
    ///
    /// ```compile_fail,E0597
    /// # let device = knem::Device::open()?;
    /// device.scope(|scope| {
    ///     let words = vec![1, 2, 3];
    ///     scope.expose(&words, knem::RegionOptions::default())?;
    ///     Ok(())
    /// })?;
    /// # Ok::<(), knem::Error>(())
    /// ```
    ///
    /// ```compile_fail,E0506
    /// # let device = knem::Device::open()?;
    /// let mut words = [1, 2, 3];
    /// device.scope(|scope| {
    ///     scope.expose(&words, knem::RegionOptions::default())?;
    ///     words[0] = 4;
    ///     Ok(())
    /// })?;
    /// # Ok::<(), knem::Error>(())
    /// ```
    ///
    /// # Errors
    /// Those of `body`; [`crate::Error::Unsupported`] by modules without the feature.
    pub fn scope<'env, T>(&self, body: impl FnOnce(&Scope<'env>) -> Result<T>) -> Result<T> {
        self.require(feature::DESTROY_WAIT)?;
        let scope = Scope {
            device: self.clone(),
            exposed: Mutex::default(),
            memory: PhantomData,
        };
        body(&scope)
    }
}
