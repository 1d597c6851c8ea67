// SPDX-License-Identifier: BSD-3-Clause

//! The guide tells of every counter and every parameter, and of no other.

use knem_abi::Counter;

const GUIDE: &str = include_str!("../../../docs/guide.md");
const PARAMETERS: &str = include_str!("../../../kernel-rs/host/params.c");

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

/// The parameter that a line declares.
fn declared_name(line: &str) -> Option<&str> {
    let mut arguments = line.split_once('(')?.1.split(',').map(str::trim);
    match line.split('(').next()? {
        "KNEM_PARAM" | "KNEM_PARAM_LIVE" => arguments.next(),
        "KNEM_PARAM_OF" => arguments.nth(3),
        _ => None,
    }
}

#[test]
fn parameters() {
    let mut declared: Vec<&str> = PARAMETERS.lines().filter_map(declared_name).collect();
    let mut described = items("Parameters");
    declared.sort_unstable();
    described.sort_unstable();
    assert_eq!(described, declared);
}
