// SPDX-License-Identifier: BSD-3-Clause

//! §7.4: with DMA channels, every combination of flags goes the way that the contract says.

use knem_check::dma::Engine;
use knem_check::prelude::*;
use knem_check::table;

fn main() -> ExitCode {
    tap::run(env!("CARGO_BIN_NAME"), check)
}

fn check(tap: &mut Tap) {
    for (text, outcome) in table::outcomes(Engine::Channels) {
        tap.proves("7.4.dma-sync");
        tap.proves("7.4.dma-memcpy-thread");
        tap.proves("7.4.dma-thread");
        tap.proves("7.4.dma-async-complete");
        tap.holds(&text, outcome);
    }
}
