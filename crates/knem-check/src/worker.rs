// SPDX-License-Identifier: BSD-3-Clause

//! The kernel threads of contexts, as /proc shows them.

use std::fs;

use crate::{bind, clock};

/// A kernel thread.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Worker {
    /// Its process id.
    pub id: u32,
    /// Its name.
    pub name: String,
}

/// All kernel threads of contexts, on the whole machine.
///
/// # Panics
/// Where /proc is missing.
pub fn all() -> Vec<Worker> {
    let mut workers: Vec<Worker> = fs::read_dir("/proc")
        .expect("/proc is mounted")
        .filter_map(|entry| {
            let id = entry.ok()?.file_name().to_str()?.parse().ok()?;
            // A process may be gone by now.
            let name = fs::read_to_string(format!("/proc/{id}/comm")).ok()?;
            let name = name.trim_end().to_string();
            name.starts_with("knem-ctx-").then_some(Worker { id, name })
        })
        .collect();
    workers.sort();
    workers
}

/// Waits until there are so many; tells whether that happened.
pub fn settle(count: usize) -> bool {
    clock::wait_until(|| all().len() == count)
}

impl Worker {
    /// The CPUs of the machine that it may run on.
    pub fn cpus(&self) -> Vec<usize> {
        const LABEL: &str = "Cpus_allowed_list:";
        let text = fs::read_to_string(format!("/proc/{}/status", self.id)).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix(LABEL));
        let mut cpus = numbers(line.unwrap_or_default());
        cpus.retain(|&cpu| cpu < bind::count());
        cpus
    }
}

/// The numbers of a list as the kernel writes it: `0-2,5`.
fn numbers(list: &str) -> Vec<usize> {
    let parts = list.trim().split(',').filter(|part| !part.is_empty());
    let ranges = parts.filter_map(|part| {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        Some(first.parse::<usize>().ok()?..=last.parse().ok()?)
    });
    ranges.flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_understood() {
        assert_eq!(numbers("0-2,5\n"), [0, 1, 2, 5]);
        assert_eq!(numbers("7"), [7]);
        assert!(numbers("").is_empty());
    }
}
