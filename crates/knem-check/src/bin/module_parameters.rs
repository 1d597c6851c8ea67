// SPDX-License-Identifier: BSD-3-Clause

//! §15: the parameters of the module, in sysfs, in GET_INFO, and in what they do.

use knem_abi::{request, Info};
use knem_check::module::{self, Module};
use knem_check::prelude::*;
use knem_check::statistics::Snapshot;

fn main() -> ExitCode {
    tap::run(env!("CARGO_BIN_NAME"), check)
}

/// Parameters, and the masks that follow from them: forced, ignored.
const MASKS: [(&str, u32, u32); 8] = [
    ("", 0, 0),
    ("thread=0", 0, flag::THREAD_MASK),
    ("dma=0", 0, flag::DMA),
    ("sync=1", 0, flag::ASYNC_MASK),
    ("pinlocal=1", flag::PIN_LOCAL, 0),
    ("forceflags=32", flag::SINGLE_USE, 0),
    ("ignoreflags=32", 0, flag::SINGLE_USE),
    ("sync=1 dma=0 pinlocal=1", flag::PIN_LOCAL, 0x0f),
];

const CONTRADICTIONS: [&str; 3] = [
    "pinlocal=1 ignoreflags=16",
    "sync=1 forceflags=8",
    "forceflags=1 dma=0",
];

const DEFAULTS: [(&str, &str); 7] = [
    ("thread", "1"),
    ("dma", "1"),
    ("pinlocal", "0"),
    ("pinlocalread", "1"),
    ("sync", "0"),
    ("forceflags", "0"),
    ("ignoreflags", "0"),
];

fn check(tap: &mut Tap) {
    let Some(module) = Module::named() else {
        return tap.skip_all(&format!("{} names no module", module::VARIABLE));
    };
    for (name, value) in DEFAULTS {
        tap.equal(
            &format!("{name} is {value}"),
            module::parameter(name).as_str(),
            value,
        );
    }
    for (parameters, forced, ignored) in MASKS {
        reload(&module, parameters);
        tap.equal(
            &format!("masks of '{parameters}'"),
            masks(),
            (forced, ignored),
        );
    }
    reload(&module, "pinlocalread=0");
    tap.equal(
        "sysfs shows what was given",
        module::parameter("pinlocalread").as_str(),
        "0",
    );
    read_in_place(tap);
    reload(&module, "pinlocal=1");
    pinned_always(tap);
    reload(&module, "forceflags=32");
    single_use_always(tap);
    reload(&module, "ignoreflags=32");
    single_use_never(tap);
    contradictions(tap, &module);
}

fn reload(module: &Module, parameters: &str) {
    module::unload().expect("nobody uses the module");
    module.load(parameters).expect("the parameters are good");
}

fn masks() -> (u32, u32) {
    let mut info = Info::default();
    let answer = Device::open().call(request::GET_INFO, &mut info);
    assert_eq!(answer, Ok(()));
    (info.forced_flags, info.ignored_flags)
}

/// §7.5: without pinning, a fault in the memory that is read ends the copy as FAILED.
fn read_in_place(tap: &mut Tap) {
    let (device, remote, local) = bed();
    let cookie = region::whole(&device, remote.segment(), READ_WRITE);
    let before = Snapshot::take();
    let segments = [local.segment()];
    tap.works(
        "pinlocalread=0: a write",
        Inline::write(cookie, &segments).run(&device),
    );
    tap.check("it writes", remote.bytes() == local.bytes());
    local.protect(0, PAGE, libc::PROT_NONE);
    let write = Inline::write(cookie, &segments);
    tap.equal("a fault of a write", write.run(&device), FAILED);
    let pinned = write.flags(flag::PIN_LOCAL).run(&device);
    tap.equal("a fault of a pinned write", pinned, refused(Errno::EFAULT));
    let after = Snapshot::take();
    let grew = |counter| after.get(counter) - before.get(counter);
    tap.equal("nothing was pinned", grew(Counter::ProcessedPinLocal), 0);
    tap.equal("one copy failed", grew(Counter::FailedCopyUser), 1);
}

fn pinned_always(tap: &mut Tap) {
    let (device, remote, local) = bed();
    let cookie = region::whole(&device, remote.segment(), READ_WRITE);
    local.protect(0, PAGE, libc::PROT_READ);
    let read = Inline::read(cookie, &[local.segment()]).run(&device);
    tap.equal("pinlocal=1: a read is pinned", read, refused(Errno::EFAULT));
}

fn single_use_always(tap: &mut Tap) {
    let (device, remote, local) = bed();
    let cookie = region::whole(&device, remote.segment(), READ_WRITE);
    let segments = [local.segment()];
    let read = Inline::read(cookie, &segments);
    tap.works("forceflags=32: the first use", read.run(&device));
    tap.equal(
        "there is no second",
        read.run(&device),
        refused(Errno::EINVAL),
    );
}

fn single_use_never(tap: &mut Tap) {
    let (device, remote, local) = bed();
    let cookie = region::create(&device, &[remote.segment()], READ_WRITE, flag::SINGLE_USE)
        .expect("the region is created");
    let segments = [local.segment()];
    let read = Inline::read(cookie, &segments);
    tap.works("ignoreflags=32: the first use", read.run(&device));
    tap.works("and the second", read.run(&device));
}

fn contradictions(tap: &mut Tap, module: &Module) {
    module::unload().expect("nobody uses the module");
    for parameters in CONTRADICTIONS {
        tap.refuses(
            &format!("'{parameters}' is refused"),
            module.load(parameters),
            Errno::EINVAL,
        );
    }
    tap.equal("without parameters it loads", module.load(""), Ok(()));
}

/// A context, memory for a region, and memory of the caller.
fn bed() -> (Device, Buffer, Buffer) {
    (
        Device::open(),
        Buffer::filled(PAGE, 1),
        Buffer::filled(PAGE, 2),
    )
}
