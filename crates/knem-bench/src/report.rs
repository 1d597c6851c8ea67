// SPDX-License-Identifier: BSD-3-Clause

use std::fmt::Write as _;
use std::io::Write as _;
use std::time::Duration;

use crate::bed;
use crate::failure::{doing, Result};
use crate::method::Method;
use crate::size;

/// What was found out about one method and one size.
#[derive(Clone, Debug, PartialEq)]
pub struct Measurement {
    method: Method,
    bytes: usize,
    huge: bool,
    /// Bytes per second.
    best: f64,
    /// Bytes per second.
    median: f64,
}

/// Everything that was found out; it exists only if every byte was right.
#[derive(Clone, Debug)]
pub struct Report {
    /// In the order of measuring.
    pub results: Vec<Measurement>,
    /// On how many CPUs the two processes ran.
    pub cpus: usize,
    /// Copies that were asked of the module, those that were not timed included.
    pub requests: u64,
}

impl Measurement {
    /// From the times of one copy each; at least one.
    pub fn new(method: Method, bytes: usize, huge: bool, mut times: Vec<Duration>) -> Self {
        times.sort();
        // A clock that counts instructions may stand still during a copy.
        let speed = |time: Duration| bytes as f64 / time.as_secs_f64().max(1e-9);
        Self {
            method,
            bytes,
            huge,
            best: speed(times[0]),
            median: speed(times[times.len() / 2]),
        }
    }

    fn json(&self, bed: &str) -> String {
        let pages = if self.huge { "huge" } else { "small" };
        format!(
            "{{\"bed\":\"{bed}\",\"method\":\"{}\",\"bytes\":{},\"pages\":\"{pages}\",\
             \"readers\":1,\"best\":{:.0},\"median\":{:.0},\"verified\":true}}",
            self.method.name(),
            self.bytes,
            self.best,
            self.median
        )
    }
}

impl Report {
    /// One document: `results`, each with bed, method, bytes, pages, readers, best and median
    /// (bytes per second), verified; and `cpus` and `requests`.
    pub fn json(&self) -> String {
        let bed = bed::name();
        let results: Vec<String> = self.results.iter().map(|one| one.json(bed)).collect();
        let (cpus, requests) = (self.cpus, self.requests);
        format!(
            "{{\"results\":[\n{}\n],\"cpus\":{cpus},\"requests\":{requests}}}\n",
            results.join(",\n")
        )
    }

    /// The same for a person: a line per copy.
    pub fn table(&self) -> String {
        let mut text = format!(
            "{:<10}  {:<18}{:>12}{:>14}{:>14}\n",
            "size", "method", "best µs", "best GiB/s", "median GiB/s"
        );
        let mut last = 0;
        for one in &self.results {
            let size = if one.bytes == last {
                String::new()
            } else {
                size::show(one.bytes)
            };
            last = one.bytes;
            let gib = |speed: f64| speed / f64::from(1 << 30);
            let micros = one.bytes as f64 / one.best * 1e6;
            writeln!(
                text,
                "{size:<10}  {:<18}{micros:>12.1}{:>14.3}{:>14.3}",
                one.method.name(),
                gib(one.best),
                gib(one.median)
            )
            .expect("a string takes all");
        }
        text.push_str("every byte of every copy was verified\n");
        text
    }
}

/// Prints, and says so if it can't.
pub fn print(text: &str) -> Result<()> {
    let mut out = std::io::stdout().lock();
    let written = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    doing("print the figures", written)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn measured() -> Measurement {
        let times = [30, 10, 20].map(Duration::from_micros).to_vec();
        Measurement::new(Method::InlineCopy, 1 << 20, false, times)
    }

    #[test]
    fn best_and_median_are_speeds() {
        let one = measured();
        assert_eq!(one.best.round(), f64::from(1 << 20) * 1e5);
        assert_eq!(one.median.round(), (f64::from(1 << 20) * 5e4).round());
        let still = Measurement::new(Method::InlineCopy, 1, false, vec![Duration::ZERO]);
        assert!(still.best.is_finite());
    }

    #[test]
    fn json_has_the_keys() {
        assert_eq!(
            measured().json("uml"),
            "{\"bed\":\"uml\",\"method\":\"inline-copy\",\"bytes\":1048576,\"pages\":\"small\",\
             \"readers\":1,\"best\":104857600000,\"median\":52428800000,\"verified\":true}"
        );
    }

    #[test]
    fn the_table_has_a_line_per_copy() {
        let report = Report {
            results: vec![measured(), measured()],
            cpus: 1,
            requests: 8,
        };
        let text = report.table();
        assert_eq!(text.lines().count(), 4);
        assert_eq!(text.matches("1 MiB").count(), 1);
        assert!(text.contains("10.0"), "{text}");
    }
}
