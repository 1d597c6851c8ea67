// SPDX-License-Identifier: BSD-3-Clause

use std::fmt;
use std::num::NonZeroU64;

/// The name of a region, valid on the whole machine for as long as the region lives.
///
/// It travels to other processes as a `u64`. It is never 0 (contract §6.2), so an `Option<Cookie>`
/// takes no more room than a cookie.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Cookie(NonZeroU64);

impl Cookie {
    /// The cookie that another process sent, or `None` for 0, which names no region.
    pub const fn new(value: u64) -> Option<Self> {
        match NonZeroU64::new(value) {
            Some(value) => Some(Self(value)),
            None => None,
        }
    }

    /// The number to send to another process.
    pub const fn get(self) -> u64 {
        self.0.get()
    }
}

impl From<Cookie> for u64 {
    fn from(cookie: Cookie) -> Self {
        cookie.get()
    }
}

impl fmt::Display for Cookie {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:#018x}", self.get())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zero_names_no_region() {
        assert_eq!(Cookie::new(0), None);
        assert_eq!(size_of::<Option<Cookie>>(), size_of::<knem_abi::Cookie>());
    }

    #[test]
    fn travels_as_a_number() {
        let cookie = Cookie::new(0x0123_4567_89ab_cdef).unwrap();
        assert_eq!(Cookie::new(u64::from(cookie)), Some(cookie));
        assert_eq!(cookie.to_string(), "0x0123456789abcdef");
    }
}
