// SPDX-License-Identifier: BSD-3-Clause

//! §16: a process that is killed while slow or dead hardware has its copy ends as soon as the hardware
//! is done for certain, and its memory stays pinned until then.

use std::thread;
use std::time::Duration;

use knem_check::clock;
use knem_check::module::{self, Module, Setting};
use knem_check::prelude::*;
use knem_check::softdma::{self, Knob};

fn main() -> ExitCode {
    tap::run(env!("CARGO_BIN_NAME"), check)
}

/// How many transfers a copy takes: pages that are nowhere consecutive.
const TRANSFERS: usize = 512;
/// What each takes; on four channels, a copy takes 2.5 seconds, and what is under way of it at once
/// some part of that.
const DELAY: Duration = Duration::from_millis(20);
/// When the victim is killed: early in its first copy.
const KILL: Duration = Duration::from_millis(100);
const PATIENCE: Duration = Duration::from_millis(800);

const FLAGS: [(&str, u32); 3] = [
    ("waited for", 0),
    ("in the thread", flag::DMA_THREAD),
    ("ended by the hardware", flag::ASYNC_DMA_COMPLETE),
];

fn check(tap: &mut Tap) {
    if let Some(why) = softdma::missing() {
        return tap.skip_all(&format!("no DMA engine made of software: {why}"));
    }
    let base = pins::outstanding();
    for (text, flags) in FLAGS {
        let _delay = Knob::new("delay", DELAY.as_micros() as u64);
        slow(tap, text, flags, base);
    }
    for (text, flags) in FLAGS {
        let patience = Setting::new("dmatimeout", "800");
        dead(tap, text, flags, base);
        drop(patience);
        unloaded(tap, base);
    }
}

/// A process that copies once, and would do so again.
fn victim(flags: u32) -> Peer {
    let mut victim = Peer::spawn(move |channel| {
        let bed = Bed::new(PAGE);
        let source = region::folded(bed.source.segment(), TRANSFERS);
        let cookie = region::create(&bed.device, &source, READ, 0).unwrap_or(0);
        let target = region::folded(bed.local.segment(), TRANSFERS);
        channel.tell(1_u64);
        for slot in 0..4 {
            let read = Inline::read(cookie, &target).dma(flags).slot(slot);
            let _ = read.run(&bed.device);
        }
        thread::sleep(Duration::from_secs(60));
    });
    let _: u64 = victim.hear();
    thread::sleep(KILL);
    victim
}

fn slow(tap: &mut Tap, text: &str, flags: u32, base: i64) {
    let mut victim = victim(flags);
    let pinned = pins::outstanding() - base;
    victim.signal(libc::SIGKILL);
    let (end, took) = clock::time(|| victim.wait());
    tap.proves("16.killed");
    let text = format!("slow hardware, {text}");
    tap.equal(&text, end, End::Signaled(libc::SIGKILL));
    tap.check("it had memory pinned", pinned > 0);
    // Each channel has several transfers.
    tap.check("it waits for what is under way", took >= DELAY);
    let whole = DELAY * TRANSFERS as u32 / 4;
    tap.check("and not for what could follow", took < whole);
    tap.note(&format!("gone after {took:?}"));
    tap.equal("nothing stays pinned", pins::settle(base), base);
}

fn dead(tap: &mut Tap, text: &str, flags: u32, base: i64) {
    softdma::set("hang", 1 << 20);
    let mut victim = victim(flags);
    victim.signal(libc::SIGKILL);
    let (end, took) = clock::time(|| victim.wait());
    softdma::set("hang", 0);
    tap.proves("16.killed");
    let text = format!("dead hardware, {text}");
    tap.equal(&text, end, End::Signaled(libc::SIGKILL));
    tap.check("it waits for the channels' time", took >= PATIENCE / 2);
    tap.check("and not much longer", took < 3 * PATIENCE);
    tap.note(&format!("gone after {took:?}"));
    tap.equal("nothing stays pinned", pins::settle(base), base);
}

fn unloaded(tap: &mut Tap, base: i64) {
    let Some(module) = Module::named() else {
        return tap.skip(
            "unloading",
            &format!("{} names no module", module::VARIABLE),
        );
    };
    tap.proves("16.unload");
    tap.equal("unloading right after that", module::unload(), Ok(()));
    tap.equal("nothing is pinned", pins::settle(base), base);
    tap.equal("it comes again", module.load(""), Ok(()));
    let bed = Bed::new(1 << 20);
    tap.works("and DMA works", bed.dma(0).run(&bed.device));
    tap.holds("as ever", bed.arrived());
}
