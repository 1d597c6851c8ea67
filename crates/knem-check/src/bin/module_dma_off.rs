// SPDX-License-Identifier: BSD-3-Clause

//! §7.3, §15: with dma=0 the DMA flag changes nothing, whatever there is on the machine.

use knem_check::dma::{self, Engine};
use knem_check::module::{self, Module};
use knem_check::prelude::*;
use knem_check::table;

fn main() -> ExitCode {
    tap::run(env!("CARGO_BIN_NAME"), check)
}

fn check(tap: &mut Tap) {
    let Some(module) = Module::named() else {
        return tap.skip_all(&format!("{} names no module", module::VARIABLE));
    };
    let supported = Engine::now() != Engine::NoSupport;
    module::unload().expect("nobody uses the module");
    module.load("dma=0").expect("the module can be loaded");
    let expected = if supported {
        Engine::Disabled
    } else {
        Engine::NoSupport
    };
    tap.proves("7.3.dma-ignored");
    tap.equal("the statistics say so", Engine::now(), expected);
    let offered = dma::offered(&Device::open());
    tap.equal("GET_INFO does not offer DMA", offered, false);
    let (answer, counted) = dma::counted(|| {
        let bed = Bed::new(1 << 20);
        bed.dma(0).run(&bed.device)
    });
    tap.works("the flag is taken", answer);
    let by_dma = (
        counted.bytes_dma,
        counted.counters[Counter::ProcessedDma as usize],
    );
    tap.equal("and nothing goes to an engine", by_dma, (0, 0));
    for (text, outcome) in table::outcomes(expected) {
        tap.proves("7.3.dma-ignored");
        tap.proves("7.4.dma-without-influence");
        tap.holds(&text, outcome);
    }
    module::unload().expect("nobody uses the module any more");
    module.load("").expect("the module can be loaded");
}
