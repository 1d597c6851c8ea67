// SPDX-License-Identifier: BSD-3-Clause

use std::os::fd::AsFd;

use knem_abi::{feature, flag, request, status};

use crate::segment::count;
use crate::{call, Cookie, CopyFlags, Device, Error, Result, Segment, Source, Target};

/// Which way an inline copy goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Direction {
    FromRegion,
    ToRegion,
}

impl Direction {
    fn action(self) -> &'static str {
        match self {
            Direction::FromRegion => "copy from a region",
            Direction::ToRegion => "copy to a region",
        }
    }
}

/// Copies that are over when the call returns. All of them end at the shorter of their two sides
/// (contract §7.2), and copy nothing from an offset behind the region's end.
impl Device {
    /// Copies from a region, `offset` bytes in, to `to`. It does not tell how many bytes that was;
    /// [`Device::read_counted`] does.
    ///
    /// # Errors
    /// [`Error::UnknownCookie`], [`Error::NotOwner`], [`Error::ProtectionRefused`];
    /// [`Error::NoMemory`] for some 65 530 places or more; [`Error::BadAddress`] or
    /// [`Error::CopyFailed`] where a promised place is not mapped (contract §7.5).
    pub fn read(
        &self,
        from: Cookie,
        offset: u64,
        mut to: impl Target,
        flags: CopyFlags,
    ) -> Result<()> {
        let segments = to.segments();
        // SAFETY: `Target`'s promise.
        unsafe {
            self.inline(
                Direction::FromRegion,
                from,
                offset,
                segments.as_ref(),
                flags,
            )
        }
    }

    /// Copies `from` to a region, `offset` bytes in.
    ///
    /// # Errors
    /// Those of [`Device::read`].
    pub fn write(
        &self,
        to: Cookie,
        offset: u64,
        from: impl Source,
        flags: CopyFlags,
    ) -> Result<()> {
        let segments = from.segments();
        // SAFETY: `Source`'s promise.
        unsafe { self.inline(Direction::ToRegion, to, offset, segments.as_ref(), flags) }
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
            flags: self.usable(flags),
            ..Default::default()
        };
        // SAFETY: The request holds no address. Memory of this process that is a region to write
        // to was promised for that when it was declared.
        unsafe { call::issue(self.as_fd(), request::COPY_BOUNDED, &mut argument) }
            .map_err(|error| Error::copy("copy between regions", &[source, destination], error))?;
        outcome(argument.current_status, None)
    }

    /// As [`Device::read`], and tells how many bytes were copied.
    ///
    /// # Errors
    /// Those of [`Device::read`]; [`Error::Unsupported`] by modules without the feature.
    pub fn read_counted(
        &self,
        from: Cookie,
        offset: u64,
        mut to: impl Target,
        flags: CopyFlags,
    ) -> Result<u64> {
        let segments = to.segments();
        // SAFETY: `Target`'s promise.
        unsafe {
            self.inline_counted(
                Direction::FromRegion,
                from,
                offset,
                segments.as_ref(),
                flags,
            )
        }
    }

    /// As [`Device::write`], and tells how many bytes were copied.
    ///
    /// # Errors
    /// Those of [`Device::read_counted`].
    pub fn write_counted(
        &self,
        to: Cookie,
        offset: u64,
        from: impl Source,
        flags: CopyFlags,
    ) -> Result<u64> {
        let segments = from.segments();
        // SAFETY: `Source`'s promise.
        unsafe { self.inline_counted(Direction::ToRegion, to, offset, segments.as_ref(), flags) }
    }

    /// As [`Device::copy`], and tells how many bytes were copied.
    ///
    /// # Errors
    /// Those of [`Device::copy`]; [`Error::Unsupported`] by modules without the feature.
    pub fn copy_counted(
        &self,
        source: (Cookie, u64),
        destination: (Cookie, u64),
        length: u64,
        flags: CopyFlags,
    ) -> Result<u64> {
        let mut argument = between(source, destination, length, self.usable(flags));
        self.issue_between(&mut argument)?;
        outcome(argument.current_status, Some(argument.copied))?;
        Ok(argument.copied)
    }

    /// The flags as this device can follow them.
    fn usable(&self, flags: CopyFlags) -> u32 {
        let without = if self.has_dma() { 0 } else { flag::DMA };
        flags.bits() & !without
    }

    /// # Safety
    /// The segments are the caller's to overwrite, or to read, until the call returns.
    unsafe fn inline(
        &self,
        direction: Direction,
        remote: Cookie,
        offset: u64,
        local: &[Segment],
        flags: CopyFlags,
    ) -> Result<()> {
        let action = direction.action();
        let mut argument = knem_abi::InlineCopy {
            local_iovec_array: local.as_ptr() as u64,
            local_iovec_nr: count(local, action)?,
            write: (direction == Direction::ToRegion).into(),
            remote_cookie: remote.get(),
            remote_offset: offset,
            flags: self.usable(flags),
            ..Default::default()
        };
        // SAFETY: The array outlives the call; the caller answers for the memory it names.
        unsafe { call::issue(self.as_fd(), request::INLINE_COPY, &mut argument) }
            .map_err(|error| Error::copy(action, &[remote], error))?;
        outcome(argument.current_status, None)
    }

    /// # Safety
    /// As [`Device::inline`].
    unsafe fn inline_counted(
        &self,
        direction: Direction,
        remote: Cookie,
        offset: u64,
        local: &[Segment],
        flags: CopyFlags,
    ) -> Result<u64> {
        let mut argument = inline(direction, (remote, offset), local, self.usable(flags))?;
        // SAFETY: As promised by the caller.
        unsafe { self.issue_inline(&mut argument) }?;
        outcome(argument.current_status, Some(argument.copied))?;
        Ok(argument.copied)
    }

    /// Issues what [`between`] made.
    pub(crate) fn issue_between(&self, argument: &mut knem_abi::CopyCounted) -> Result<()> {
        self.require(feature::COUNTED)?;
        // SAFETY: The request holds no address; the rest as in `copy`.
        let answer = unsafe { call::issue(self.as_fd(), request::COPY_COUNTED, argument) };
        answer.map_err(|error| {
            let regions = [argument.src_cookie, argument.dst_cookie];
            let regions: Vec<Cookie> = regions.into_iter().filter_map(Cookie::new).collect();
            Error::copy("copy between regions", &regions, error)
        })
    }

    /// Issues what [`inline`] made.
    ///
    /// # Safety
    /// The array of segments is there. They are the caller's to overwrite, or to read, until the
    /// copy is over.
    pub(crate) unsafe fn issue_inline(
        &self,
        argument: &mut knem_abi::InlineCopyCounted,
    ) -> Result<()> {
        self.require(feature::COUNTED)?;
        // SAFETY: As promised by the caller.
        let answer = unsafe { call::issue(self.as_fd(), request::INLINE_COPY_COUNTED, argument) };
        answer.map_err(|error| {
            let direction = match argument.write {
                0 => Direction::FromRegion,
                _ => Direction::ToRegion,
            };
            let region: Vec<Cookie> = Cookie::new(argument.remote_cookie).into_iter().collect();
            Error::copy(direction.action(), &region, error)
        })
    }
}

/// A counted copy between two regions.
pub(crate) fn between(
    (source, source_offset): (Cookie, u64),
    (destination, destination_offset): (Cookie, u64),
    length: u64,
    flags: u32,
) -> knem_abi::CopyCounted {
    knem_abi::CopyCounted {
        src_cookie: source.get(),
        src_offset: source_offset,
        dst_cookie: destination.get(),
        dst_offset: destination_offset,
        length,
        flags,
        ..Default::default()
    }
}

/// A counted copy between a region and segments, as long as both.
pub(crate) fn inline(
    direction: Direction,
    (remote, offset): (Cookie, u64),
    local: &[Segment],
    flags: u32,
) -> Result<knem_abi::InlineCopyCounted> {
    Ok(knem_abi::InlineCopyCounted {
        local_iovec_array: local.as_ptr() as u64,
        local_iovec_nr: count(local, direction.action())?,
        write: (direction == Direction::ToRegion).into(),
        remote_cookie: remote.get(),
        remote_offset: offset,
        length: u64::MAX,
        flags,
        ..Default::default()
    })
}

/// What a request ended with (contract §7.4).
pub(crate) fn outcome(current_status: u32, copied: Option<u64>) -> Result<()> {
    if current_status == u32::from(status::SUCCESS) {
        return Ok(());
    }
    Err(Error::CopyFailed { copied })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_success_is_success() {
        assert!(outcome(u32::from(status::SUCCESS), None).is_ok());
        for other in [status::PENDING, status::FAILED, 3] {
            let error = outcome(u32::from(other), Some(9)).unwrap_err();
            assert!(matches!(error, Error::CopyFailed { copied: Some(9) }));
        }
        assert!(outcome(0x101, None).is_err(), "all 32 bits count");
    }
}
