// SPDX-License-Identifier: BSD-3-Clause

//! §17.4: the module stays while a descriptor is open, and goes cleanly right after the last one.

use std::thread;

use knem_check::module::{self, Module};
use knem_check::prelude::*;

fn main() -> ExitCode {
    tap::run(env!("CARGO_BIN_NAME"), check)
}

const IN_USE: Result<(), Errno> = Err(Errno(libc::EAGAIN));

fn check(tap: &mut Tap) {
    let Some(module) = Module::named() else {
        return tap.skip_all(&format!("{} names no module", module::VARIABLE));
    };
    tap.proves("17.4.in-use");
    for (text, flags) in [
        ("a context", libc::O_RDWR),
        ("a view of the statistics", libc::O_RDONLY),
    ] {
        let device = Device::open_with(flags).expect("the device opens");
        tap.equal(&format!("{text} keeps it"), module::unload(), IN_USE);
        let again = device.duplicate();
        drop(device);
        tap.equal(
            &format!("so does its duplicate ({text})"),
            module::unload(),
            IN_USE,
        );
        drop(again);
        tap.equal(&format!("without {text} it goes"), module::unload(), Ok(()));
        tap.equal("it comes again", module.load(""), Ok(()));
    }
    mapped(tap, &module);
    with_regions(tap, &module);
    while_opening(tap, &module);
}

/// A mapped status array keeps it as well, and a queue that was executed does not.
fn mapped(tap: &mut Tap, module: &Module) {
    let Bed {
        array,
        device,
        cookie,
        segments,
        local: _local,
        source: _source,
    } = Bed::new(PAGE);
    let read = Inline::read(cookie, &segments).flags(flag::MEMCPY_THREAD);
    let answer = read.slot(0).run(&device);
    tap.equal("a request is queued", answer, PENDING);
    drop(device);
    tap.proves("17.4.in-use");
    tap.equal("a mapping alone keeps it", module::unload(), IN_USE);
    drop(array);
    tap.equal("without it it goes", module::unload(), Ok(()));
    tap.equal("and comes again", module.load(""), Ok(()));
}

/// Contexts with regions are closed, and the module is unloaded at once.
fn with_regions(tap: &mut Tap, module: &Module) {
    let memory = Buffer::filled(16 * PAGE, 1);
    let rounds = (0..20).try_for_each(|round| {
        let device = Device::open();
        for _ in 0..100 {
            region::whole(&device, memory.segment(), READ_WRITE);
        }
        drop(device);
        module::unload()
            .and_then(|()| module.load(""))
            .map_err(|why| format!("round {round}: {why:?}"))
    });
    tap.holds("20 times right after the end of 100 regions", rounds);
}

/// Threads open the device while it comes and goes: each open works whole or not at all.
fn while_opening(tap: &mut Tap, module: &Module) {
    let openers: Vec<_> = (0..2)
        .map(|_| {
            thread::spawn(|| {
                (0..2000)
                    .filter_map(|_| Device::open_with(libc::O_RDWR).ok())
                    .filter(|device| {
                        let mut info = knem_abi::Info::default();
                        device.call(knem_abi::request::GET_INFO, &mut info) != Ok(())
                            || info.abi != knem_abi::ABI_VERSION
                    })
                    .count()
            })
        })
        .collect();
    let mut gone = 0;
    while openers.iter().any(|opener| !opener.is_finished()) {
        if module::unload().is_ok() {
            gone += 1;
            module.load("").expect("it comes again");
        }
    }
    let broken: usize = openers
        .into_iter()
        .map(|opener| opener.join().unwrap())
        .sum();
    tap.equal("an open that works serves requests", broken, 0);
    tap.note(&format!("it went {gone} times under the openers"));
}
