// SPDX-License-Identifier: BSD-3-Clause

//! The version is the same everywhere it has to be written.

use knem_abi::VERSION;

#[test]
fn cargo_agrees() {
    assert_eq!(env!("CARGO_PKG_VERSION"), VERSION);
}

#[test]
fn dkms_agrees() {
    let line = format!("PACKAGE_VERSION=\"{VERSION}\"");
    assert!(include_str!("../../../dkms.conf")
        .lines()
        .any(|l| l == line));
}

#[test]
fn the_npm_package_agrees() {
    let line = format!("\"version\": \"{VERSION}\",");
    assert!(include_str!("../../../packages/knem/package.json")
        .lines()
        .any(|l| l.trim() == line));
}

#[test]
fn pkg_config_agrees() {
    let line = format!("Version: {VERSION}");
    assert!(include_str!("../../../include/knem.pc")
        .lines()
        .any(|l| l == line));
}
