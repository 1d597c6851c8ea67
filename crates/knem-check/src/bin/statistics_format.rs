// SPDX-License-Identifier: BSD-3-Clause

//! §14: what the statistics look like.

use knem_abi::{ABI_VERSION, VERSION};
use knem_check::dma::Engine;
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
    let engine = Engine::now();
    let dma = match engine {
        Engine::NoSupport => "NoKernelSupport",
        Engine::Disabled => "KernelSupported Disabled",
        Engine::NoChannel => "KernelSupported Enabled NoChannelAvailable",
        Engine::Channels => "KernelSupported Enabled ChansAvail ChunkMin=1024B",
    };
    let header = [
        format!(" Driver ABI={ABI_VERSION:#x}"),
        format!(" Features: {:#x}", 0xe | engine.feature()),
        " Flags: forcing 0x0, ignoring 0x0".to_string(),
        format!(" DMAEngine: {dma}"),
        " Debug: BuiltIn Disabled".to_string(),
    ];
    let channels = lines.iter().any(|line| line.starts_with(" DMAChannels: "));
    tap.equal(
        "channels are named if there are any",
        channels,
        engine == Engine::Channels,
    );
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
