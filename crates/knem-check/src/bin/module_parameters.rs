// SPDX-License-Identifier: BSD-3-Clause

//! §15: the parameters of the module, in sysfs, in GET_INFO, and in what they do.

use std::collections::HashSet;
use std::fs;
use std::os::unix::fs::PermissionsExt;

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

/// Name, default and mode in sysfs.
const PARAMETERS: [(&str, &str, u32); 18] = [
    ("thread", "1", 0o444),
    ("dma", "1", 0o444),
    ("pinlocal", "0", 0o444),
    ("pinlocalread", "1", 0o444),
    ("sync", "0", 0o444),
    ("forceflags", "0", 0o444),
    ("ignoreflags", "0", 0o444),
    ("debug", "0", 0o644),
    ("binding", "1", 0o644),
    ("dmamin", "1024", 0o644),
    ("dmatimeout", "10000", 0o644),
    ("statslen", "4096", 0o644),
    ("statsverbose", "0", 0o644),
    ("maxqueued", "65536", 0o644),
    ("maxthreads", "4096", 0o644),
    ("maxregions", "1048576", 0o644),
    ("maxslots", "4294967296", 0o644),
    ("memlock", "count", 0o644),
];

fn check(tap: &mut Tap) {
    let Some(module) = Module::named() else {
        return tap.skip_all(&format!("{} names no module", module::VARIABLE));
    };
    in_sysfs(tap);
    types(tap, &module);
    tap.proves("15.masks");
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

/// Names, defaults and modes; what is read at load cannot be written later.
fn in_sysfs(tap: &mut Tap) {
    tap.proves("15.parameters");
    for (name, value, mode) in PARAMETERS {
        let shown = module::parameter(name);
        tap.equal(&format!("{name} is {value}"), shown.as_str(), value);
        let path = format!("/sys/module/knem/parameters/{name}");
        let bits = fs::metadata(&path).map_or(0, |data| data.permissions().mode() & 0o7777);
        tap.equal(&format!("{name} has its mode"), bits, mode);
        let written = fs::write(&path, value).is_ok();
        tap.equal("and can be written if that says so", written, mode == 0o644);
    }
    let known: HashSet<String> = PARAMETERS.map(|(name, ..)| name.to_string()).into();
    let folder = fs::read_dir("/sys/module/knem/parameters").expect("sysfs is mounted");
    let names: HashSet<String> = folder
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .collect();
    tap.equal("there are no others", names, known);
}

/// Signed, unsigned and long numbers.
fn types(tap: &mut Tap, module: &Module) {
    module::unload().expect("nobody uses the module");
    tap.proves("15.parameters");
    for parameters in [
        "thread=-1",
        "statslen=-1",
        "binding=many",
        "maxqueued=4294967296",
        "memlock=perhaps",
    ] {
        let answer = module.load(parameters);
        let refused = matches!(answer, Err(Errno(libc::EINVAL | libc::ERANGE)));
        tap.check(&format!("'{parameters}' is refused"), refused);
    }
    let good = "binding=-1 statslen=4294967297 maxqueued=4294967295 memlock=enforce debug=0x10";
    tap.equal(&format!("'{good}' is accepted"), module.load(good), Ok(()));
    for (name, value) in [
        ("binding", "-1"),
        ("statslen", "4294967297"),
        ("memlock", "enforce"),
        ("debug", "16"),
    ] {
        tap.equal(name, module::parameter(name).as_str(), value);
    }
    reload(module, "");
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
    local.unmap(0, PAGE);
    tap.proves("7.5.write-unpinned");
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
    tap.proves("15.create-and-copy");
    tap.equal("pinlocal=1: a read is pinned", read, refused(Errno::EFAULT));
}

fn single_use_always(tap: &mut Tap) {
    let (device, remote, local) = bed();
    let cookie = region::whole(&device, remote.segment(), READ_WRITE);
    let segments = [local.segment()];
    let read = Inline::read(cookie, &segments);
    tap.proves("15.create-and-copy");
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
    tap.proves("15.conflict");
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
