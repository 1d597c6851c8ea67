// SPDX-License-Identifier: BSD-3-Clause

//! The DMA engine made of software, whose parameters make it slow, narrow or faulty.

use std::ffi::{CStr, CString};
use std::fs::{self, File};
use std::os::fd::AsRawFd;
use std::{env, io};

use crate::errno::{check, Errno};

/// Names the file of its module.
pub const VARIABLE: &str = "KNEM_SOFTWARE_DMA";

const NAME: &CStr = c"memcpydma";

/// A parameter of the engine.
///
/// # Panics
/// Where the engine is not loaded.
pub fn get(name: &str) -> u64 {
    let text = fs::read_to_string(path(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
    text.trim()
        .parse()
        .unwrap_or_else(|_| panic!("{name} is '{text}'"))
}

/// Changes a parameter.
///
/// # Panics
/// Where the engine is not loaded, or does not want the value.
pub fn set(name: &str, value: u64) {
    fs::write(path(name), value.to_string()).unwrap_or_else(|error| panic!("{name}: {error}"));
}

/// A parameter that is changed for a while; it is put back as it was.
pub struct Knob(&'static str, u64);

impl Knob {
    /// Changes a parameter.
    ///
    /// # Panics
    /// As [`set`].
    pub fn new(name: &'static str, value: u64) -> Knob {
        let before = get(name);
        set(name, value);
        Knob(name, before)
    }
}

impl Drop for Knob {
    fn drop(&mut self) {
        set(self.0, self.1);
    }
}

/// How much a counter of the engine grew while `act` ran.
pub fn grown<T>(name: &str, act: impl FnOnce() -> T) -> (T, u64) {
    let before = get(name);
    let value = act();
    (value, get(name) - before)
}

/// Whether the engine is loaded.
pub fn is_loaded() -> bool {
    fs::exists(path("delay")).unwrap_or(false)
}

/// Loads the engine with parameters.
///
/// # Errors
/// What the kernel answers.
///
/// # Panics
/// Where the environment names no module.
pub fn load(parameters: &str) -> Result<(), Errno> {
    let file = env::var_os(VARIABLE).expect("the environment names the engine's module");
    let file = File::open(file).expect("the module can be read");
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

/// Unloads the engine, if nobody uses it.
///
/// # Errors
/// EAGAIN if it is in use, ENOENT if it is not loaded.
pub fn unload() -> Result<(), Errno> {
    // SAFETY: the string ends with a zero; the call does not keep it.
    let answer = unsafe { libc::syscall(libc::SYS_delete_module, NAME.as_ptr(), libc::O_NONBLOCK) };
    check(answer as isize).map(drop)
}

/// Loads the engine anew, with other parameters; after that it is loaded as ever.
///
/// # Panics
/// Where it is in use.
pub fn with_engine<T>(parameters: &str, act: impl FnOnce() -> T) -> T {
    unload().expect("nobody uses the engine");
    load(parameters).expect("the engine can be loaded");
    let value = act();
    unload().expect("nobody uses the engine any more");
    load("").expect("the engine can be loaded");
    value
}

fn path(name: &str) -> String {
    format!("/sys/module/memcpydma/parameters/{name}")
}

/// Why a program cannot run here, if it cannot.
pub fn missing() -> Option<io::Error> {
    fs::metadata(path("delay")).err()
}
