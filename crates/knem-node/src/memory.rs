// SPDX-License-Identifier: BSD-3-Clause

use knem::Segment;
use napi::bindgen_prelude::Uint8Array;

/// Memory of JavaScript, kept alive.
pub struct Memory(Vec<Uint8Array>);

impl Memory {
    /// Holds the arrays.
    pub fn new(arrays: Vec<Uint8Array>) -> Self {
        Self(arrays)
    }

    /// Where the arrays are. They stay there for as long as this object lives, unless JavaScript
    /// detaches one, and then only what it shows changes: the module checks every address.
    pub fn segments(&self) -> Vec<Segment> {
        let arrays = self.0.iter();
        arrays
            .map(|array| Segment::new(array.as_ptr(), array.len()))
            .collect()
    }
}
