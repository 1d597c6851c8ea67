// SPDX-License-Identifier: BSD-3-Clause

//! The machine's reserve of huge pages.

use std::fs;

const RESERVE: &str = "/proc/sys/vm/nr_hugepages";

/// A reserve of at least so many pages; as large as before when this is dropped, and what is in use is given
/// back.
pub struct Reserve {
    before: String,
}

impl Reserve {
    /// Reserves pages; none where the machine has not so many to give. Needs root.
    pub fn of(pages: usize) -> Option<Reserve> {
        let before = fs::read_to_string(RESERVE).ok()?;
        fs::write(RESERVE, pages.to_string()).ok()?;
        let reserve = Reserve { before };
        let now: usize = fs::read_to_string(RESERVE).ok()?.trim().parse().ok()?;
        (now >= pages).then_some(reserve)
    }
}

impl Drop for Reserve {
    fn drop(&mut self) {
        // Pages in use stay until they are given back; the rest goes now.
        let _ = fs::write(RESERVE, &self.before);
    }
}
