// SPDX-License-Identifier: BSD-3-Clause

use std::fmt::Write as _;

use super::Trial;
use crate::bed;
use crate::clock;
use crate::size;

/// What two figures are of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// The fewer the better.
    Nanoseconds,
    /// The fewer the better.
    Instructions,
    /// References taken and given back in a second; the more the better.
    References,
}

impl From<clock::Unit> for Unit {
    fn from(unit: clock::Unit) -> Self {
        match unit {
            clock::Unit::Time => Unit::Nanoseconds,
            clock::Unit::Instructions => Unit::Instructions,
        }
    }
}

impl Unit {
    const fn name(self) -> &'static str {
        match self {
            Unit::Nanoseconds => "ns",
            Unit::Instructions => "instructions",
            Unit::References => "references/s",
        }
    }
}

/// Some work as it is done and as it might be.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    /// Which experiment says so.
    pub trial: Trial,
    /// What was tried, in a word.
    pub what: &'static str,
    /// Of the copy; 0 where there is none.
    pub bytes: usize,
    /// What the figures are of.
    pub unit: Unit,
    /// As it is, and as it might be.
    pub figures: (u64, u64),
}

impl Record {
    /// How many times as good it would be.
    fn ratio(&self) -> f64 {
        let (without, with) = (self.figures.0 as f64, self.figures.1 as f64);
        match self.unit {
            Unit::References => with / without.max(1.0),
            _ => without / with.max(1.0),
        }
    }

    fn json(&self, bed: &str) -> String {
        let (without, with) = self.figures;
        format!(
            "{{\"experiment\":\"{}\",\"bed\":\"{bed}\",\"what\":\"{}\",\"bytes\":{},\
             \"without\":{without},\"with\":{with},\"ratio\":{:.4},\"unit\":\"{}\"}}",
            self.trial.experiment(),
            self.what,
            self.bytes,
            self.ratio(),
            self.unit.name()
        )
    }

    fn line(&self) -> String {
        let (without, with) = self.figures;
        let size = match self.bytes {
            0 => String::new(),
            bytes => size::show(bytes),
        };
        let (experiment, what) = (self.trial.experiment(), self.what);
        let unit = self.unit.name();
        let ratio = self.ratio();
        format!("{experiment:<12}{what:<16}{size:<10}{without:>14}{with:>14}{ratio:>8.2}  {unit}")
    }
}

/// One document, `experiments`, each with experiment, bed, what, bytes, without, with, ratio
/// and unit, if it is to be JSON; or the same for a person.
pub fn text(json: bool, records: &[Record]) -> String {
    if json {
        let bed = bed::name();
        let lines: Vec<String> = records.iter().map(|one| one.json(bed)).collect();
        return format!("{{\"experiments\":[\n{}\n]}}\n", lines.join(",\n"));
    }
    let mut text = String::new();
    for one in records {
        writeln!(text, "{}", one.line()).expect("a string takes all");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(unit: Unit) -> Record {
        Record {
            trial: Trial::SplitMemcpy,
            what: "woken",
            bytes: 1 << 20,
            unit,
            figures: (300, 200),
        }
    }

    #[test]
    fn more_than_one_is_better() {
        assert_eq!(record(Unit::Instructions).ratio(), 1.5);
        assert_eq!(record(Unit::References).ratio(), 2.0 / 3.0);
    }

    #[test]
    fn json_has_the_keys() {
        assert_eq!(
            record(Unit::Nanoseconds).json("host"),
            "{\"experiment\":\"split\",\"bed\":\"host\",\"what\":\"woken\",\"bytes\":1048576,\
             \"without\":300,\"with\":200,\"ratio\":1.5000,\"unit\":\"ns\"}"
        );
    }
}
