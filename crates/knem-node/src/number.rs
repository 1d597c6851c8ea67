// SPDX-License-Identifier: BSD-3-Clause

use knem::Cookie;
use napi::bindgen_prelude::BigInt;

use crate::failure::{bad_argument, Result};

/// The region that a number of JavaScript names.
pub fn cookie(value: &BigInt) -> Result<Cookie> {
    let number = unsigned(value, "cookie")?;
    Cookie::new(number).ok_or_else(|| {
        bad_argument(
            "cannot use cookie 0",
            "it names no region",
            "pass on the cookie that the owner of the region got",
        )
    })
}

/// A number of JavaScript as the module's 64 bits without a sign.
pub fn unsigned(value: &BigInt, name: &str) -> Result<u64> {
    match value.get_u64() {
        (false, number, true) => Ok(number),
        _ => Err(bad_argument(
            &format!("cannot use this {name}"),
            "it is not a whole number from 0 to 2^64 - 1",
            "pass a bigint in that range",
        )),
    }
}

/// A number of bytes as JavaScript's number, which is exact: there is no memory of 2^53 bytes.
pub fn bytes(count: u64) -> f64 {
    count as f64
}
