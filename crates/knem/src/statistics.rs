// SPDX-License-Identifier: BSD-3-Clause

use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::os::fd::AsFd;
use std::path::Path;
use std::str::FromStr;

use knem_abi::request;

use crate::{call, Activity, Counter, Error, Result};

/// What the module says about itself and what it has done, since it was loaded or cleared.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Statistics {
    /// The module's version.
    pub version: String,
    /// The version of the contract.
    pub abi: u32,
    /// Bits of [`knem_abi::feature`].
    pub features: u32,
    /// The flags that the module adds to every request.
    pub forced_flags: u32,
    /// The flags that the module drops from every request.
    pub ignored_flags: u32,
    /// The state of the DMA engine, in the module's words.
    pub dma: String,
    /// The DMA channels that there are, by name.
    pub channels: Vec<String>,
    /// Every counter, in the order in which the module shows them.
    pub counts: Vec<Count>,
    /// The lines that this version does not know, as they are.
    pub other: Vec<String>,
    /// What the text does not tell: bytes, sizes, and what there is at the moment. `None` where the
    /// module does not know this request ([`knem_abi::feature::STATISTICS`]).
    pub activity: Option<Activity>,
}

/// One counter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Count {
    /// In the module's words.
    pub label: String,
    /// Requests.
    pub value: u64,
}

impl Count {
    /// A name for programs: the label in camel case, without the word that all labels share.
    pub fn name(&self) -> String {
        let label = self.label.strip_prefix("Requests ").unwrap_or(&self.label);
        let words = label.split(|c: char| !c.is_alphanumeric());
        let mut name = String::new();
        for word in words.filter(|word| !word.is_empty()) {
            let (first, rest) = word.split_at(word.chars().next().map_or(0, char::len_utf8));
            if name.is_empty() {
                name.push_str(&first.to_lowercase());
            } else {
                name.push_str(&first.to_uppercase());
            }
            name.push_str(rest);
        }
        name
    }
}

impl Statistics {
    /// Reads the statistics from the device at `path`, which must be readable.
    ///
    /// # Errors
    /// [`Error::NoDevice`], [`Error::PermissionDenied`]; [`Error::NotKnem`] or
    /// [`Error::BadStatistics`] where something else is there.
    pub fn read(path: &Path) -> Result<Self> {
        let mut file = File::open(path).map_err(|error| Error::open(path, error))?;
        let mut text = Vec::with_capacity(1 << 16);
        // An endless device must not be read for ever; the module's text is far shorter.
        (&mut file)
            .take(1 << 26)
            .read_to_end(&mut text)
            .map_err(|error| match error.raw_os_error() {
                Some(libc::EISDIR) => Error::NotKnem {
                    path: path.to_owned(),
                },
                _ => Error::io("read the statistics", error),
            })?;
        let text = String::from_utf8_lossy(&text);
        if !text.starts_with("knem ") {
            let path = path.to_owned();
            return Err(Error::NotKnem { path });
        }
        let mut statistics: Self = text.parse()?;
        if let Some(activity) = activity(&file) {
            statistics.take(activity);
        }
        Ok(statistics)
    }

    /// The figures of one moment: the counters of the text are a little older.
    fn take(&mut self, activity: Activity) {
        for (counter, value) in Counter::ALL.iter().zip(activity.counters) {
            let mut counts = self.counts.iter_mut();
            if let Some(count) = counts.find(|count| count.label == counter.label()) {
                count.value = value;
            }
        }
        self.activity = Some(activity);
    }

    /// Sets every counter to 0. This needs CAP_SYS_ADMIN.
    ///
    /// # Errors
    /// [`Error::NotPrivileged`], and those of opening.
    pub fn clear(path: &Path) -> Result<()> {
        let file = OpenOptions::new().write(true).open(path);
        let mut file = file.map_err(|error| Error::open(path, error))?;
        file.write_all(b"1\n")
            .map_err(|error| match error.raw_os_error() {
                Some(libc::EPERM) => Error::NotPrivileged,
                _ => Error::io("clear the statistics", error),
            })
    }

    /// One counter, or `None` where the module does not have it.
    pub fn get(&self, counter: Counter) -> Option<u64> {
        let mut counts = self.counts.iter();
        counts
            .find(|count| count.label == counter.label())
            .map(|count| count.value)
    }
}

impl FromStr for Statistics {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let mut lines = text.lines();
        let first = lines.next().unwrap_or_default();
        let version = first.strip_prefix("knem ").ok_or_else(|| {
            bad(format!(
                "the text begins with {first:?}, not with \"knem \""
            ))
        })?;
        let mut statistics = Statistics {
            version: version.trim().to_string(),
            ..Default::default()
        };
        let mut abi = None;
        for line in lines {
            let content = line.trim();
            if let Some(value) = content.strip_prefix("Driver ABI=") {
                abi = Some(hexadecimal(value)?);
            } else if let Some(value) = content.strip_prefix("Features:") {
                statistics.features = hexadecimal(value)?;
            } else if let Some(masks) = content.strip_prefix("Flags:") {
                (statistics.forced_flags, statistics.ignored_flags) = flags(masks)?;
            } else if let Some(state) = content.strip_prefix("DMAEngine:") {
                statistics.dma = state.trim().to_string();
            } else if let Some(names) = content.strip_prefix("DMAChannels:") {
                statistics.channels = names.split_whitespace().map(String::from).collect();
            } else if let Some(count) = count(content) {
                statistics.counts.push(count);
            } else if !content.is_empty() {
                statistics.other.push(line.to_string());
            }
        }
        statistics.abi = abi.ok_or_else(|| bad("the text does not say its ABI".into()))?;
        Ok(statistics)
    }
}

/// The module's figures as a structure, if it has them.
fn activity(file: &File) -> Option<Activity> {
    let mut activity = Activity::default();
    // SAFETY: The request fills the structure and holds no address.
    unsafe { call::issue(file.as_fd(), request::GET_STATISTICS, &mut activity) }.ok()?;
    Some(activity)
}

/// `LABEL : NUMBER`.
fn count(line: &str) -> Option<Count> {
    let (label, value) = line.rsplit_once(':')?;
    Some(Count {
        label: label.trim().to_string(),
        value: value.trim().parse().ok()?,
    })
}

/// `forcing 0xNUMBER, ignoring 0xNUMBER`.
fn flags(masks: &str) -> Result<(u32, u32)> {
    let unknown = || bad(format!("\"Flags:{masks}\" is not understood"));
    let (forced, ignored) = masks.split_once(',').ok_or_else(unknown)?;
    let forced = forced.trim().strip_prefix("forcing").ok_or_else(unknown)?;
    let ignored = ignored
        .trim()
        .strip_prefix("ignoring")
        .ok_or_else(unknown)?;
    Ok((hexadecimal(forced)?, hexadecimal(ignored)?))
}

fn hexadecimal(text: &str) -> Result<u32> {
    let digits = text.trim().strip_prefix("0x");
    digits
        .and_then(|digits| u32::from_str_radix(digits, 16).ok())
        .ok_or_else(|| bad(format!("{text:?} is not a hexadecimal number")))
}

fn bad(problem: String) -> Error {
    Error::BadStatistics { problem }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The text of the module, with the n-th counter at n + 10.
    fn text() -> String {
        let head = "knem 2.0.0\n Driver ABI=0xd\n Features: 0x1\n Flags: forcing 0x10, ignoring \
                    0xe\n DMAEngine: NoKernelSupport\n";
        let mut text = head.to_string();
        for (at, counter) in Counter::ALL.iter().enumerate() {
            let label = format!(" {}", counter.label());
            text.push_str(&format!("{label:<46}: {}\n", at + 10));
        }
        text
    }

    #[test]
    fn reads_what_the_module_writes() {
        let statistics: Statistics = text().parse().unwrap();
        assert_eq!(statistics.version, "2.0.0");
        assert_eq!((statistics.abi, statistics.features), (0xd, 1));
        assert_eq!(statistics.forced_flags, 0x10);
        assert_eq!(statistics.ignored_flags, 0xe);
        assert_eq!(statistics.dma, "NoKernelSupport");
        for (at, counter) in Counter::ALL.into_iter().enumerate() {
            assert_eq!(statistics.get(counter), Some(at as u64 + 10));
        }
        assert_eq!(statistics.other, Vec::<String>::new());
    }

    #[test]
    fn channels_have_names() {
        let line = " DMAEngine: KernelSupported Enabled ChansAvail ChunkMin=1024B\n \
                    DMAChannels: dma0chan0 dma0chan1\n";
        let statistics: Statistics = (text() + line).parse().unwrap();
        assert_eq!(statistics.channels, ["dma0chan0", "dma0chan1"]);
        assert_eq!(
            statistics.dma,
            "KernelSupported Enabled ChansAvail ChunkMin=1024B"
        );
        assert_eq!(statistics.other, Vec::<String>::new());
    }

    #[test]
    fn the_figures_are_of_one_moment() {
        let mut statistics: Statistics = text().parse().unwrap();
        let mut activity = Activity::default();
        activity.counters[Counter::Submitted as usize] = 77;
        statistics.take(activity);
        assert_eq!(statistics.get(Counter::Submitted), Some(77));
        assert_eq!(statistics.get(Counter::FailedDmaCopy), Some(0));
        assert_eq!(statistics.activity, Some(activity));
    }

    #[test]
    fn keeps_what_it_does_not_know() {
        let later =
            " Pid 17 (#1)\n  Region 0000beef SingleUse\n  Listed 1 regions\n Listed 1 pids\n";
        let counted = " Requests Postponed/For: tea                    : 3\n";
        let statistics: Statistics = (text() + counted + later).parse().unwrap();
        let lines: Vec<&str> = later.lines().collect();
        assert_eq!(statistics.other, lines);
        let last = statistics.counts.last().unwrap();
        assert_eq!(last.label, "Requests Postponed/For: tea");
        assert_eq!((last.name().as_str(), last.value), ("postponedForTea", 3));
    }

    #[test]
    fn reads_the_text_of_older_modules() {
        let old = "knem 1.1.4\n Driver ABI=0xd\n Flags: forcing 0x0, ignoring 0x0\n \
                   DMAEngine: NoKernelSupport\n Debug: NotBuilt\n \
                   Requests submitted                           : 18446744073709551615\n";
        let statistics: Statistics = old.parse().unwrap();
        assert_eq!(statistics.counts[0].value, u64::MAX);
        assert_eq!(statistics.get(Counter::Submitted), None);
        assert_eq!(statistics.other, [" Debug: NotBuilt"]);
    }

    #[test]
    fn names_are_distinct_words() {
        let statistics: Statistics = text().parse().unwrap();
        let names: Vec<String> = statistics.counts.iter().map(Count::name).collect();
        assert_eq!(names[0], "submitted");
        assert!(names.contains(&"processedTotal".to_string()), "{names:?}");
        assert!(names.contains(&"failedFindRegion".to_string()), "{names:?}");
        let mut distinct = names.clone();
        distinct.sort();
        distinct.dedup();
        assert_eq!(distinct.len(), Counter::ALL.len());
    }

    #[test]
    fn refuses_what_is_no_statistics() {
        let problem = |text: &str| match text.parse::<Statistics>() {
            Err(Error::BadStatistics { problem }) => problem,
            other => panic!("{other:?}"),
        };
        assert!(problem("").contains("begins with"));
        assert!(problem("knem 2.0.0\n").contains("ABI"));
        assert!(problem("knem 2.0.0\n Driver ABI=13\n").contains("13"));
        assert!(problem("knem 2.0.0\n Flags: all\n").contains("Flags: all"));
    }

    #[test]
    #[cfg_attr(miri, ignore = "asks the kernel")]
    fn refuses_other_files() {
        for path in ["/dev/null", "/dev/zero", "/", "/proc/version"] {
            let error = Statistics::read(Path::new(path)).unwrap_err();
            assert!(matches!(error, Error::NotKnem { .. }), "{path}: {error}");
        }
    }
}
