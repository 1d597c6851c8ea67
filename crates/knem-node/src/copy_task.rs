// SPDX-License-Identifier: BSD-3-Clause

use napi::{Env, Task};

use crate::failure::rejection;
use crate::memory::Held;
use crate::number::bytes;
use crate::turn::Turn;

/// A copy on a thread of Node's pool, unless it is called off before.
pub struct CopyTask {
    copy: Box<dyn FnMut() -> knem::Result<Option<u64>> + Send>,
    /// Let go on the thread that made it, when the copy is over.
    _held: Option<Held>,
    turn: Turn,
}

impl CopyTask {
    /// `copy` uses no memory of JavaScript but what is `held`; it tells how many bytes it copied,
    /// if that is known.
    pub fn new(
        held: Option<Held>,
        turn: Turn,
        copy: impl FnMut() -> knem::Result<Option<u64>> + Send + 'static,
    ) -> Self {
        Self {
            copy: Box::new(copy),
            _held: held,
            turn,
        }
    }
}

impl Task for CopyTask {
    // The error is in the output, because only the main thread can make it one of JavaScript's.
    type Output = knem::Result<Option<u64>>;
    type JsValue = Option<f64>;

    fn compute(&mut self) -> napi::Result<Self::Output> {
        if !self.turn.begin() {
            return Ok(Ok(None));
        }
        Ok((self.copy)())
    }

    fn resolve(&mut self, env: Env, output: Self::Output) -> napi::Result<Option<f64>> {
        let copied = output.map_err(|error| rejection(env, error))?;
        Ok(copied.map(bytes))
    }
}
