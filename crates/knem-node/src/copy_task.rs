// SPDX-License-Identifier: BSD-3-Clause

use knem::{CopyFlags, Device};
use napi::{Env, Task};

use crate::copy::Copy;
use crate::failure::rejection;

/// A copy on a thread of Node's pool. It holds the device open and the memory alive.
pub struct CopyTask {
    pub(crate) copy: Copy,
    pub(crate) device: Device,
    pub(crate) flags: CopyFlags,
}

impl Task for CopyTask {
    // The error is the output, because only the main thread can make it one of JavaScript's.
    type Output = knem::Result<()>;
    type JsValue = ();

    fn compute(&mut self) -> napi::Result<Self::Output> {
        Ok(self.copy.run(&self.device, self.flags))
    }

    fn resolve(&mut self, env: Env, output: Self::Output) -> napi::Result<()> {
        output.map_err(|error| rejection(env, error))
    }
}
