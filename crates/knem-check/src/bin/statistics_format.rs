// SPDX-License-Identifier: BSD-3-Clause

//! §14: what the statistics look like.

use knem_abi::{ABI_VERSION, VERSION};
use knem_check::prelude::*;

fn main() -> ExitCode {
    tap::run(env!("CARGO_BIN_NAME"), check)
}

fn check(tap: &mut Tap) {
    let text = statistics::text();
    let lines: Vec<&str> = text.lines().collect();
    tap.proves("14.lines");
    tap.equal(
        "line 1 tells the version",
        lines.first().copied(),
        Some(&*format!("knem {VERSION}")),
    );
    let header = [
        format!(" Driver ABI={ABI_VERSION:#x}"),
        " Features: 0xe".to_string(),
        " Flags: forcing 0x0, ignoring 0x0".to_string(),
        " DMAEngine: NoKernelSupport".to_string(),
        " Debug: BuiltIn Disabled".to_string(),
    ];
    let mut at = 0;
    for line in &header {
        let found = lines.iter().position(|shown| shown == line);
        tap.check(
            &format!("there is a line '{line}', in order"),
            found.is_some_and(|found| found > at),
        );
        at = found.unwrap_or(at);
    }
    for counter in Counter::ALL {
        let start = format!("{:<46}: ", format!(" {}", counter.label()));
        let found = lines.iter().position(|line| line.starts_with(&start));
        tap.check(
            &format!("'{}' has its line, in order", counter.label()),
            found.is_some_and(|found| found > at),
        );
        at = found.unwrap_or(at);
        let number = lines[at].get(start.len()..).map(str::parse::<u64>);
        tap.check("with a decimal number", matches!(number, Some(Ok(_))));
    }
    tap.check("the text ends with a line", text.ends_with('\n'));
    tap.check(
        "and holds no other control character",
        !text.contains(|c: char| c != '\n' && c.is_control()),
    );
    let by_nobody = as_user(BOB, || u64::from(statistics::text().starts_with("knem ")));
    tap.equal("any user may read it", by_nobody, 1);
}
