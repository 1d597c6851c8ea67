// SPDX-License-Identifier: BSD-3-Clause

use napi::{Env, Error, JsError, Status};

/// An error whose `code`, in JavaScript, is one of KNEM's.
pub type Failure = Error<&'static str>;

/// The result of everything that JavaScript calls.
pub type Result<T> = std::result::Result<T, Failure>;

/// What JavaScript sees of an error: three lines that say what happened, why, and what to do.
pub fn failure(error: knem::Error) -> Failure {
    Error::new(error.code(), format!("{error:#}"))
}

/// The same for a promise to be rejected with, which takes no code of ours unless the error was
/// made a JavaScript object before.
pub fn rejection(env: Env, error: knem::Error) -> Error {
    JsError::from(failure(error)).into_unknown(env).into()
}

/// An argument that cannot be used.
pub fn bad_argument(what: &str, why: &str, remedy: &str) -> Failure {
    misuse("KNEM_BAD_ARGUMENT", what, why, remedy)
}

/// Use of what was closed, or of what can be used once.
pub fn closed(what: &str) -> Failure {
    misuse(
        "KNEM_CLOSED",
        what,
        "it was closed before",
        "open another one",
    )
}

/// What Node itself refuses, though it should not.
pub fn internal(what: &str, status: i32) -> Failure {
    let why = format!("Node says {}", Status::from(status));
    misuse(
        "KNEM_NODE",
        what,
        &why,
        "report this, with the version of Node",
    )
}

/// A use of the binding that cannot work, by its code.
pub fn misuse(code: &'static str, what: &str, why: &str, remedy: &str) -> Failure {
    let text = format!("{what}\n  why: {why}\n  what to do: {remedy}");
    Error::new(code, text)
}
