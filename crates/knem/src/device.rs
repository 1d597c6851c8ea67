// SPDX-License-Identifier: BSD-3-Clause

use std::fs::{File, OpenOptions};
use std::os::fd::{AsFd, BorrowedFd};
use std::path::Path;
use std::sync::Arc;

use knem_abi::{feature, request, ABI_VERSION, DEVICE_PATH};

use crate::{call, Error, Info, Result};

/// An open `/dev/knem`: a context of the module (contract §5).
///
/// Clones share the context; it closes, and its regions end, when the last clone and the last
/// [`Region`](crate::Region) are dropped. The descriptor is closed on `exec`.
#[derive(Clone, Debug)]
pub struct Device(Arc<Context>);

#[derive(Debug)]
struct Context {
    file: File,
    features: u32,
}

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
        let file = file.map_err(|error| Error::open(path, error))?;
        let info = match info(file.as_fd()) {
            Ok(info) => info,
            Err(Error::Io { source, .. }) if source.raw_os_error() == Some(libc::ENOTTY) => {
                let path = path.to_owned();
                return Err(Error::NotKnem { path });
            }
            Err(error) => return Err(error),
        };
        if info.abi != ABI_VERSION {
            return Err(Error::AbiMismatch {
                driver: info.abi,
                ours: ABI_VERSION,
            });
        }
        Ok(Self(Arc::new(Context {
            file,
            features: info.features,
        })))
    }

    /// Version of the contract, features, and the flags that the module forces and ignores.
    ///
    /// # Errors
    /// [`Error::Io`] where the descriptor is not the module's.
    pub fn info(&self) -> Result<Info> {
        info(self.as_fd())
    }

    /// Whether copies of this device can be given to a DMA engine. The module takes a request for
    /// one that is not there for a mistake (contract §7.3).
    pub(crate) fn has_dma(&self) -> bool {
        self.0.features & feature::DMA != 0
    }

    /// # Errors
    /// [`Error::Unsupported`] where the module lacks one of the features `bits`.
    pub(crate) fn require(&self, bits: u32) -> Result<()> {
        match bits & !self.0.features {
            0 => Ok(()),
            missing => Err(Error::Unsupported { missing }),
        }
    }
}

impl AsFd for Device {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.file.as_fd()
    }
}

fn info(device: BorrowedFd<'_>) -> Result<Info> {
    let mut info = Info::default();
    // SAFETY: The request fills the structure and holds no address.
    unsafe { call::issue(device, request::GET_INFO, &mut info) }
        .map_err(|error| Error::io("ask the module what it is", error))?;
    Ok(info)
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
    #[cfg_attr(miri, ignore = "asks the kernel")]
    fn another_device_is_told() {
        let error = Device::open_at(Path::new("/dev/null")).unwrap_err();
        assert!(matches!(error, Error::NotKnem { .. }), "{error}");
        let error = Device::open_at(Path::new("/")).unwrap_err();
        assert!(matches!(error, Error::NotKnem { .. }), "{error}");
    }
}
