// SPDX-License-Identifier: BSD-3-Clause

use std::fmt::Write as _;
use std::io::Write as _;

use crate::bed;
use crate::buffer::pages;
use crate::clock::Unit;
use crate::failure::{doing, Result};
use crate::method::Method;
use crate::overlap::Overlap;
use crate::percentiles::Percentiles;
use crate::size;

/// What was measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    /// How.
    pub method: Method,
    /// Bytes of one copy.
    pub bytes: usize,
    /// Whether of huge pages.
    pub huge: bool,
    /// How many processes copied at once, each all of it.
    pub readers: usize,
}

/// What was found out about one method and one size.
#[derive(Clone, Debug, PartialEq)]
pub struct Measurement {
    shape: Shape,
    /// Bytes per second, of all readers together.
    best: f64,
    /// Bytes per second.
    median: f64,
    /// Of one copy, at least.
    instructions: Option<u64>,
    /// What one copy took in the rounds.
    seconds: Percentiles,
}

/// What was found out about a call that moves no bytes.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    name: &'static str,
    /// Of the memory concerned.
    bytes: usize,
    huge: bool,
    /// Seconds.
    best: f64,
    median: f64,
    instructions: Option<u64>,
    /// What one call took in the rounds.
    seconds: Percentiles,
}

/// Everything that was found out; it exists only if every byte was right.
#[derive(Clone, Debug)]
pub struct Report {
    /// In the order of measuring.
    pub results: Vec<Measurement>,
    /// The same.
    pub calls: Vec<Call>,
    /// For each size, where it was asked for.
    pub overlaps: Vec<Overlap>,
    /// On how many CPUs the processes ran.
    pub cpus: usize,
    /// Copies that were asked of the module, those that were not timed included.
    pub requests: u64,
}

/// The least and the middle of what was taken in a number of rounds, at least one, and all in order.
fn least_and_median(mut taken: Vec<u64>) -> (u64, u64, Vec<u64>) {
    taken.sort_unstable();
    (taken[0], taken[taken.len() / 2], taken)
}

impl Measurement {
    /// From what a number of copies took together, in each of several rounds.
    pub fn new(shape: Shape, copies: usize, unit: Unit, taken: Vec<u64>) -> Self {
        let (least, median, sorted) = least_and_median(taken);
        // Those who copy at once all take as long.
        let one = |time: &u64| *time as f64 * shape.readers as f64 / copies as f64 / 1e9;
        let seconds: Vec<f64> = sorted.iter().map(one).collect();
        // A counted machine runs one instruction a nanosecond.
        let speed = |time: u64| (shape.bytes * copies) as f64 * 1e9 / time.max(1) as f64;
        Self {
            shape,
            best: speed(least),
            median: speed(median),
            instructions: (unit == Unit::Instructions).then_some(least / copies as u64),
            seconds: Percentiles::new(&seconds),
        }
    }

    fn json(&self, bed: &str) -> String {
        let Shape {
            method,
            bytes,
            huge,
            readers,
        } = self.shape;
        format!(
            "{{\"bed\":\"{bed}\",\"method\":\"{}\",\"bytes\":{bytes},\"pages\":\"{}\",\
             \"readers\":{readers},\"best\":{:.0},\"median\":{:.0},\"instructions\":{},\
             \"seconds\":{},\"verified\":true}}",
            method.name(),
            pages(huge),
            self.best,
            self.median,
            number(self.instructions),
            self.seconds.json()
        )
    }
}

impl Call {
    /// From what a number of calls took together, in each of several rounds.
    pub fn new(
        name: &'static str,
        bytes: usize,
        huge: bool,
        times: u64,
        unit: Unit,
        taken: Vec<u64>,
    ) -> Self {
        let (least, median, sorted) = least_and_median(taken);
        let seconds = |time: u64| time as f64 / times as f64 / 1e9;
        let all: Vec<f64> = sorted.into_iter().map(seconds).collect();
        Self {
            name,
            bytes,
            huge,
            best: seconds(least),
            median: seconds(median),
            instructions: (unit == Unit::Instructions).then_some(least / times),
            seconds: Percentiles::new(&all),
        }
    }

    fn json(&self, bed: &str) -> String {
        format!(
            "{{\"bed\":\"{bed}\",\"call\":\"{}\",\"bytes\":{},\"pages\":\"{}\",\
             \"best\":{:.9},\"median\":{:.9},\"instructions\":{},\"seconds\":{}}}",
            self.name,
            self.bytes,
            pages(self.huge),
            self.best,
            self.median,
            number(self.instructions),
            self.seconds.json()
        )
    }
}

fn number(value: Option<u64>) -> String {
    value.map_or("null".into(), |value| value.to_string())
}

impl Report {
    /// One document: `results`, each with bed, method, bytes, pages, readers, best and median
    /// (bytes per second), instructions (or null), seconds (percentiles of one copy) and verified;
    /// `calls`, each with bed, call, bytes, pages, best and median (seconds), instructions, and
    /// seconds (percentiles of one call);
    /// `overlaps`, each with bed, bytes, pages, copy, compute and both (seconds) and hidden (a
    /// share); `cpus` and `requests`.
    pub fn json(&self) -> String {
        let bed = bed::name();
        let results: Vec<String> = self.results.iter().map(|one| one.json(bed)).collect();
        let calls: Vec<String> = self.calls.iter().map(|one| one.json(bed)).collect();
        let overlaps: Vec<String> = self.overlaps.iter().map(|one| one.json(bed)).collect();
        let (cpus, requests) = (self.cpus, self.requests);
        format!(
            "{{\"results\":[\n{}\n],\"calls\":[\n{}\n],\"overlaps\":[\n{}\n],\
             \"cpus\":{cpus},\"requests\":{requests}}}\n",
            results.join(",\n"),
            calls.join(",\n"),
            overlaps.join(",\n")
        )
    }

    /// The same for a person: a line per copy, then one per call.
    pub fn table(&self) -> String {
        let mut text = String::new();
        if !self.results.is_empty() {
            self.copies(&mut text);
        }
        if !self.calls.is_empty() {
            self.costs(&mut text);
        }
        if !self.overlaps.is_empty() {
            self.hidden(&mut text);
        }
        text
    }

    fn hidden(&self, text: &mut String) {
        let head = ["copy µs", "compute µs", "both µs", "hidden"];
        line(text, "size", "overlap", head);
        for one in &self.overlaps {
            let micros = |seconds: f64| format!("{:.1}", seconds * 1e6);
            let (copy, compute, both) = (micros(one.copy), micros(one.compute), micros(one.both));
            let share = format!("{:.0} %", one.hidden() * 100.0);
            let rest = [&copy, &compute, &both, &share].map(String::as_str);
            line(text, &size::show(one.bytes), "in a kernel thread", rest);
        }
    }

    fn copies(&self, text: &mut String) {
        let head = ["best µs", "best GiB/s", "median GiB/s", "instructions"];
        let [micros, best, median, count] = head;
        line(text, "size", "method", [micros, best, median, count]);
        let mut last = 0;
        for one in &self.results {
            let Shape {
                method,
                bytes,
                readers,
                ..
            } = one.shape;
            let size = if bytes == last {
                String::new()
            } else {
                size::show(bytes)
            };
            last = bytes;
            let name = match readers {
                1 => method.name().to_string(),
                n => format!("{} × {n}", method.name()),
            };
            let gib = |speed: f64| format!("{:.3}", speed / f64::from(1 << 30));
            let micros = format!("{:.1}", (bytes * readers) as f64 / one.best * 1e6);
            let count = one.instructions.map_or(String::new(), |n| n.to_string());
            line(
                text,
                &size,
                &name,
                [&micros, &gib(one.best), &gib(one.median), &count],
            );
        }
        text.push_str("the bytes of every round were verified\n");
    }

    fn costs(&self, text: &mut String) {
        line(
            text,
            "memory",
            "call",
            ["best µs", "median µs", "instructions", ""],
        );
        for one in &self.calls {
            let size = match (one.bytes, one.huge) {
                (0, _) => String::new(),
                (bytes, false) => size::show(bytes),
                (bytes, true) => format!("{}, huge", size::show(bytes)),
            };
            let micros = |seconds: f64| format!("{:.2}", seconds * 1e6);
            let count = one.instructions.map_or(String::new(), |n| n.to_string());
            line(
                text,
                &size,
                one.name,
                [&micros(one.best), &micros(one.median), &count, ""],
            );
        }
    }
}

fn line(text: &mut String, first: &str, second: &str, rest: [&str; 4]) {
    let [a, b, c, d] = rest;
    let line = format!("{first:<12}{second:<24}{a:>12}{b:>14}{c:>14}{d:>14}");
    writeln!(text, "{}", line.trim_end()).expect("a string takes all");
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

    fn shape(bytes: usize, readers: usize) -> Shape {
        Shape {
            method: Method::InlineCopy,
            bytes,
            huge: false,
            readers,
        }
    }

    fn measured(unit: Unit) -> Measurement {
        Measurement::new(shape(1 << 20, 1), 1, unit, vec![30_000, 10_000, 20_000])
    }

    #[test]
    fn best_and_median_are_speeds() {
        let one = measured(Unit::Time);
        assert_eq!(one.best.round(), f64::from(1 << 20) * 1e5);
        assert_eq!(one.median.round(), (f64::from(1 << 20) * 5e4).round());
        let still = Measurement::new(shape(1, 1), 1, Unit::Time, vec![0]);
        assert!(still.best.is_finite());
        let many = Measurement::new(shape(1 << 20, 2), 8, Unit::Time, vec![80_000]);
        assert_eq!(many.best.round(), f64::from(1 << 20) * 1e5);
    }

    #[test]
    fn json_has_the_keys() {
        assert_eq!(
            measured(Unit::Instructions).json("uml"),
            "{\"bed\":\"uml\",\"method\":\"inline-copy\",\"bytes\":1048576,\"pages\":\"small\",\
             \"readers\":1,\"best\":104857600000,\"median\":52428800000,\"instructions\":10000,\
             \"seconds\":{\"p50\":0.000020000,\"p90\":0.000030000,\"p99\":0.000030000,\
             \"worst\":0.000030000},\"verified\":true}"
        );
        let call = Call::new("create", 4096, true, 2, Unit::Time, vec![3000, 1000]);
        assert_eq!(
            call.json("qemu"),
            "{\"bed\":\"qemu\",\"call\":\"create\",\"bytes\":4096,\"pages\":\"huge\",\
             \"best\":0.000000500,\"median\":0.000001500,\"instructions\":null,\
             \"seconds\":{\"p50\":0.000000500,\"p90\":0.000001500,\"p99\":0.000001500,\
             \"worst\":0.000001500}}"
        );
    }

    #[test]
    fn the_table_has_a_line_per_copy_and_call() {
        let report = Report {
            results: vec![measured(Unit::Time), measured(Unit::Instructions)],
            calls: vec![Call::new("get-info", 0, false, 1, Unit::Time, vec![600])],
            overlaps: vec![Overlap {
                bytes: 4096,
                huge: true,
                copy: 2e-6,
                compute: 2e-6,
                both: 3e-6,
            }],
            cpus: 1,
            requests: 8,
        };
        assert!(report.json().contains("\"overlaps\":[\n{\"bed\":"));
        let text = report.table();
        assert_eq!(text.lines().count(), 8);
        assert!(text.contains("50 %"), "{text}");
        assert_eq!(text.matches("1 MiB").count(), 1);
        assert!(text.contains("10.0"), "{text}");
        assert!(text.contains("get-info"), "{text}");
    }
}
