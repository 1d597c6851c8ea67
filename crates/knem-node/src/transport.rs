// SPDX-License-Identifier: BSD-3-Clause

use std::sync::Arc;

use knem::{Fallback, Promised, Segment};
use napi::bindgen_prelude::{AsyncTask, BigInt};
use napi_derive::napi;

use crate::copy_task::CopyTask;
use crate::failure::{failure, Result};
use crate::memory::{Held, Views};
use crate::number::{bytes, unsigned};
use crate::region::{Region, RegionRequest};
use crate::remote::Remote;
use crate::turn::Cancellation;

/// Why it is not the module.
#[napi(object)]
pub struct Reason {
    /// A name for programs.
    pub code: String,
    /// What happened.
    pub what: String,
    /// Why it happened.
    pub why: String,
    /// What to do about it.
    pub remedy: String,
}

/// The module, or cross-memory attach where that is asked for and the module can't be used.
#[napi]
pub struct Transport(Arc<knem::Transport>);

#[napi]
impl Transport {
    /// Opens the device; `fallback` allows to copy by address where it is missing or closed.
    #[napi(constructor)]
    pub fn new(fallback: bool) -> Result<Self> {
        let fallback = match fallback {
            true => Fallback::CrossMemoryAttach,
            false => Fallback::None,
        };
        let transport = knem::Transport::open(fallback).map_err(failure)?;
        Ok(Self(Arc::new(transport)))
    }

    /// Why it is not the module; null if it is.
    #[napi(getter)]
    pub fn reason(&self) -> Option<Reason> {
        match &*self.0 {
            knem::Transport::Knem(_) => None,
            knem::Transport::CrossMemoryAttach { reason } => Some(Reason {
                code: reason.code().into(),
                what: reason.what(),
                why: reason.why(),
                remedy: reason.remedy(),
            }),
        }
    }

    /// Declares memory in SharedArrayBuffers as a region; null where there is no module.
    #[napi(ts_args_type = "memory: Array<Uint8Array>, request: RegionRequest")]
    pub fn create_region(&self, memory: Views, request: RegionRequest) -> Result<Option<Region>> {
        let held = memory.hold()?;
        match &*self.0 {
            knem::Transport::Knem(device) => Region::new(device, held, &request).map(Some),
            knem::Transport::CrossMemoryAttach { .. } => Ok(None),
        }
    }

    /// Copies from a peer's memory, `offset` bytes in. Tells how many bytes that was.
    #[napi(ts_args_type = "from: Remote, offset: bigint, to: Array<Uint8Array>")]
    pub fn read(&self, from: Remote, offset: BigInt, to: Views) -> Result<f64> {
        let (from, offset, to) = (
            from.resolve()?,
            unsigned(&offset, "offset")?,
            to.segments()?,
        );
        // SAFETY: JavaScript's code does not run until this returns, so its memory stays.
        let copied = unsafe { read(&self.0, &from, offset, &to) };
        copied.map(bytes).map_err(failure)
    }

    /// Copies to a peer's memory, `offset` bytes in. Tells how many bytes that was.
    #[napi(ts_args_type = "to: Remote, offset: bigint, from: Array<Uint8Array>")]
    pub fn write(&self, to: Remote, offset: BigInt, from: Views) -> Result<f64> {
        let (to, offset, from) = (
            to.resolve()?,
            unsigned(&offset, "offset")?,
            from.segments()?,
        );
        // SAFETY: As above.
        let copied = unsafe { write(&self.0, &to, offset, &from) };
        copied.map(bytes).map_err(failure)
    }

    /// As `read`, on a thread of Node's pool, to memory in SharedArrayBuffers.
    #[napi(
        ts_args_type = "from: Remote, offset: bigint, to: Array<Uint8Array>, cancellation: Cancellation",
        ts_return_type = "Promise<number | null>"
    )]
    pub fn read_async(
        &self,
        from: Remote,
        offset: BigInt,
        to: Views,
        cancellation: &Cancellation,
    ) -> Result<AsyncTask<CopyTask>> {
        self.start(read, from, offset, to.hold()?, cancellation)
    }

    /// As `write`, on a thread of Node's pool, from memory in SharedArrayBuffers.
    #[napi(
        ts_args_type = "to: Remote, offset: bigint, from: Array<Uint8Array>, cancellation: Cancellation",
        ts_return_type = "Promise<number | null>"
    )]
    pub fn write_async(
        &self,
        to: Remote,
        offset: BigInt,
        from: Views,
        cancellation: &Cancellation,
    ) -> Result<AsyncTask<CopyTask>> {
        self.start(write, to, offset, from.hold()?, cancellation)
    }

    fn start(
        &self,
        copy: Way,
        remote: Remote,
        offset: BigInt,
        held: Held,
        cancellation: &Cancellation,
    ) -> Result<AsyncTask<CopyTask>> {
        let (transport, remote) = (self.0.clone(), remote.resolve()?);
        let (offset, local) = (unsigned(&offset, "offset")?, held.segments().to_vec());
        let run = move || {
            // SAFETY: The memory is held until the task is dropped, which is after this.
            unsafe { copy(&transport, &remote, offset, &local) }.map(Some)
        };
        let task = CopyTask::new(Some(held), cancellation.turn(), run);
        Ok(AsyncTask::new(task))
    }
}

/// A direction.
type Way = unsafe fn(&knem::Transport, &knem::Remote, u64, &[Segment]) -> knem::Result<u64>;

/// # Safety
/// The segments are there, and JavaScript's to change, until this returns.
unsafe fn read(
    transport: &knem::Transport,
    from: &knem::Remote,
    offset: u64,
    to: &[Segment],
) -> knem::Result<u64> {
    // SAFETY: As promised by the caller; no reference to the memory exists in Rust.
    let to = unsafe { Promised::new(to) };
    transport.read(from, offset, to)
}

/// # Safety
/// The segments are there until this returns.
unsafe fn write(
    transport: &knem::Transport,
    to: &knem::Remote,
    offset: u64,
    from: &[Segment],
) -> knem::Result<u64> {
    // SAFETY: As promised by the caller.
    let from = unsafe { Promised::new(from) };
    transport.write(to, offset, from)
}
