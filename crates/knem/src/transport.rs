// SPDX-License-Identifier: BSD-3-Clause

use crate::{Cookie, CopyFlags, Device, Error, ProcessMemory, Result};

/// What to do where the device can't be opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fallback {
    /// Fail.
    None,
    /// Copy by the peer's process and address: slower, and with the right to trace it.
    CrossMemoryAttach,
}

/// Where a peer's memory is, in both ways of saying it; the peer sends what it has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Remote {
    /// The region, where the peer could declare one.
    pub region: Option<Cookie>,
    /// The process and the address at which the region's first byte is there.
    pub process: ProcessMemory,
}

/// The way in which this process reads from peers.
#[derive(Debug)]
pub enum Transport {
    /// The module.
    Knem(Device),
    /// The kernel's cross-memory attach.
    CrossMemoryAttach,
}

impl Transport {
    /// Opens the device, or takes what `fallback` says where the device is missing or closed to
    /// this user.
    ///
    /// # Errors
    /// Those of [`Device::open`]. A module that speaks another version is always an error.
    pub fn open(fallback: Fallback) -> Result<Self> {
        Self::choose(Device::open(), fallback)
    }

    fn choose(device: Result<Device>, fallback: Fallback) -> Result<Self> {
        match (device, fallback) {
            (Ok(device), _) => Ok(Transport::Knem(device)),
            (
                Err(Error::NoDevice { .. } | Error::PermissionDenied { .. }),
                Fallback::CrossMemoryAttach,
            ) => Ok(Transport::CrossMemoryAttach),
            (Err(error), _) => Err(error),
        }
    }

    /// Fills `to` from a peer's memory, `offset` bytes in. Where a region is shorter, the copy ends
    /// silently with it; by address, that is an error.
    ///
    /// # Errors
    /// Those of [`Device::read`] or of [`ProcessMemory::read`]; [`Error::UnknownCookie`] where the
    /// module is there but the peer has no region.
    pub fn read(&self, from: &Remote, offset: u64, to: &mut [u8]) -> Result<()> {
        match self {
            Transport::CrossMemoryAttach => from.process.read(offset, to),
            Transport::Knem(device) => {
                let regions = Vec::new();
                let region = from.region.ok_or(Error::UnknownCookie { regions })?;
                device.read(region, offset, to, CopyFlags::NONE)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn missing() -> Result<Device> {
        Err(Error::NoDevice {
            path: "/dev/knem".into(),
            loaded: false,
        })
    }

    #[test]
    fn falls_back_only_where_asked() {
        let error = Transport::choose(missing(), Fallback::None).unwrap_err();
        assert!(matches!(error, Error::NoDevice { .. }));
        let other = Transport::choose(missing(), Fallback::CrossMemoryAttach).unwrap();
        assert!(matches!(other, Transport::CrossMemoryAttach));
    }

    #[test]
    fn never_hides_a_wrong_version() {
        let wrong = Err(Error::AbiMismatch {
            driver: 0xc,
            ours: 0xd,
        });
        let error = Transport::choose(wrong, Fallback::CrossMemoryAttach).unwrap_err();
        assert!(matches!(error, Error::AbiMismatch { .. }));
    }

    #[test]
    fn reads_by_address() {
        let words = *b"by address";
        let remote = Remote {
            region: None,
            process: ProcessMemory {
                pid: std::process::id() as i32,
                address: words.as_ptr() as u64,
            },
        };
        let mut copy = [0; 7];
        let transport = Transport::CrossMemoryAttach;
        transport.read(&remote, 3, &mut copy).unwrap();
        assert_eq!(&copy, b"address");
    }
}
