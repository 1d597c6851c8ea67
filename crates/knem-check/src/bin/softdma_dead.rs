// SPDX-License-Identifier: BSD-3-Clause

//! §16: channels that lose an interrupt or never answer: after a while they are stopped and not used
//! any more. Memory stays pinned as long as hardware may write to it.

use std::time::Duration;

use knem_check::dma::{self, Engine, Pair};
use knem_check::module::Setting;
use knem_check::prelude::*;
use knem_check::softdma::{self, with_engine};
use knem_check::{clock, log::Log};

fn main() -> ExitCode {
    tap::run(env!("CARGO_BIN_NAME"), check)
}

/// How long a channel may be silent.
const PATIENCE: Duration = Duration::from_millis(500);

const FLAGS: [u32; 3] = [0, flag::DMA_THREAD, flag::ASYNC_DMA_COMPLETE];

fn check(tap: &mut Tap) {
    if let Some(why) = softdma::missing() {
        return tap.skip_all(&format!("no DMA engine made of software: {why}"));
    }
    let base = pins::outstanding();
    let _patience = Setting::new("dmatimeout", "500");
    for flags in FLAGS {
        mute(tap, flags);
        dead(tap, flags);
        tap.equal("nothing stays pinned", pins::settle(base), base);
    }
    all_dead(tap);
    with_engine("channels=1", || slow(tap));
    with_engine("channels=1 stoppable=0", || unstoppable(tap, base));
    tap.equal("nothing stays pinned", pins::settle(base), base);
}

/// Copies and tells how it ended, and after how long.
fn ended(pair: &Pair, flags: u32) -> (Status, Duration) {
    clock::time(|| match pair.copy.dma(flags).slot(0).run(&pair.device) {
        PENDING => pair.array.wait(0),
        Ok(status) => status,
        Err(error) => panic!("{error:?}"),
    })
}

/// The bytes are there, and nobody is called.
fn mute(tap: &mut Tap, flags: u32) {
    let mut log = Log::from_now().expect("the log can be read");
    let pair = Pair::new(64 << 10, 1);
    let before = dma::channels().len();
    softdma::set("mute", 1);
    let (end, took) = ended(&pair, flags);
    softdma::set("mute", 0);
    tap.proves("16.lost-interrupt");
    tap.equal(
        &format!("a lost interrupt, flags {flags:#x}"),
        end,
        Status::SUCCESS,
    );
    tap.check("after the channel's time", took >= PATIENCE);
    tap.holds("every byte", pair.arrived(1));
    tap.equal(
        "the channel is not used any more",
        dma::channels().len(),
        before - 1,
    );
    let told = log
        .messages()
        .iter()
        .any(|line| line.contains("no sign of life"));
    tap.check("which the log tells", told);
    tap.equal("the next copy", ended(&pair, flags).0, Status::SUCCESS);
}

/// Nothing comes of a transfer.
fn dead(tap: &mut Tap, flags: u32) {
    let pair = Pair::new(6 << 20, 2);
    softdma::set("hang", 1);
    let (end, took) = ended(&pair, flags);
    softdma::set("hang", 0);
    tap.proves("16.dead-channel");
    let text = format!("a channel that dies, flags {flags:#x}");
    tap.equal(&text, end, Status::FAILED);
    tap.check("after its time", took >= PATIENCE && took < clock::PATIENCE);
    pair.target.clear();
    tap.equal("the next copy", ended(&pair, flags).0, Status::SUCCESS);
    tap.holds("on the others", pair.arrived(2));
}

/// When none is left, DMA is not offered any more; the next context starts anew.
fn all_dead(tap: &mut Tap) {
    let pair = Pair::new(4 << 20, 3);
    softdma::set("hang", 1 << 30);
    let mut copies = 0;
    while dma::offered(&pair.device) && copies < 8 {
        let (end, _) = ended(&pair, 0);
        tap.equal("a copy by dying channels", end, Status::FAILED);
        copies += 1;
    }
    softdma::set("hang", 0);
    tap.proves("16.feature");
    tap.equal(
        "the last one takes the feature",
        dma::offered(&pair.device),
        false,
    );
    tap.equal("as the statistics say", Engine::now(), Engine::NoChannel);
    let answer = pair.copy.dma(0).run(&pair.device);
    tap.refuses("DMA is EINVAL", answer, Errno::EINVAL);
    tap.works("the CPU works", pair.copy.run(&pair.device));
    tap.holds("as ever", pair.arrived(3));
    drop(pair);
    let pair = Pair::new(4 << 20, 4);
    tap.equal("with a new context", ended(&pair, 0).0, Status::SUCCESS);
    tap.holds("DMA works", pair.arrived(4));
}

/// A channel that is slow lives: each of eight transfers ends in time, all together do not.
fn slow(tap: &mut Tap) {
    let _delay = softdma::Knob::new("delay", 200_000);
    let bed = Bed::new(PAGE);
    let source = region::folded(bed.source.segment(), 8);
    let cookie = region::create(&bed.device, &source, READ, 0).unwrap_or(0);
    let target = region::folded(bed.local.segment(), 8);
    let read = Inline::read(cookie, &target).dma(0);
    let (answer, took) = clock::time(|| read.run(&bed.device));
    tap.proves("16.slow-channel");
    tap.works("a slow copy", answer);
    tap.check("takes longer than a channel may be silent", took > PATIENCE);
    tap.holds("every byte", bed.arrived());
    tap.equal("no channel was given up", dma::channels().len(), 1);
}

/// Where the hardware cannot be stopped, the copy ends, and its memory is kept.
fn unstoppable(tap: &mut Tap, base: i64) {
    let other = Device::open();
    let pair = Pair::new(1 << 20, 6);
    let own = pins::outstanding();
    softdma::set("hang", 1);
    let (end, _) = ended(&pair, 0);
    softdma::set("hang", 0);
    tap.proves("16.unstoppable");
    tap.equal("a channel that cannot be stopped", end, Status::FAILED);
    for cookie in [pair.copy.src, pair.copy.dst] {
        let gone = region::destroy(&pair.device, cookie);
        tap.equal("a region of the copy is destroyed", gone, Ok(()));
    }
    drop(pair);
    std::thread::sleep(Duration::from_millis(200));
    tap.equal("its pages stay pinned", pins::outstanding(), own);
    drop(other);
    tap.equal(
        "until no context is open and the channel is given back",
        pins::settle(base),
        base,
    );
}
