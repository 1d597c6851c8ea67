// SPDX-License-Identifier: BSD-3-Clause

use std::ptr;

use knem::Segment;
use napi::bindgen_prelude::{FromNapiValue, TypeName, ValidateNapiValue};
use napi::{check_status, sys, Error, Status, ValueType};

use super::Held;
use crate::failure::{misuse, Result};

/// Pieces of memory in turn, as the arguments of a call name them: an array of `Uint8Array`.
///
/// # Invariants
/// It lives no longer than the call, so that its values are those of the call's handle scope.
pub struct Views {
    env: sys::napi_env,
    views: Vec<View>,
}

/// One `Uint8Array`.
pub(super) struct View {
    /// Where it is now.
    pub(super) segment: Segment,
    /// The buffer that it is a view of.
    pub(super) buffer: sys::napi_value,
    kind: Kind,
}

/// What JavaScript can do with a buffer.
#[derive(PartialEq)]
enum Kind {
    /// A `SharedArrayBuffer`: nothing.
    Shared,
    /// An `ArrayBuffer`: give it away, and some of them shrink.
    Movable,
    /// An `ArrayBuffer` that was given away.
    Detached,
}

impl Views {
    /// Where the pieces are, for as long as the call lasts.
    ///
    /// # Errors
    /// `KNEM_DETACHED_MEMORY`.
    pub fn segments(&self) -> Result<Vec<Segment>> {
        if self.views.iter().any(|view| view.kind == Kind::Detached) {
            return Err(detached());
        }
        Ok(self.views.iter().map(|view| view.segment).collect())
    }

    /// Keeps the pieces, for longer than the call.
    ///
    /// # Errors
    /// `KNEM_MOVABLE_MEMORY`, `KNEM_DETACHED_MEMORY`.
    pub fn hold(&self) -> Result<Held> {
        let segments = self.segments()?;
        if self.views.iter().any(|view| view.kind != Kind::Shared) {
            return Err(movable());
        }
        Held::new(self.env, &self.views, segments)
    }
}

impl TypeName for Views {
    fn type_name() -> &'static str {
        "Array<Uint8Array>"
    }

    fn value_type() -> ValueType {
        ValueType::Object
    }
}

impl ValidateNapiValue for Views {}

impl FromNapiValue for Views {
    unsafe fn from_napi_value(env: sys::napi_env, array: sys::napi_value) -> napi::Result<Self> {
        let mut length = 0;
        // SAFETY: Both are of the call that is being served; what is no array is refused.
        check_status!(unsafe { sys::napi_get_array_length(env, array, &mut length) })?;
        let views = (0..length).map(|index| {
            let mut value = ptr::null_mut();
            // SAFETY: As above.
            check_status!(unsafe { sys::napi_get_element(env, array, index, &mut value) })?;
            // SAFETY: As above.
            unsafe { view(env, value) }
        });
        let views = views.collect::<napi::Result<_>>()?;
        Ok(Self { env, views })
    }
}

/// # Safety
/// Both arguments are of the call that is being served.
unsafe fn view(env: sys::napi_env, value: sys::napi_value) -> napi::Result<View> {
    let (mut kind, mut length, mut offset) = (0, 0, 0);
    let (mut data, mut buffer) = (ptr::null_mut(), ptr::null_mut());
    // SAFETY: As promised; what is no typed array is refused.
    check_status!(unsafe {
        sys::napi_get_typedarray_info(
            env,
            value,
            &mut kind,
            &mut length,
            &mut data,
            &mut buffer,
            &mut offset,
        )
    })?;
    if kind != sys::TypedarrayType::uint8_array {
        let why = "memory is named by Uint8Arrays".to_owned();
        return Err(Error::new(Status::InvalidArg, why));
    }
    let (mut plain, mut detached) = (false, false);
    // SAFETY: As promised, of the buffer as well.
    check_status!(unsafe { sys::napi_is_arraybuffer(env, buffer, &mut plain) })?;
    // SAFETY: As above; the answer is no for whatever cannot be detached.
    check_status!(unsafe { sys::napi_is_detached_arraybuffer(env, buffer, &mut detached) })?;
    let kind = match (plain, detached) {
        (false, _) => Kind::Shared,
        (true, false) => Kind::Movable,
        (true, true) => Kind::Detached,
    };
    let segment = Segment::new(data.cast(), length);
    Ok(View {
        segment,
        buffer,
        kind,
    })
}

fn detached() -> crate::failure::Failure {
    misuse(
        "KNEM_DETACHED_MEMORY",
        "cannot use this memory",
        "its ArrayBuffer was transferred, so it has none any more",
        "use the memory where it was transferred to, or do not transfer it",
    )
}

fn movable() -> crate::failure::Failure {
    misuse(
        "KNEM_MOVABLE_MEMORY",
        "cannot use this memory for longer than a call",
        "it is in an ArrayBuffer, which can be transferred and freed while others use it",
        "take memory from allocate(), or in a SharedArrayBuffer; readSync and writeSync take any",
    )
}
