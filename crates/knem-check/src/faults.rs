// SPDX-License-Identifier: BSD-3-Clause

//! Faults on demand (`/proc/thread-self/fail-nth`): the kernel lets the nth allocation or access to user
//! memory of one thread fail. Only kernels that are built to look for faults have it.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::FileExt;

use crate::errno::Errno;

/// What decides which failures there are, in debugfs. As they are, allocations that may wait never fail.
const SETTINGS: [(&str, &str); 7] = [
    ("failslab/ignore-gfp-wait", "N"),
    ("failslab/verbose", "0"),
    ("fail_page_alloc/ignore-gfp-wait", "N"),
    ("fail_page_alloc/ignore-gfp-highmem", "N"),
    ("fail_page_alloc/min-order", "0"),
    ("fail_page_alloc/verbose", "0"),
    ("fail_usercopy/verbose", "0"),
];

/// More points at which a call can fail than any has.
const MOST: u32 = 1000;

/// The faults of the thread that made it.
pub struct Faults {
    nth: File,
}

impl Faults {
    /// The faults of this thread; none where the kernel has no such thing.
    ///
    /// # Panics
    /// Where it has, but debugfs does not let it be set up.
    pub fn of_this_thread() -> Option<Faults> {
        let path = "/proc/thread-self/fail-nth";
        let nth = File::options().read(true).write(true).open(path).ok()?;
        for (name, value) in SETTINGS {
            let path = format!("/sys/kernel/debug/{name}");
            fs::write(&path, value).unwrap_or_else(|error| panic!("{path}: {error}"));
        }
        Some(Faults { nth })
    }

    /// Makes a call whose nth access fails; tells whether it made so many. Nothing but the call may enter
    /// the kernel meanwhile.
    fn at<T>(&self, nth: u32, call: impl FnOnce() -> T) -> (T, bool) {
        self.set(nth);
        let answer = call();
        (answer, self.disarm() == 0)
    }

    /// Makes a call again and again, one access of it failing, then the next, until none is left to fail.
    /// Before each, `prepare` makes what it takes; afterwards `judge` looks at both. Tells how many
    /// accesses failed.
    ///
    /// # Errors
    /// The first of `judge`, with the access that failed.
    pub fn sweep<P, T>(
        &self,
        mut prepare: impl FnMut() -> P,
        call: impl Fn(&P) -> Result<T, Errno>,
        mut judge: impl FnMut(P, Result<T, Errno>) -> Result<(), String>,
    ) -> Result<u32, String> {
        for nth in 1..MOST {
            let prepared = prepare();
            let (answer, injected) = self.at(nth, || call(&prepared));
            judge(prepared, answer).map_err(|reason| format!("access {nth} failed: {reason}"))?;
            if !injected {
                return Ok(nth - 1);
            }
        }
        Err(format!("more than {MOST} accesses"))
    }

    fn set(&self, nth: u32) {
        self.nth
            .write_all_at(nth.to_string().as_bytes(), 0)
            .expect("a fault can be asked for");
    }

    /// Takes back what is left and tells how much it was. To ask is an access itself, which may be the one.
    fn disarm(&self) -> u32 {
        let left = self.left().unwrap_or(0);
        while self.nth.write_all_at(b"0", 0).is_err() {}
        left
    }

    fn left(&self) -> io::Result<u32> {
        let mut text = [0; 16];
        let length = self.nth.read_at(&mut text, 0)?;
        let text = String::from_utf8_lossy(&text[..length]);
        Ok(text.trim().parse().expect("the kernel tells a number"))
    }
}
