// SPDX-License-Identifier: BSD-3-Clause

//! §17.3, §17.4: a process with far more in its queue than could be executed is killed, or exits:
//! it is gone soon, with its thread and its pins; peers are unharmed, and the module can be unloaded
//! right away.

use knem_check::module::{self, Module};
use knem_check::plug::Plug;
use knem_check::prelude::*;
use knem_check::{clock, worker};

fn main() -> ExitCode {
    tap::run(env!("CARGO_BIN_NAME"), check)
}

fn check(tap: &mut Tap) {
    let base = pins::outstanding();
    for (text, signal) in [("killed", Some(libc::SIGKILL)), ("exiting", None)] {
        with_peer(tap, text, signal, base);
    }
    let Some(module) = Module::named() else {
        return tap.skip(
            "unloading",
            &format!("{} names no module", module::VARIABLE),
        );
    };
    for (text, signal) in [("killed", Some(libc::SIGKILL)), ("exiting", None)] {
        for round in 0..2 {
            let mut victim = victim(0);
            let _: u64 = victim.hear();
            ended(&mut victim, signal);
            let answer = module::unload();
            tap.proves("17.4.after-death");
            tap.proves("ext.death-cancels");
            tap.equal(&format!("{text}, round {round}: unloading"), answer, Ok(()));
            tap.equal("nothing is pinned", pins::settle(base), base);
            let again = match answer {
                Ok(()) => module.load(""),
                Err(_) => Ok(()),
            };
            tap.equal("and it comes again", again, Ok(()));
        }
    }
}

/// A process that queues hours of work, part of it with a region of a peer.
fn victim(remote: Cookie) -> Peer {
    Peer::spawn(move |channel| {
        let plug = Plug::new();
        let bed = Bed::new(PAGE);
        for slot in 0..200 {
            assert_eq!(plug.endless(slot).run(&bed.device), PENDING);
        }
        let write = Inline {
            remote,
            write: 1,
            ..bed.thread(300)
        };
        let _ = write.run(&bed.device);
        for slot in 301..400 {
            assert_eq!(bed.notify(slot).run(&bed.device), PENDING);
        }
        // The first one runs before this goes on.
        assert!(clock::wait_until(|| worker::all().iter().any(|_| true)));
        channel.tell(1_u64);
        let _: u64 = channel.hear();
        // SAFETY: ends the process at once, like one that closes nothing by hand.
        unsafe { libc::_exit(0) };
    })
}

/// Ends a victim and waits for it.
fn ended(victim: &mut Peer, signal: Option<i32>) -> End {
    match signal {
        Some(signal) => victim.signal(signal),
        None => victim.tell(1_u64),
    }
    victim.wait()
}

fn with_peer(tap: &mut Tap, text: &str, signal: Option<i32>, base: i64) {
    let device = Device::open();
    let memory = Buffer::filled(PAGE, 5);
    let cookie = region::whole(&device, memory.segment(), READ_WRITE);
    let mut victim = victim(cookie);
    let _: u64 = victim.hear();
    let (end, took) = clock::time(|| ended(&mut victim, signal));
    let expected = signal.map_or(End::Exited(0), End::Signaled);
    tap.proves("ext.death-cancels");
    tap.equal(&format!("{text}: it ends"), end, expected);
    tap.check("soon", took < clock::PATIENCE);
    tap.note(&format!("after {took:?}"));
    tap.check("its thread too", worker::settle(0));
    tap.holds(
        "what it did not come to is not done",
        memory.matches("memory", 5),
    );
    let local = Buffer::new(PAGE);
    tap.proves("17.3.peers-finish");
    let read = Inline::read(cookie, &[local.segment()]).run(&device);
    tap.works("the region of the peer works", read);
    tap.holds("as ever", local.matches("local", 5));
    drop(device);
    tap.equal("nothing stays pinned", pins::settle(base), base);
}
