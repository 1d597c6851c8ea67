// SPDX-License-Identifier: BSD-3-Clause

use std::fs::{File, OpenOptions};
use std::io::{IoSlice, IoSliceMut};
use std::os::fd::{AsFd, BorrowedFd};
use std::path::Path;
use std::sync::Arc;

use knem_abi::{request, status, ABI_VERSION, DEVICE_PATH};

use crate::{
    call, Cookie, CopyFlags, Error, Info, Protection, Region, RegionOptions, Result, Segment,
};

/// An open `/dev/knem`: a context of the module (contract §5).
///
/// Clones share the context; it closes, and its regions end, when the last clone and the last
/// [`Region`] are dropped. The descriptor is closed on `exec`.
#[derive(Clone, Debug)]
pub struct Device(Arc<File>);

impl Device {
    /// Opens the device and checks that module and program speak the same version.
    ///
    /// # Errors
    /// [`Error::NoDevice`], [`Error::PermissionDenied`], [`Error::AbiMismatch`].
    pub fn open() -> Result<Self> {
        Self::open_at(Path::new(DEVICE_PATH))
    }

    /// As [`Device::open`], where the node is elsewhere.
    ///
    /// # Errors
    /// Those of [`Device::open`], and [`Error::NotKnem`].
    pub fn open_at(path: &Path) -> Result<Self> {
        let mut options = OpenOptions::new();
        let file = options.read(true).write(true).open(path);
        let device = Self(Arc::new(file.map_err(|error| Error::open(path, error))?));
        let driver = match device.info() {
            Ok(info) => info.abi,
            Err(Error::Io { source, .. }) if source.raw_os_error() == Some(libc::ENOTTY) => {
                let path = path.to_owned();
                return Err(Error::NotKnem { path });
            }
            Err(error) => return Err(error),
        };
        if driver != ABI_VERSION {
            let ours = ABI_VERSION;
            return Err(Error::AbiMismatch { driver, ours });
        }
        Ok(device)
    }

    /// Version of the contract, features, and the flags that the module forces and ignores.
    ///
    /// # Errors
    /// [`Error::Io`] where the descriptor is not the module's.
    pub fn info(&self) -> Result<Info> {
        let mut info = Info::default();
        // SAFETY: The request fills the structure and holds no address.
        unsafe { call::issue(self.as_fd(), request::GET_INFO, &mut info) }
            .map_err(|error| Error::io("ask the module what it is", error))?;
        Ok(info)
    }

    /// Declares `memory` as a region that others may copy from.
    ///
    /// The pages stay pinned until the region is dropped and the copies begun before are over.
    /// This is the safe way because others only read. Note that memory which is freed while a
    /// copy runs, or whose region is leaked, may show its later contents to those others.
    ///
    /// # Errors
    /// [`Error::NoMemory`] where the memory can't be pinned.
    pub fn expose<'m>(&self, memory: &'m [u8], options: RegionOptions) -> Result<Region<'m>> {
        // SAFETY: The region is for reading only, so the memory never changes by it.
        unsafe { self.create_region(&[memory.into()], Protection::Read, options) }
    }

    /// Declares segments of this process's memory as one region, in the order given (§6.1).
    ///
    /// # Safety
    /// With [`Protection::Write`], the memory may change at any time, until the region is
    /// destroyed *and* the copies begun before are over, which only the peer can tell: the
    /// module lets running copies finish. Until then, nothing may rely on its contents, and it
    /// may not be given back to an allocator.
    ///
    /// # Errors
    /// [`Error::BadAddress`] where a segment is not mapped, or not writable though the protection
    /// says so; [`Error::NoMemory`] where the pages can't be pinned.
    pub unsafe fn create_region<'m>(
        &self,
        segments: &[Segment],
        protection: Protection,
        options: RegionOptions,
    ) -> Result<Region<'m>> {
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
            let source = std::io::Error::other("the module gave out cookie 0");
            Error::io(ACTION, source)
        })?;
        Ok(Region::new(self.clone(), cookie))
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

    /// Copies at most `length` bytes between two regions, whosever they are (contract §7.1).
    ///
    /// # Errors
    /// [`Error::UnknownCookie`], [`Error::NotOwner`], [`Error::ProtectionRefused`].
    pub fn copy(
        &self,
        (source, source_offset): (Cookie, u64),
        (destination, destination_offset): (Cookie, u64),
        length: u64,
        flags: CopyFlags,
    ) -> Result<()> {
        let mut argument = knem_abi::CopyBounded {
            src_cookie: source.get(),
            src_offset: source_offset,
            dst_cookie: destination.get(),
            dst_offset: destination_offset,
            length,
            flags: flags.bits(),
            ..Default::default()
        };
        // SAFETY: The request holds no address. Memory of this process that is a region to write
        // to was promised for that by `create_region`.
        unsafe { call::issue(self.as_fd(), request::COPY_BOUNDED, &mut argument) }
            .map_err(|error| Error::copy("copy between regions", &[source, destination], error))?;
        outcome(argument.current_status)
    }

    /// Copies from a region, `offset` bytes in, to `to`, as many bytes as both have.
    ///
    /// # Errors
    /// [`Error::UnknownCookie`], [`Error::NotOwner`], [`Error::ProtectionRefused`].
    pub fn read(&self, from: Cookie, offset: u64, to: &mut [u8], flags: CopyFlags) -> Result<()> {
        // SAFETY: The memory is borrowed for writing during the call.
        unsafe { self.read_segments(from, offset, &[to.into()], flags) }
    }

    /// Copies `from` to a region, `offset` bytes in, as many bytes as both have.
    ///
    /// # Errors
    /// [`Error::UnknownCookie`], [`Error::NotOwner`], [`Error::ProtectionRefused`].
    pub fn write(&self, to: Cookie, offset: u64, from: &[u8], flags: CopyFlags) -> Result<()> {
        // SAFETY: The memory is borrowed for reading during the call.
        unsafe { self.write_segments(to, offset, &[from.into()], flags) }
    }

    /// As [`Device::read`], to several places in turn.
    ///
    /// # Errors
    /// Those of [`Device::read`], and [`Error::NoMemory`] for some 65 530 places or more.
    pub fn read_vectored(
        &self,
        from: Cookie,
        offset: u64,
        to: &mut [IoSliceMut<'_>],
        flags: CopyFlags,
    ) -> Result<()> {
        let segments: Vec<Segment> = to.iter_mut().map(Segment::from).collect();
        // SAFETY: The memory is borrowed for writing during the call.
        unsafe { self.read_segments(from, offset, &segments, flags) }
    }

    /// As [`Device::write`], from several places in turn.
    ///
    /// # Errors
    /// Those of [`Device::write`], and [`Error::NoMemory`] for some 65 530 places or more.
    pub fn write_vectored(
        &self,
        to: Cookie,
        offset: u64,
        from: &[IoSlice<'_>],
        flags: CopyFlags,
    ) -> Result<()> {
        let segments: Vec<Segment> = from.iter().map(Segment::from).collect();
        // SAFETY: The memory is borrowed for reading during the call.
        unsafe { self.write_segments(to, offset, &segments, flags) }
    }

    /// As [`Device::read_vectored`], by addresses.
    ///
    /// # Safety
    /// The memory named must be this caller's to overwrite during the call.
    ///
    /// # Errors
    /// Those of [`Device::read_vectored`]; [`Error::BadAddress`] or [`Error::CopyFailed`] where a
    /// segment is not mapped (contract §7.5).
    pub unsafe fn read_segments(
        &self,
        from: Cookie,
        offset: u64,
        to: &[Segment],
        flags: CopyFlags,
    ) -> Result<()> {
        // SAFETY: As promised by the caller.
        unsafe { self.inline(from, offset, to, flags, 0) }
    }

    /// As [`Device::write_vectored`], by addresses.
    ///
    /// # Safety
    /// The memory named must be this caller's to read during the call.
    ///
    /// # Errors
    /// Those of [`Device::write_vectored`]; [`Error::BadAddress`] or [`Error::CopyFailed`] where
    /// a segment is not mapped (contract §7.5).
    pub unsafe fn write_segments(
        &self,
        to: Cookie,
        offset: u64,
        from: &[Segment],
        flags: CopyFlags,
    ) -> Result<()> {
        // SAFETY: As promised by the caller.
        unsafe { self.inline(to, offset, from, flags, 1) }
    }

    /// # Safety
    /// As `read_segments` where `write` is 0, else as `write_segments`.
    unsafe fn inline(
        &self,
        remote: Cookie,
        offset: u64,
        local: &[Segment],
        flags: CopyFlags,
        write: u32,
    ) -> Result<()> {
        let action = match write {
            0 => "copy from a region",
            _ => "copy to a region",
        };
        let mut argument = knem_abi::InlineCopy {
            local_iovec_array: local.as_ptr() as u64,
            local_iovec_nr: count(local, action)?,
            write,
            remote_cookie: remote.get(),
            remote_offset: offset,
            flags: flags.bits(),
            ..Default::default()
        };
        // SAFETY: The array outlives the call; the caller answers for the memory it names.
        unsafe { call::issue(self.as_fd(), request::INLINE_COPY, &mut argument) }
            .map_err(|error| Error::copy(action, &[remote], error))?;
        outcome(argument.current_status)
    }
}

impl AsFd for Device {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

/// The number of segments, as the module takes it.
fn count(segments: &[Segment], action: &'static str) -> Result<u32> {
    u32::try_from(segments.len()).map_err(|_| Error::NoMemory { action })
}

/// What a synchronous request ended with (contract §7.4).
fn outcome(current_status: u32) -> Result<()> {
    if current_status == u32::from(status::SUCCESS) {
        return Ok(());
    }
    Err(Error::CopyFailed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_device_is_told() {
        let error = Device::open_at(Path::new("/nowhere/knem")).unwrap_err();
        assert!(matches!(error, Error::NoDevice { .. }), "{error}");
    }

    #[test]
    fn another_device_is_told() {
        let error = Device::open_at(Path::new("/dev/null")).unwrap_err();
        assert!(matches!(error, Error::NotKnem { .. }), "{error}");
        let error = Device::open_at(Path::new("/")).unwrap_err();
        assert!(matches!(error, Error::NotKnem { .. }), "{error}");
    }

    #[test]
    fn only_success_is_success() {
        assert!(outcome(u32::from(status::SUCCESS)).is_ok());
        for other in [status::PENDING, status::FAILED, 3] {
            let error = outcome(u32::from(other)).unwrap_err();
            assert!(matches!(error, Error::CopyFailed));
        }
        assert!(outcome(0x101).is_err(), "all 32 bits count");
    }
}
