// SPDX-License-Identifier: BSD-3-Clause

use std::ptr;

use knem::Segment;
use napi::sys;

use super::views::View;
use crate::failure::{internal, Result};

/// Memory of JavaScript that stays where it is for as long as this lives.
///
/// # Invariants
/// Every piece is in a `SharedArrayBuffer` to which there is a reference. Such a buffer neither
/// moves nor shrinks nor ends while it is referred to, whatever JavaScript does.
///
/// It may be looked at on any thread, but is made and dropped on the thread of its environment:
/// Node completes what runs on its pool there, and finalizes objects there.
pub struct Held {
    env: sys::napi_env,
    references: Vec<sys::napi_ref>,
    segments: Vec<Segment>,
}

// SAFETY: Other threads only look at the segments, which are numbers; by the invariants they
// neither make nor drop one.
unsafe impl Send for Held {}

impl Held {
    pub(super) fn new(env: sys::napi_env, views: &[View], segments: Vec<Segment>) -> Result<Self> {
        let references = Vec::new();
        let mut held = Self {
            env,
            references,
            segments,
        };
        let mut last: sys::napi_value = ptr::null_mut();
        for View { buffer, .. } in views {
            // Many pieces of one buffer, which is the usual thing, need one reference.
            if !last.is_null() && same(env, last, *buffer) {
                continue;
            }
            held.refer(*buffer)?;
            last = *buffer;
        }
        Ok(held)
    }

    /// Where the pieces are.
    pub fn segments(&self) -> &[Segment] {
        &self.segments
    }

    fn refer(&mut self, buffer: sys::napi_value) -> Result<()> {
        let mut reference = ptr::null_mut();
        // SAFETY: The buffer is a value of the call that is being served, on its thread.
        let status = unsafe { sys::napi_create_reference(self.env, buffer, 1, &mut reference) };
        if status != sys::Status::napi_ok {
            return Err(internal("cannot keep this memory", status));
        }
        self.references.push(reference);
        Ok(())
    }
}

fn same(env: sys::napi_env, one: sys::napi_value, other: sys::napi_value) -> bool {
    let mut same = false;
    // SAFETY: Both are values of the call that is being served.
    let status = unsafe { sys::napi_strict_equals(env, one, other, &mut same) };
    status == sys::Status::napi_ok && same
}

impl Drop for Held {
    fn drop(&mut self) {
        for &reference in &self.references {
            // SAFETY: Each reference was made once, for this environment, whose thread this is; a
            // finalizer may delete references even while the environment ends.
            unsafe { sys::napi_delete_reference(self.env, reference) };
        }
    }
}
