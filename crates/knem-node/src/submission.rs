// SPDX-License-Identifier: BSD-3-Clause

use knem::{Engine, Error, Pending, Queue};
use napi::bindgen_prelude::AsyncTask;
use napi::{Env, Task};
use napi_derive::napi;

use crate::copy::Copy;
use crate::failure::{closed, failure, rejection, Result};
use crate::memory::Held;
use crate::number::bytes;

/// A copy that the module has. It goes on by itself; copies of one device end in their order.
#[napi]
pub struct Submission(Option<Wait>);

#[napi]
impl Submission {
    /// Gives a copy of what is held to the module.
    pub(crate) fn new(
        queue: &Queue,
        copy: &Copy,
        engine: Engine,
        held: Option<Held>,
    ) -> Result<Self> {
        let pending = match copy {
            Copy::Read((from, offset), to) => {
                // SAFETY: What is held is let go when the copy is over, see `Wait`.
                unsafe { queue.read_segments(*from, *offset, to, engine, ()) }
            }
            Copy::Write((to, offset), from) => {
                // SAFETY: As above.
                unsafe { queue.write_segments(*to, *offset, from, engine, ()) }
            }
            Copy::Between(from, to, length) => queue.copy(*from, *to, *length, engine),
        };
        let pending = Some(pending.map_err(failure)?);
        Ok(Self(Some(Wait { pending, held })))
    }

    /// Waits for the end, on a thread of Node's pool, and tells how many bytes were copied. Once.
    #[napi(ts_return_type = "Promise<number>")]
    pub fn wait(&mut self) -> Result<AsyncTask<Wait>> {
        let wait = self.0.take();
        let wait = wait.ok_or_else(|| closed("cannot wait for the copy again"))?;
        Ok(AsyncTask::new(wait))
    }
}

/// The end of a copy, and what must not be let go before.
pub struct Wait {
    pending: Option<Pending>,
    held: Option<Held>,
}

impl Wait {
    fn wait(&mut self) -> knem::Result<u64> {
        let end = self.pending.take().map_or(Ok(0), Pending::wait);
        if !matches!(end, Ok(_) | Err(Error::CopyFailed { .. })) {
            // Nobody knows whether it is over: what it may use is kept for good.
            std::mem::forget(self.held.take());
        }
        end
    }
}

impl Task for Wait {
    // The error is in the output, because only the main thread can make it one of JavaScript's.
    type Output = knem::Result<u64>;
    type JsValue = f64;

    fn compute(&mut self) -> napi::Result<Self::Output> {
        Ok(self.wait())
    }

    fn resolve(&mut self, env: Env, output: Self::Output) -> napi::Result<f64> {
        output.map(bytes).map_err(|error| rejection(env, error))
    }
}

impl Drop for Wait {
    fn drop(&mut self) {
        // Node may end a worker with copies for which nobody waits.
        let _ = self.wait();
    }
}
