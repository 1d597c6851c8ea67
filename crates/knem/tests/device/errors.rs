// SPDX-License-Identifier: BSD-3-Clause

use std::path::Path;

use knem::{Cookie, CopyFlags, Error, Protection, Statistics};

use crate::{device, region};

#[test]
fn what_the_module_refuses_is_told_apart() {
    let device = device();
    let none = CopyFlags::NONE;
    let unknown = Cookie::new(1).unwrap();
    let error = device.read(unknown, 0, &mut [0; 1], none).unwrap_err();
    assert!(matches!(error, Error::UnknownCookie { .. }), "{error}");
    let closed = region(&device, b"closed", Protection::None);
    let error = device
        .read(closed.cookie(), 0, &mut [0; 1], none)
        .unwrap_err();
    assert!(matches!(error, Error::ProtectionRefused { .. }), "{error}");
    let error = device.destroy(unknown).unwrap_err();
    assert!(matches!(error, Error::UnknownCookie { .. }), "{error}");
}

#[test]
fn info_and_statistics_are_there() {
    let info = device().info().unwrap();
    assert_eq!(info.abi, knem::ABI_VERSION);
    assert!(knem::feature_names(info.features).contains(&"COUNTED".to_string()));
    Statistics::read(Path::new(knem::DEVICE_PATH)).unwrap();
}
