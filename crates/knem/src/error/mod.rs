// SPDX-License-Identifier: BSD-3-Clause

mod text;

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use crate::Cookie;

/// The result of everything that can fail here.
pub type Result<T> = std::result::Result<T, Error>;

/// What went wrong. `{}` shows one line, `{:#}` three: what happened, why, and what to do.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// There is no device.
    NoDevice {
        /// The path that was tried.
        path: PathBuf,
        /// Whether the kernel says that the module is loaded.
        loaded: bool,
    },
    /// The user may not open the device.
    PermissionDenied {
        /// The path that was tried.
        path: PathBuf,
        /// Permission bits and group of the device, where they could be read.
        access: Option<(u32, u32)>,
    },
    /// The path is something else than KNEM's device.
    NotKnem {
        /// The path that was tried.
        path: PathBuf,
    },
    /// The module speaks another version of the contract than this program.
    AbiMismatch {
        /// The module's.
        driver: u32,
        /// This program's.
        ours: u32,
    },
    /// No such region: never declared, destroyed, used up, or its owner is gone (contract §6.3).
    UnknownCookie {
        /// The regions that the request named.
        regions: Vec<Cookie>,
    },
    /// A region belongs to another user (contract §12).
    NotOwner {
        /// The regions that the request named.
        regions: Vec<Cookie>,
    },
    /// A region is not open to this direction (contract §12).
    ProtectionRefused {
        /// The regions that the request named.
        regions: Vec<Cookie>,
    },
    /// A piece of the caller's memory is not mapped, or not so that it can be used (§7.5).
    BadAddress {
        /// What was being done.
        action: &'static str,
    },
    /// The copy began and met memory of the caller that could not be accessed; part of the data
    /// may have been copied (contract §7.5).
    CopyFailed {
        /// How many bytes, where the request was one that counts.
        copied: Option<u64>,
    },
    /// The module lacks a feature that is not part of the contract of old.
    Unsupported {
        /// Bits of the features that it lacks.
        missing: u32,
    },
    /// A parameter with which the module was loaded forbids it (contract §15).
    Parameter {
        /// The parameter.
        name: &'static str,
        /// What it does.
        effect: &'static str,
    },
    /// All places are taken: a device has one queue, and a queue takes so many copies at a time.
    Busy {
        /// What was being done.
        action: &'static str,
    },
    /// There is no memory for what was asked.
    NoMemory {
        /// What was being done.
        action: &'static str,
    },
    /// The caller may not clear the statistics.
    NotPrivileged,
    /// The statistics text is not one.
    BadStatistics {
        /// What is wrong with it.
        problem: String,
    },
    /// The transfer through the other process's address space was cut short.
    ShortTransfer {
        /// Bytes that were copied.
        copied: u64,
        /// Bytes that were asked for.
        wanted: u64,
    },
    /// The caller has no right to trace the other process, which copies by address need.
    MayNotTrace {
        /// The process.
        pid: i32,
    },
    /// The peer offered no region.
    NoRegion,
    /// Everything else that the system refused.
    Io {
        /// What was being done.
        action: &'static str,
        /// What the system said.
        source: io::Error,
    },
}

impl Error {
    /// What the system said to opening `path`.
    pub(crate) fn open(path: &Path, source: io::Error) -> Self {
        match source.raw_os_error() {
            Some(libc::ENOENT | libc::ENODEV | libc::ENXIO | libc::ENOTDIR) => Error::NoDevice {
                path: path.to_owned(),
                loaded: Path::new("/sys/module/knem").exists(),
            },
            Some(libc::EACCES | libc::EPERM) => Error::PermissionDenied {
                path: path.to_owned(),
                access: access(path),
            },
            Some(libc::EISDIR) => Error::NotKnem {
                path: path.to_owned(),
            },
            _ => Error::io("open the device", source),
        }
    }

    /// What the module said to a request that names regions (contract §13.2).
    pub(crate) fn copy(action: &'static str, regions: &[Cookie], source: io::Error) -> Self {
        let regions = || regions.to_vec();
        match source.raw_os_error() {
            Some(libc::EINVAL) => Error::UnknownCookie { regions: regions() },
            Some(libc::EPERM) => Error::NotOwner { regions: regions() },
            Some(libc::EACCES) => Error::ProtectionRefused { regions: regions() },
            _ => Error::io(action, source),
        }
    }

    /// What the system said to anything else.
    pub(crate) fn io(action: &'static str, source: io::Error) -> Self {
        match source.raw_os_error() {
            Some(libc::EFAULT) => Error::BadAddress { action },
            Some(libc::ENOMEM) => Error::NoMemory { action },
            Some(libc::EBUSY) => Error::Busy { action },
            _ => Error::Io { action, source },
        }
    }

    /// A name for programs to compare; it never changes.
    pub fn code(&self) -> &'static str {
        match self {
            Error::NoDevice { .. } => "KNEM_NO_DEVICE",
            Error::PermissionDenied { .. } => "KNEM_PERMISSION_DENIED",
            Error::NotKnem { .. } => "KNEM_NOT_KNEM",
            Error::AbiMismatch { .. } => "KNEM_ABI_MISMATCH",
            Error::UnknownCookie { .. } => "KNEM_UNKNOWN_COOKIE",
            Error::NotOwner { .. } => "KNEM_NOT_OWNER",
            Error::ProtectionRefused { .. } => "KNEM_PROTECTION_REFUSED",
            Error::BadAddress { .. } => "KNEM_BAD_ADDRESS",
            Error::CopyFailed { .. } => "KNEM_COPY_FAILED",
            Error::Unsupported { .. } => "KNEM_UNSUPPORTED",
            Error::Parameter { .. } => "KNEM_PARAMETER",
            Error::Busy { .. } => "KNEM_BUSY",
            Error::NoMemory { .. } => "KNEM_NO_MEMORY",
            Error::NotPrivileged => "KNEM_NOT_PRIVILEGED",
            Error::BadStatistics { .. } => "KNEM_BAD_STATISTICS",
            Error::ShortTransfer { .. } => "KNEM_SHORT_TRANSFER",
            Error::MayNotTrace { .. } => "KNEM_MAY_NOT_TRACE",
            Error::NoRegion => "KNEM_NO_REGION",
            Error::Io { .. } => "KNEM_IO",
        }
    }
}

/// Permission bits and group of a file.
fn access(path: &Path) -> Option<(u32, u32)> {
    use std::os::unix::fs::MetadataExt;
    let metadata = std::fs::metadata(path).ok()?;
    Some((metadata.mode() & 0o7777, metadata.gid()))
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (what, why, remedy) = (self.what(), self.why(), self.remedy());
        if f.alternate() {
            write!(f, "{what}\n  why: {why}\n  what to do: {remedy}")
        } else {
            write!(f, "{what}: {why}; {remedy}")
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Error::Io { source, .. } => Some(source),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::DEVICE_PATH;

    fn errno(number: i32) -> io::Error {
        io::Error::from_raw_os_error(number)
    }

    #[test]
    fn a_missing_device_says_how_to_load_the_module() {
        let error = Error::open(Path::new("/nowhere/knem"), errno(libc::ENOENT));
        assert_eq!(error.code(), "KNEM_NO_DEVICE");
        let unloaded = Error::NoDevice {
            path: DEVICE_PATH.into(),
            loaded: false,
        };
        assert_eq!(
            format!("{unloaded:#}"),
            "cannot open /dev/knem\n  why: the knem module is not loaded\n  \
             what to do: load it as root: modprobe knem; if it is not found, install it for this kernel"
        );
    }

    #[test]
    fn a_closed_device_says_its_mode_and_the_way_in() {
        let group = |access| Error::PermissionDenied {
            path: DEVICE_PATH.into(),
            access: Some(access),
        };
        let text = group((0o660, 4_000_000_001)).to_string();
        assert!(text.contains("mode is 0660"), "{text}");
        assert!(text.contains("usermod -aG 4000000001"), "{text}");
        let text = group((0o600, 0)).to_string();
        assert!(text.contains("GROUP=\"rdma\""), "{text}");
    }

    #[test]
    fn errnos_of_a_copy_are_told_apart() {
        let regions = [Cookie::new(7).unwrap(), Cookie::new(8).unwrap()];
        let code = |number| Error::copy("copy", &regions, errno(number)).code();
        assert_eq!(code(libc::EINVAL), "KNEM_UNKNOWN_COOKIE");
        assert_eq!(code(libc::EPERM), "KNEM_NOT_OWNER");
        assert_eq!(code(libc::EACCES), "KNEM_PROTECTION_REFUSED");
        assert_eq!(code(libc::EFAULT), "KNEM_BAD_ADDRESS");
        assert_eq!(code(libc::ENOMEM), "KNEM_NO_MEMORY");
        assert_eq!(code(libc::ENOSYS), "KNEM_IO");
        let text = Error::copy("copy", &regions, errno(libc::EPERM)).what();
        assert_eq!(
            text,
            "may not use region 0x0000000000000007 or 0x0000000000000008"
        );
    }

    #[test]
    fn the_short_form_is_one_line() {
        let error = Error::AbiMismatch {
            driver: 0xc,
            ours: knem_abi::ABI_VERSION,
        };
        let text = error.to_string();
        assert!(!text.contains('\n'));
        assert!(text.contains("0xc") && text.contains("0xd"), "{text}");
    }
}
