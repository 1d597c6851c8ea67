// SPDX-License-Identifier: BSD-3-Clause

//! §16, §17.3: processes that are killed with copies by DMA under way end soon and leave nothing
//! pinned; peers are unharmed, and the module can be unloaded at once.

use std::thread;
use std::time::Duration;

use knem_check::clock;
use knem_check::dma::Pair;
use knem_check::module::{self, Module};
use knem_check::prelude::*;

fn main() -> ExitCode {
    tap::run(env!("CARGO_BIN_NAME"), check)
}

const LENGTH: usize = 4 << 20;

fn check(tap: &mut Tap) {
    let base = pins::outstanding();
    for (text, flags) in [
        ("waited for", 0),
        ("in the thread", flag::DMA_THREAD),
        ("ended by the hardware", flag::ASYNC_DMA_COMPLETE),
    ] {
        for delay in [0, 1, 5, 20, 60] {
            let mut victim = victim(flags);
            let _: u64 = victim.hear();
            thread::sleep(Duration::from_millis(delay));
            victim.signal(libc::SIGKILL);
            let (end, took) = clock::time(|| victim.wait());
            tap.proves("16.killed");
            let text = format!("killed after {delay} ms, copies {text}");
            tap.equal(&text, end, End::Signaled(libc::SIGKILL));
            tap.check("it ends soon", took < clock::PATIENCE);
            tap.equal("nothing stays pinned", pins::settle(base), base);
        }
    }
    owner_killed(tap, base);
    unloaded(tap, base);
}

/// A process that copies for ever.
fn victim(flags: u32) -> Peer {
    Peer::spawn(move |channel| {
        let pair = Pair::new(LENGTH, 1);
        channel.tell(1_u64);
        for slot in (0..PAGE as u32).cycle() {
            let _ = pair.copy.dma(flags).slot(slot).run(&pair.device);
        }
    })
}

/// The owner of the source is killed in the middle of a copy.
fn owner_killed(tap: &mut Tap, base: i64) {
    let mut owner = Peer::spawn(|channel| {
        let device = Device::open();
        let memory = Buffer::filled(LENGTH, 6);
        channel.tell(region::whole(&device, memory.segment(), READ));
        thread::sleep(Duration::from_secs(60));
    });
    let src: Cookie = owner.hear();
    let pair = Pair::new(LENGTH, 1);
    let copy = Between { src, ..pair.copy };
    let answer = copy.dma(flag::ASYNC_DMA_COMPLETE).slot(0).run(&pair.device);
    owner.signal(libc::SIGKILL);
    tap.equal(
        "the owner is killed",
        owner.wait(),
        End::Signaled(libc::SIGKILL),
    );
    tap.one_of("during a copy", answer, &[PENDING, SUCCESS]);
    tap.proves("16.regions-stay");
    tap.equal("which ends well", pair.array.wait(0), Status::SUCCESS);
    tap.holds("with all bytes", pair.arrived(6));
    drop(pair);
    tap.equal("nothing stays pinned", pins::settle(base), base);
}

/// The module goes right after such a death, and comes again.
fn unloaded(tap: &mut Tap, base: i64) {
    let Some(module) = Module::named() else {
        return tap.skip(
            "unloading",
            &format!("{} names no module", module::VARIABLE),
        );
    };
    for flags in [0, flag::DMA_THREAD, flag::ASYNC_DMA_COMPLETE] {
        let mut victim = victim(flags);
        let _: u64 = victim.hear();
        thread::sleep(Duration::from_millis(10));
        victim.signal(libc::SIGKILL);
        victim.wait();
        tap.proves("16.unload");
        tap.equal("unloading after a death", module::unload(), Ok(()));
        tap.equal("nothing is pinned", pins::settle(base), base);
        tap.equal("it comes again", module.load(""), Ok(()));
    }
}
