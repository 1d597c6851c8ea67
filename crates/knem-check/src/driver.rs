// SPDX-License-Identifier: BSD-3-Clause

//! The driver of the DMA engines, loaded and unloaded as root.

use std::env;
use std::ffi::CString;
use std::fs::File;
use std::path::PathBuf;

use crate::errno::Errno;
use crate::module;

/// Names the file of the driver's module, which is called as the module is.
pub const VARIABLE: &str = "KNEM_DMA_DRIVER";

/// The file, if the environment names one.
pub fn file() -> Option<PathBuf> {
    env::var_os(VARIABLE).map(PathBuf::from)
}

/// Loads the driver with parameters.
///
/// # Errors
/// What the kernel answers.
///
/// # Panics
/// Where the environment names no module, or none that can be read.
pub fn load(parameters: &str) -> Result<(), Errno> {
    let file = File::open(named()).expect("the module can be read");
    module::insert(&file, parameters)
}

/// Unloads the driver, if nobody uses it.
///
/// # Errors
/// EAGAIN if it is in use, ENOENT if it is not loaded.
///
/// # Panics
/// Where the environment names no module.
pub fn unload() -> Result<(), Errno> {
    let file = named();
    let stem = file.file_stem().expect("a module's file has a name");
    let name = CString::new(stem.as_encoded_bytes()).expect("names hold no zero");
    module::remove(&name)
}

fn named() -> PathBuf {
    file().expect("the environment names the driver's module")
}
