// SPDX-License-Identifier: BSD-3-Clause

//! Loading and unloading the module, as root.

use std::env;
use std::ffi::{CStr, CString};
use std::fs::{self, File, Permissions};
use std::os::fd::AsRawFd;
use std::os::unix::fs::PermissionsExt;

use knem_abi::{DEVICE_NAME, DEVICE_PATH};

use crate::errno::{check, Errno};

/// Names the file of the module under test.
pub const VARIABLE: &str = "KNEM_MODULE";

/// The module under test.
pub struct Module(File);

impl Module {
    /// The module that the environment names; none if it names none.
    ///
    /// # Panics
    /// If the file that is named cannot be opened.
    pub fn named() -> Option<Module> {
        let path = env::var_os(VARIABLE)?;
        Some(Module(File::open(path).expect("the module can be read")))
    }

    /// Loads the module and lets every user open the device.
    ///
    /// # Errors
    /// The kernel's: EINVAL for parameters that contradict each other, ENOENT for one that does not
    /// exist, EEXIST if the module is loaded.
    pub fn load(&self, parameters: &str) -> Result<(), Errno> {
        insert(&self.0, parameters)?;
        fs::set_permissions(DEVICE_PATH, Permissions::from_mode(0o666)).map_err(|_| Errno::last())
    }
}

/// Unloads the module, if nobody uses it.
///
/// # Errors
/// EAGAIN if it is in use, ENOENT if it is not loaded.
pub fn unload() -> Result<(), Errno> {
    remove(DEVICE_NAME)
}

/// Loads a module, whichever.
///
/// # Errors
/// What the kernel answers.
///
/// # Panics
/// Where the parameters hold a zero.
pub fn insert(file: &File, parameters: &str) -> Result<(), Errno> {
    let parameters = CString::new(parameters).expect("parameters hold no zero");
    // SAFETY: the descriptor is open and the string ends with a zero; the call keeps neither.
    let answer = unsafe {
        libc::syscall(
            libc::SYS_finit_module,
            file.as_raw_fd(),
            parameters.as_ptr(),
            0,
        )
    };
    check(answer as isize).map(drop)
}

/// Unloads a module, if nobody uses it.
///
/// # Errors
/// EAGAIN if it is in use, ENOENT if it is not loaded.
pub fn remove(name: &CStr) -> Result<(), Errno> {
    // SAFETY: the string ends with a zero; the call does not keep it.
    let answer = unsafe { libc::syscall(libc::SYS_delete_module, name.as_ptr(), libc::O_NONBLOCK) };
    check(answer as isize).map(drop)
}

/// What sysfs shows of a parameter, without the line's end.
pub fn parameter(name: &str) -> String {
    let path = format!("/sys/module/knem/parameters/{name}");
    fs::read_to_string(path).map_or_else(
        |error| error.to_string(),
        |text| text.trim_end().to_string(),
    )
}

/// A parameter that is set for a while; it is put back as it was.
pub struct Setting {
    name: &'static str,
    before: String,
}

impl Setting {
    /// Sets a parameter of the module that is loaded.
    ///
    /// # Panics
    /// If the parameter cannot be written, or does not show what was written.
    pub fn new(name: &'static str, value: &str) -> Setting {
        let before = parameter(name);
        write(name, value).unwrap_or_else(|error| panic!("{name}={value}: {error}"));
        assert_eq!(parameter(name), value, "{name} shows what was written");
        Setting { name, before }
    }
}

impl Drop for Setting {
    fn drop(&mut self) {
        // If the module is gone, so is the setting.
        let _ = write(self.name, &self.before);
    }
}

/// Writes a parameter.
fn write(name: &str, value: &str) -> std::io::Result<()> {
    fs::write(format!("/sys/module/knem/parameters/{name}"), value)
}
