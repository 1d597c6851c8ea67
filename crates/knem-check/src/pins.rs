// SPDX-License-Identifier: BSD-3-Clause

//! Pages that somebody holds pinned, by the kernel's own count (`nr_foll_pin_*` of
//! `/proc/vmstat`). On a machine where nothing else pins, the count must return to where it was.

use std::fs;
use std::io::ErrorKind;
use std::time::{Duration, Instant};

/// How long an asynchronous unpin may lag.
const PATIENCE: Duration = Duration::from_secs(5);

/// Pages pinned now, on the whole machine.
///
/// # Panics
/// Where [`count`] fails.
pub fn outstanding() -> i64 {
    count().expect("pins can be counted")
}

/// Pages pinned now, on the whole machine.
///
/// # Errors
/// Needs root, for the per-CPU parts of the count are folded in by a privileged write (a kernel for
/// one CPU has none, and nothing to write to); and /proc, and a kernel that counts pins.
pub fn count() -> Result<i64, String> {
    const REFRESH: &str = "/proc/sys/vm/stat_refresh";
    const COUNTS: &str = "/proc/vmstat";
    match fs::write(REFRESH, "1") {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            return Err(format!("{REFRESH}: {error}; run as root"));
        }
        _ => (),
    }
    let text = fs::read_to_string(COUNTS).map_err(|error| format!("{COUNTS}: {error}"))?;
    difference(&text).ok_or_else(|| format!("{COUNTS} does not show nr_foll_pin_acquired"))
}

/// Waits until as many pages are pinned as `base` says; answers the last count seen.
///
/// Unpinning may follow the end of a request by a work item, hence the patience.
pub fn settle(base: i64) -> i64 {
    let start = Instant::now();
    loop {
        let now = outstanding();
        if now == base || start.elapsed() > PATIENCE {
            return now;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Acquired minus released, as a text of `/proc/vmstat` has it.
fn difference(text: &str) -> Option<i64> {
    let value = |name: &str| {
        text.lines()
            .find_map(|line| line.strip_prefix(name)?.trim().parse::<i64>().ok())
    };
    Some(value("nr_foll_pin_acquired ")? - value("nr_foll_pin_released ")?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn acquired_minus_released() {
        let text = "nr_free 7\nnr_foll_pin_acquired 120\nnr_foll_pin_released 20\n";
        assert_eq!(difference(text), Some(100));
        assert_eq!(difference("nr_foll_pin_acquired 1\n"), None);
    }
}
