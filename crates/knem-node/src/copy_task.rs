// SPDX-License-Identifier: BSD-3-Clause

use knem::{CopyFlags, Device};
use napi::{Env, Task};

use crate::copy::Copy;
use crate::failure::rejection;
use crate::memory::Held;
use crate::number::bytes;
use crate::turn::Turn;

/// A copy on a thread of Node's pool, unless it is called off before. It holds the device open.
///
/// # Invariants
/// The memory of the copy is that of `held`.
pub struct CopyTask {
    pub(crate) copy: Copy,
    pub(crate) held: Option<Held>,
    pub(crate) device: Device,
    pub(crate) flags: CopyFlags,
    pub(crate) turn: Turn,
}

impl Task for CopyTask {
    // The error is in the output, because only the main thread can make it one of JavaScript's.
    type Output = knem::Result<Option<u64>>;
    type JsValue = Option<f64>;

    fn compute(&mut self) -> napi::Result<Self::Output> {
        if !self.turn.begin() {
            return Ok(Ok(None));
        }
        debug_assert!(self.held.is_some() || matches!(self.copy, Copy::Between(..)));
        // SAFETY: By the invariants; what is held stays until this task is dropped.
        Ok(unsafe { self.copy.run(&self.device, self.flags) })
    }

    fn resolve(&mut self, env: Env, output: Self::Output) -> napi::Result<Option<f64>> {
        let copied = output.map_err(|error| rejection(env, error))?;
        Ok(copied.map(bytes))
    }
}
