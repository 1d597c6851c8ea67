// SPDX-License-Identifier: BSD-3-Clause

use std::fmt;

use crate::{Device, Error, Memory, Offer, Protection, RegionOptions, Remote, Result};
use crate::{Source, Target};

/// What to do where the device can't be opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fallback {
    /// Fail.
    None,
    /// Copy by the peer's process and address: slower, and with the right to trace it.
    CrossMemoryAttach,
}

/// The way in which this process copies from and to peers. `{}` says which, and why.
#[derive(Debug)]
pub enum Transport {
    /// The module.
    Knem(Device),
    /// The kernel's cross-memory attach, `process_vm_readv` and `process_vm_writev`.
    CrossMemoryAttach {
        /// Why it is not the module, and what to do about it.
        reason: Error,
    },
}

impl Transport {
    /// Opens the device, or takes what `fallback` says where that can't be: the device is missing,
    /// closed to this user, or of another version, which [`Transport::reason`] tells.
    ///
    /// # Errors
    /// Those of [`Device::open`], without a fallback. What is not the module's fault, as too many
    /// open files, is always an error.
    pub fn open(fallback: Fallback) -> Result<Self> {
        Self::choose(Device::open(), fallback)
    }

    fn choose(device: Result<Device>, fallback: Fallback) -> Result<Self> {
        match (device, fallback) {
            (Ok(device), _) => Ok(Transport::Knem(device)),
            (
                Err(
                    reason @ (Error::NoDevice { .. }
                    | Error::PermissionDenied { .. }
                    | Error::NotKnem { .. }
                    | Error::AbiMismatch { .. }),
                ),
                Fallback::CrossMemoryAttach,
            ) => Ok(Transport::CrossMemoryAttach { reason }),
            (Err(error), _) => Err(error),
        }
    }

    /// Why it is not the module, where it is not, with what to do about that
    /// ([`Error::remedy`]).
    pub fn reason(&self) -> Option<&Error> {
        match self {
            Transport::Knem(_) => None,
            Transport::CrossMemoryAttach { reason } => Some(reason),
        }
    }

    /// Lets peers copy from the memory, or to it, for as long as the offer lives.
    ///
    /// # Errors
    /// Those of [`Device::declare`].
    pub fn offer(&self, memory: Memory, protection: Protection) -> Result<Offer> {
        match self {
            Transport::CrossMemoryAttach { .. } => Ok(Offer::Address(memory)),
            Transport::Knem(device) => device
                .declare(memory, protection, RegionOptions::default())
                .map(Offer::Region),
        }
    }

    /// Fills `to` from a peer's memory, `offset` bytes in, as far as both reach; tells how many
    /// bytes that was.
    ///
    /// # Errors
    /// Those of [`Device::read`] or of [`ProcessMemory::read`](crate::ProcessMemory::read);
    /// [`Error::NoRegion`] where the module is here but the peer declared none.
    pub fn read(&self, from: &Remote, offset: u64, mut to: impl Target) -> Result<u64> {
        let segments = to.segments();
        let segments = from.clip(offset, segments.as_ref());
        match self {
            Transport::Knem(device) => from.read_from_region(device, offset, &segments),
            Transport::CrossMemoryAttach { .. } => from.read_by_address(offset, &segments),
        }
    }

    /// Copies `from` to a peer's memory, `offset` bytes in, as far as both reach; tells how many
    /// bytes that was.
    ///
    /// # Errors
    /// Those of [`Transport::read`]. By address, this process is no peer.
    pub fn write(&self, to: &Remote, offset: u64, from: impl Source) -> Result<u64> {
        let segments = from.segments();
        let segments = to.clip(offset, segments.as_ref());
        match self {
            Transport::Knem(device) => to.write_to_region(device, offset, &segments),
            Transport::CrossMemoryAttach { .. } => to.write_by_address(offset, &segments),
        }
    }
}

impl fmt::Display for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Transport::Knem(_) => write!(f, "the knem module"),
            Transport::CrossMemoryAttach { reason } => {
                write!(
                    f,
                    "cross-memory attach, because the knem module is not used: {reason}"
                )
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

    fn fallen_back() -> Transport {
        Transport::choose(missing(), Fallback::CrossMemoryAttach).unwrap()
    }

    #[test]
    fn falls_back_only_where_asked_and_says_why() {
        let error = Transport::choose(missing(), Fallback::None).unwrap_err();
        assert!(matches!(error, Error::NoDevice { .. }));
        let text = fallen_back().to_string();
        assert!(text.starts_with("cross-memory attach, because"), "{text}");
        assert!(text.contains("modprobe knem"), "{text}");
    }

    #[test]
    fn says_each_reason_with_its_remedy() {
        let path = || "/dev/knem".into();
        let (driver, ours, access) = (0xc, 0xd, Some((0o600, 0)));
        let reasons = [
            missing().unwrap_err(),
            Error::PermissionDenied {
                path: path(),
                access,
            },
            Error::NotKnem { path: path() },
            Error::AbiMismatch { driver, ours },
        ];
        for reason in reasons {
            let (code, remedy) = (reason.code(), reason.remedy());
            let transport = Transport::choose(Err(reason), Fallback::CrossMemoryAttach).unwrap();
            assert_eq!(transport.reason().unwrap().code(), code);
            let text = transport.to_string();
            assert!(text.contains(&remedy), "{text}");
        }
    }

    #[test]
    fn never_hides_what_is_not_the_modules_fault() {
        let source = std::io::Error::from_raw_os_error(libc::EMFILE);
        let full = Err(Error::io("open the device", source));
        let error = Transport::choose(full, Fallback::CrossMemoryAttach).unwrap_err();
        assert!(matches!(error, Error::Io { .. }), "{error}");
    }

    #[test]
    #[cfg_attr(miri, ignore = "asks the kernel")]
    fn reads_by_address_as_far_as_both_reach() {
        let transport = fallen_back();
        let memory = Memory::new(10).unwrap();
        memory.write(0, b"by address");
        let offer = transport.offer(memory, Protection::Read).unwrap();
        let remote = offer.remote();
        assert_eq!(remote.region, None);
        let mut copy = [0; 16];
        assert_eq!(transport.read(&remote, 3, &mut copy).unwrap(), 7);
        assert_eq!(&copy[..8], b"address\0");
        assert_eq!(transport.read(&remote, 10, &mut copy).unwrap(), 0);
        assert_eq!(transport.read(&remote, u64::MAX, &mut copy).unwrap(), 0);
    }

    #[test]
    #[cfg_attr(miri, ignore = "asks the kernel")]
    fn never_writes_to_its_own_process_by_address() {
        let transport = fallen_back();
        let memory = Memory::new(10).unwrap();
        let remote = transport
            .offer(memory.clone(), Protection::Write)
            .unwrap()
            .remote();
        let error = transport.write(&remote, 0, b"no").unwrap_err();
        assert!(error.to_string().contains("this process's own"), "{error}");
        assert_eq!(memory.to_vec(), [0; 10]);
    }
}
