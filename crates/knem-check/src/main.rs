// SPDX-License-Identifier: BSD-3-Clause

//! `knem-check [PROGRAM…]`: runs all conformance programs, or those named, and reports in TAP.
//!
//! `knem-check --list` prints their names, one per line. Exit code 0: all passed; 1: something
//! failed or the machine is not ready; 2: an argument is unknown. Needs root, and /dev/knem with mode
//! 0666.

use std::process::ExitCode;

use knem_check::suite::{self, PROGRAMS};

const USAGE: &str = "usage: knem-check [--list] [PROGRAM…]";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments == ["--list"] {
        PROGRAMS.iter().for_each(|name| println!("{name}"));
        return ExitCode::SUCCESS;
    }
    if arguments == ["--help"] {
        println!("{USAGE}");
        return ExitCode::SUCCESS;
    }
    let mut names: Vec<&str> = arguments.iter().map(String::as_str).collect();
    if let Some(unknown) = names.iter().find(|name| !PROGRAMS.contains(name)) {
        eprintln!("knem-check: there is no program '{unknown}'; --list shows them\n{USAGE}");
        return ExitCode::from(2);
    }
    if names.is_empty() {
        names = PROGRAMS.to_vec();
    }
    if let Err(reason) = suite::ready() {
        println!("Bail out! {reason}");
        return ExitCode::FAILURE;
    }
    let path = std::env::current_exe().expect("the kernel knows where this program lies");
    let folder = path.parent().expect("a program lies in a folder");
    let summary = suite::run(folder, &names);
    println!("{}", summary.line());
    ExitCode::from(u8::from(summary.failed > 0))
}
