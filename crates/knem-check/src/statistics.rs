// SPDX-License-Identifier: BSD-3-Clause

//! The statistics text (§14) and what changed in it.

use knem_abi::{request, Counter, Statistics};

use crate::device::Device;
use crate::errno::Errno;

/// The values of all counters, in the order of [`Counter::ALL`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Snapshot([i64; Counter::ALL.len()]);

/// Reads the whole text.
///
/// # Panics
/// Where the device cannot be opened or read.
pub fn text() -> String {
    let device = Device::open_with(libc::O_RDONLY).expect("the statistics can be opened");
    let mut bytes = Vec::new();
    let mut piece = [0; 4096];
    loop {
        match device.read(&mut piece).expect("the statistics can be read") {
            0 => break,
            count => bytes.extend_from_slice(&piece[..count]),
        }
    }
    String::from_utf8(bytes).expect("the statistics are text")
}

impl Snapshot {
    /// The values now.
    ///
    /// # Panics
    /// Where the text does not show every counter.
    pub fn take() -> Snapshot {
        Snapshot::parse(&text()).expect("the statistics show every counter")
    }

    /// The values that a text shows.
    ///
    /// # Errors
    /// The counter that is missing.
    pub fn parse(text: &str) -> Result<Snapshot, String> {
        let mut values = [0; Counter::ALL.len()];
        for (value, counter) in values.iter_mut().zip(Counter::ALL) {
            *value = number(text, counter.label())
                .ok_or_else(|| format!("no number for '{}'", counter.label()))?;
        }
        Ok(Snapshot(values))
    }

    /// One value.
    pub fn get(&self, counter: Counter) -> i64 {
        self.0[counter as usize]
    }

    /// Checks that since `self` the named counters grew as said, and the others not at all.
    ///
    /// # Errors
    /// Every counter that did otherwise.
    pub fn grew(&self, now: &Snapshot, expected: &[(Counter, i64)]) -> Result<(), String> {
        let mut wrong = String::new();
        for counter in Counter::ALL {
            let expected = expected
                .iter()
                .filter(|(named, _)| *named == counter)
                .map(|(_, growth)| growth)
                .sum::<i64>();
            let growth = now.get(counter) - self.get(counter);
            if growth != expected {
                wrong += &format!("{}: +{growth}, expected +{expected}\n", counter.label());
            }
        }
        if wrong.is_empty() {
            Ok(())
        } else {
            Err(wrong)
        }
    }
}

/// The statistics as a structure, asked for on this descriptor.
///
/// # Errors
/// What the device answers.
pub fn structure(device: &Device) -> Result<Statistics, Errno> {
    let mut block = Statistics::default();
    device.call(request::GET_STATISTICS, &mut block)?;
    Ok(block)
}

/// The statistics as a structure.
///
/// # Panics
/// Where the device cannot be opened, or refuses.
pub fn now() -> Statistics {
    let view = Device::open_with(libc::O_RDONLY).expect("the statistics can be opened");
    structure(&view).expect("the statistics can be asked for")
}

/// The number behind a label.
fn number(text: &str, label: &str) -> Option<i64> {
    text.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        (name.trim() == label).then(|| value.trim().parse().ok())?
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(submitted: i64) -> String {
        let lines = Counter::ALL.map(|counter| {
            let value = if counter == Counter::Submitted {
                submitted
            } else {
                7
            };
            format!(" {:<45}: {value}\n", counter.label())
        });
        lines.concat()
    }

    #[test]
    fn every_counter_is_found() {
        let snapshot = Snapshot::parse(&sample(3)).unwrap();
        assert_eq!(snapshot.get(Counter::Submitted), 3);
        assert_eq!(snapshot.get(Counter::FailedDmaCopy), 7);
        let missing = Snapshot::parse(" Requests Submitted : 1\n").unwrap_err();
        assert!(missing.contains("Requests Processed/Total"), "{missing}");
    }

    #[test]
    fn growth_is_exact() {
        let before = Snapshot::parse(&sample(3)).unwrap();
        let after = Snapshot::parse(&sample(5)).unwrap();
        assert_eq!(before.grew(&after, &[(Counter::Submitted, 2)]), Ok(()));
        assert!(before.grew(&after, &[]).is_err());
        assert!(before.grew(&before, &[(Counter::Submitted, 1)]).is_err());
    }
}
