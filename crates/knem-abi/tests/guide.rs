// SPDX-License-Identifier: BSD-3-Clause

//! The guide tells of every counter, and of no other.

use knem_abi::Counter;

const GUIDE: &str = include_str!("../../../docs/guide.md");

/// The names that the items of a chapter of the guide begin with.
fn items(chapter: &str) -> Vec<&'static str> {
    let start = GUIDE.find(&format!("## {chapter}\n")).unwrap() + 3;
    let end = GUIDE[start..]
        .find("\n## ")
        .map_or(GUIDE.len(), |end| start + end);
    GUIDE[start..end]
        .lines()
        .filter(|line| line.starts_with("- `"))
        .flat_map(|line| line.split('`').skip(1).step_by(2))
        .collect()
}

#[test]
fn counters() {
    let labels: Vec<&str> = Counter::ALL.iter().map(|counter| counter.label()).collect();
    assert_eq!(items("Statistics"), labels);
}
