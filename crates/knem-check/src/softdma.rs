// SPDX-License-Identifier: BSD-3-Clause

//! The DMA engine made of software, whose parameters make it slow, narrow or faulty.

use std::{fs, io};

use crate::driver;

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

/// Loads the engine anew, with other parameters; after that it is loaded as ever.
///
/// # Panics
/// Where it is in use.
pub fn with_engine<T>(parameters: &str, act: impl FnOnce() -> T) -> T {
    driver::unload().expect("nobody uses the engine");
    driver::load(parameters).expect("the engine can be loaded");
    let value = act();
    driver::unload().expect("nobody uses the engine any more");
    driver::load("").expect("the engine can be loaded");
    value
}

fn path(name: &str) -> String {
    format!("/sys/module/memcpydma/parameters/{name}")
}

/// Why a program cannot run here, if it cannot.
pub fn missing() -> Option<io::Error> {
    fs::metadata(path("delay")).err()
}
