// SPDX-License-Identifier: BSD-3-Clause

//! Runs the program as a user would. What needs the module is run where the module is.

use std::process::{Command, Output};

fn bench(args: &[&str]) -> Output {
    let program = env!("CARGO_BIN_EXE_knem-bench");
    Command::new(program).args(args).output().unwrap()
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

const WITHOUT_MODULE: &str = "process_vm_readv,process_vm_writev,shm-double-copy";

#[test]
fn measures_what_needs_no_module() {
    let sizes = ["--min", "1", "--max", "300KiB"];
    let options = [
        "--json",
        "--repeat",
        "2",
        "--methods",
        WITHOUT_MODULE,
        "--cpus",
        "1",
    ];
    let run = bench(&[&sizes[..], &options[..]].concat());
    assert!(run.status.success(), "{}", text(&run.stderr));
    let out = text(&run.stdout);
    // 1, 4, … 262144, 307200 bytes.
    assert_eq!(out.matches("\"verified\":true").count(), 11 * 3, "{out}");
    assert!(out.contains("\"method\":\"shm-double-copy\",\"bytes\":307200"));
    assert!(
        out.ends_with("\"overlaps\":[\n\n],\"cpus\":1,\"requests\":0}\n"),
        "{out}"
    );
}

#[test]
fn prints_a_table() {
    let run = bench(&["--max", "64KiB", "--methods", WITHOUT_MODULE, "--cpus", "2"]);
    assert!(run.status.success(), "{}", text(&run.stderr));
    assert_eq!(text(&run.stdout).lines().count(), 1 + 3 * 3 + 1);
}

#[test]
fn says_what_is_missing_or_runs() {
    let run = bench(&["--max", "4KiB"]);
    if std::path::Path::new(knem::DEVICE_PATH).exists() {
        assert!(run.status.success(), "{}", text(&run.stderr));
        return;
    }
    assert_eq!(run.status.code(), Some(1));
    let error = text(&run.stderr);
    assert!(
        error.starts_with("error: cannot open /dev/knem [KNEM_NO_DEVICE]\n"),
        "{error}"
    );
    assert!(error.contains("--methods"), "{error}");
    assert_eq!(text(&run.stdout), "");
}

#[test]
fn refuses_a_wrong_command_line() {
    let run = bench(&["--fast"]);
    assert_eq!(run.status.code(), Some(2));
    assert!(text(&run.stderr).contains("--help"));
}

#[test]
fn a_full_disk_is_a_failure() {
    let program = env!("CARGO_BIN_EXE_knem-bench");
    let full = std::fs::File::create("/dev/full").unwrap();
    let mut command = Command::new(program);
    command.args(["--max", "4KiB", "--methods", "process_vm_readv"]);
    let run = command.stdout(full).output().unwrap();
    assert_eq!(run.status.code(), Some(1));
    assert!(text(&run.stderr).contains("cannot print the figures"));
}

#[test]
fn ends_also_with_several_readers() {
    let options = [
        "--methods",
        "process_vm_readv",
        "--readers",
        "3",
        "--repeat",
        "1",
    ];
    let run = bench(&[&["--json", "--sizes", "8,64KiB"][..], &options[..]].concat());
    assert!(run.status.success(), "{}", text(&run.stderr));
    let out = text(&run.stdout);
    for readers in 1..=3 {
        assert_eq!(
            out.matches(&format!("\"readers\":{readers},")).count(),
            2,
            "{out}"
        );
    }
}
