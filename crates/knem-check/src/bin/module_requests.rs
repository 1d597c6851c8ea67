// SPDX-License-Identifier: BSD-3-Clause

//! §11, §15: what the parameters do to asynchronous requests: with `sync` or without `thread` they
//! are made in the call, notifications included; forced and ignored flags are as if given.

use knem_check::module::{self, Module};
use knem_check::prelude::*;
use knem_check::{events, old, worker};

fn main() -> ExitCode {
    tap::run(env!("CARGO_BIN_NAME"), check)
}

const SCRIBBLE: Status = Status(0x77);
const INVALID: Outcome = refused(Errno::EINVAL);

fn check(tap: &mut Tap) {
    let Some(module) = Module::named() else {
        return tap.skip_all(&format!("{} names no module", module::VARIABLE));
    };
    for parameters in ["sync=1", "ignoreflags=14", "thread=0", "thread=0 sync=1"] {
        reload(&module, parameters);
        in_the_call(tap, parameters);
        notified(tap, parameters);
        unmapped(tap, parameters);
    }
    reload(&module, "thread=0");
    hardware_alone(tap);
    reload(&module, "forceflags=8");
    thread_always(tap);
    reload(&module, "forceflags=72");
    notify_always(tap);
    reload(&module, "ignoreflags=64");
    notify_never(tap);
    reload(&module, "forceflags=128");
    for_everybody(tap);
    reload(&module, "ignoreflags=32");
    single_use_still(tap);
    reload(&module, "");
}

fn reload(module: &Module, parameters: &str) {
    module::unload().expect("nobody uses the module");
    module.load(parameters).expect("the parameters are good");
}

/// The thread flags mean nothing: no slot is written, no thread started.
fn in_the_call(tap: &mut Tap, parameters: &str) {
    let bed = Bed::new(PAGE);
    let target = Buffer::new(PAGE);
    let dst = region::whole(&bed.device, target.segment(), WRITE);
    tap.proves("15.sync");
    for flags in [flag::MEMCPY_THREAD, flag::DMA_THREAD, flag::THREAD_MASK] {
        bed.array.put(5, 0x77);
        bed.local.clear();
        let read = bed.read().flags(flags).slot(5);
        let text = format!("{parameters}, flags {flags:#x}");
        tap.works(&format!("{text}: a read"), read.run(&bed.device));
        tap.holds("is over at once", bed.arrived());
        let copy = Between::new(bed.cookie, dst).flags(flags).slot(5);
        tap.works(&format!("{text}: a copy"), copy.run(&bed.device));
        let nothing = read.bound(0).run(&bed.device);
        tap.works(&format!("{text}: of nothing"), nothing);
        let far = read.slot(u32::MAX).run(&bed.device);
        tap.works(&format!("{text}: any index"), far);
        let bad = [Iovec { base: 8, len: 8 }];
        let failed = Inline::read(bed.cookie, &bad).flags(flags).slot(5);
        let answer = failed.run(&bed.device);
        tap.equal(&format!("{text}: bad memory"), answer, FAILED);
        tap.equal("the slot is as it was", bed.array.slot(5), SCRIBBLE);
    }
    tap.equal("no event", events::drain(&bed.device), Ok(vec![]));
    tap.equal("no thread", worker::all(), vec![]);
}

/// With a notification the slot is final and the event there.
fn notified(tap: &mut Tap, parameters: &str) {
    let bed = Bed::new(PAGE);
    tap.proves("15.sync-notify");
    for flags in [0x48, 0x44, 0x4c] {
        let text = format!("{parameters}, flags {flags:#x}");
        bed.array.put(6, 0x77);
        bed.local.clear();
        let read = bed.read().flags(flags).slot(6);
        tap.works(&format!("{text}: a read"), read.run(&bed.device));
        tap.holds("is over at once", bed.arrived());
        tap.equal("its slot final", bed.array.slot(6), Status::SUCCESS);
        tap.equal("its event there", events::drain(&bed.device), Ok(vec![6]));
        let bad = [Iovec { base: 8, len: 8 }];
        let failed = Inline::read(bed.cookie, &bad).flags(flags).slot(6);
        let answer = failed.run(&bed.device);
        tap.equal(&format!("{text}: bad memory"), answer, FAILED);
        tap.equal("its slot says so", bed.array.slot(6), Status::FAILED);
        tap.equal("its event", events::drain(&bed.device), Ok(vec![6]));
        let far = read.slot(PAGE as u32).run(&bed.device);
        tap.equal(&format!("{text}: a bad index"), far, INVALID);
    }
    let alone = bed.read().flags(flag::NOTIFY_FD).slot(6);
    let text = format!("{parameters}: without a thread flag");
    tap.equal(&text, alone.run(&bed.device), INVALID);
    tap.equal("no event", events::drain(&bed.device), Ok(vec![]));
    for slot in 0..PAGE as u32 {
        let read = bed.read().flags(0x48).slot(slot).bound(1);
        assert_eq!(read.run(&bed.device), SUCCESS, "there is room");
    }
    let over = bed.read().flags(0x48).slot(0).run(&bed.device);
    tap.refuses("a full queue is EBUSY", over, Errno::EBUSY);
}

/// Without an array only a notification needs one.
fn unmapped(tap: &mut Tap, parameters: &str) {
    let device = Device::open();
    let (memory, local) = (Buffer::filled(64, 1), Buffer::new(64));
    let cookie = region::whole(&device, memory.segment(), READ);
    let segments = [local.segment()];
    let read = Inline::read(cookie, &segments);
    tap.proves("15.sync");
    let answer = read.flags(flag::MEMCPY_THREAD).run(&device);
    tap.works(&format!("{parameters}: without an array"), answer);
    tap.proves("15.sync-notify");
    let answer = read.flags(0x48).slot(0).run(&device);
    tap.equal("but not with a notification", answer, INVALID);
}

/// thread=0 leaves ASYNCDMACOMPLETE as it is.
fn hardware_alone(tap: &mut Tap) {
    let bed = Bed::new(64);
    let read = bed.read().flags(flag::ASYNC_DMA_COMPLETE);
    tap.works(
        "thread=0: the hardware's flag",
        read.slot(1).run(&bed.device),
    );
    tap.equal("writes its slot", bed.array.slot(1), Status::SUCCESS);
    let far = read.slot(PAGE as u32).run(&bed.device);
    tap.equal("which must be there", far, INVALID);
}

/// forceflags=8: every copy is one of the thread.
fn thread_always(tap: &mut Tap) {
    let device = Device::open();
    let (memory, local) = (Buffer::filled(64, 1), Buffer::new(64));
    let cookie = region::whole(&device, memory.segment(), READ);
    let answer = Inline::read(cookie, &[local.segment()]).run(&device);
    tap.proves("15.create-and-copy");
    tap.equal("forceflags=8: without an array", answer, INVALID);
    let bed = Bed::new(64);
    let answer = bed.read().slot(1).run(&bed.device);
    tap.equal("with an array: queued", answer, PENDING);
    tap.equal("and over", bed.array.wait(1), Status::SUCCESS);
    tap.holds("with its bytes", bed.arrived());
}

/// forceflags=72: and each has its event.
fn notify_always(tap: &mut Tap) {
    let bed = Bed::new(64);
    let answer = bed.read().slot(2).run(&bed.device);
    tap.equal("forceflags=72: queued", answer, PENDING);
    tap.equal("with its event", events::read(&bed.device, 1), Ok(vec![2]));
}

/// ignoreflags=64: nobody is told.
fn notify_never(tap: &mut Tap) {
    let bed = Bed::new(64);
    let answer = bed.read().flags(flag::NOTIFY_FD).run(&bed.device);
    tap.works("ignoreflags=64: a notification alone", answer);
    tap.equal("one of the thread", bed.notify(3).run(&bed.device), PENDING);
    tap.equal("which ends", bed.array.wait(3), Status::SUCCESS);
    let behind = bed.thread(4).run(&bed.device);
    assert_eq!((behind, bed.array.wait(4)), (PENDING, Status::SUCCESS));
    tap.equal("without an event", events::drain(&bed.device), Ok(vec![]));
}

/// forceflags=128: every region is for every user.
fn for_everybody(tap: &mut Tap) {
    let bed = Bed::new(64);
    let answer = as_user(BOB, || bed.read().run(&bed.device));
    tap.proves("15.create-and-copy");
    tap.works("forceflags=128: another user's copy", answer);
}

/// ignoreflags=32: the old call's regions are single-use all the same.
fn single_use_still(tap: &mut Tap) {
    let bed = Bed::new(64);
    let once = old::send(&bed.device, &[bed.source.segment()], 0).unwrap_or(0);
    let read = Inline {
        remote: once,
        ..bed.read()
    };
    tap.proves("11.init-send-ignored-mask");
    tap.works("ignoreflags=32: the first use", read.run(&bed.device));
    tap.equal("and no second", read.run(&bed.device), INVALID);
}
