// SPDX-License-Identifier: BSD-3-Clause

//! §16: drivers of DMA engines come and go: open contexts keep theirs, and without one the flag is
//! refused.

use knem_check::dma::{self, Engine};
use knem_check::driver;
use knem_check::prelude::*;
use knem_check::statistics::Snapshot;

fn main() -> ExitCode {
    tap::run(env!("CARGO_BIN_NAME"), check)
}

fn check(tap: &mut Tap) {
    if driver::file().is_none() {
        return tap.skip_all(&format!("{} names no module", driver::VARIABLE));
    }
    let in_use: Result<(), Errno> = Err(Errno(libc::EAGAIN));
    let bed = Bed::new(1 << 20);
    tap.proves("16.provider");
    tap.equal("a context keeps the driver", driver::unload(), in_use);
    tap.works("and uses it", bed.dma(0).run(&bed.device));
    drop(bed);
    tap.equal("without one it goes", driver::unload(), Ok(()));
    without(tap);
    tap.equal("it comes again", driver::load(""), Ok(()));
    let bed = Bed::new(1 << 20);
    tap.equal("and serves new contexts", Engine::now(), Engine::Channels);
    tap.works("as before", bed.dma(0).run(&bed.device));
    tap.holds("every byte", bed.arrived());
    tap.equal("which keep it", driver::unload(), in_use);
    drop(bed);
    let outcome = (0..50).try_for_each(|round| {
        let gone = driver::unload().and_then(|()| driver::load(""));
        let bed = Bed::new(100_000);
        match (
            gone,
            bed.dma(flag::ASYNC_DMA_COMPLETE).slot(0).run(&bed.device),
        ) {
            (Ok(()), PENDING | SUCCESS) => Ok(()),
            other => Err(format!("round {round}: {other:?}")),
        }
    });
    tap.holds("50 times, right after a copy", outcome);
}

/// The kernel can, and there is none.
fn without(tap: &mut Tap) {
    tap.equal("the statistics say so", Engine::now(), Engine::NoChannel);
    let bed = Bed::new(PAGE);
    tap.equal("GET_INFO, too", dma::offered(&bed.device), false);
    for flags in [
        0,
        flag::DMA_THREAD,
        flag::ASYNC_DMA_COMPLETE,
        flag::MEMCPY_THREAD,
    ] {
        let before = Snapshot::take();
        let answer = bed.dma(flags).slot(0).run(&bed.device);
        tap.proves("13.2.copy-no-channel");
        tap.refuses(&format!("DMA, flags {flags:#x}"), answer, Errno::EINVAL);
        let counted = [(Counter::Submitted, 1), (Counter::FailedInvalidFlags, 1)];
        let grew = before.grew(&Snapshot::take(), &counted);
        tap.holds("is counted so", grew);
    }
    let once = region::create(&bed.device, &[bed.source.segment()], READ, flag::SINGLE_USE);
    let read = Inline::read(once.unwrap_or(0), &bed.segments);
    tap.refuses(
        "no region is consumed",
        read.dma(0).run(&bed.device),
        Errno::EINVAL,
    );
    tap.works("by that", read.run(&bed.device));
    let open = Bed::new(PAGE);
    tap.equal("the driver comes", driver::load(""), Ok(()));
    let answer = open.dma(0).run(&open.device);
    tap.refuses("a context that was open has none", answer, Errno::EINVAL);
    tap.check("a new one has", dma::offered(&Device::open()));
    drop((open, bed));
    tap.proves("16.channel-reference");
    tap.equal("and it goes again", driver::unload(), Ok(()));
}
