// SPDX-License-Identifier: BSD-3-Clause

//! §11: the deprecated INIT_SEND and SYNC_RECV.

use knem_check::dma::Engine;
use knem_check::old;
use knem_check::prelude::*;
use statistics::Snapshot;

fn main() -> ExitCode {
    tap::run(env!("CARGO_BIN_NAME"), check)
}

const INVALID: Outcome = refused(Errno::EINVAL);

fn check(tap: &mut Tap) {
    let base = pins::outstanding();
    let device = Device::open();
    let memory = Buffer::filled(3 * PAGE, 1);
    let local = Buffer::new(3 * PAGE);
    send(tap, &device, &memory, &local);
    receive(tap, &device, &memory, &local);
    lengths(tap, &device, &memory, &local);
    refusals(tap, &device, &memory, &local);
    // With an array the same is refused, although there would be a slot to tell of.
    let array = Array::new(&device);
    refusals(tap, &device, &memory, &local);
    drop(array);
    drop(device);
    tap.equal("nothing stays pinned", pins::settle(base), base);
}

/// INIT_SEND makes a region that can be read once.
fn send(tap: &mut Tap, device: &Device, memory: &Buffer, local: &Buffer) {
    let segments = [local.segment()];
    let make = |flags| old::send(device, &[memory.segment()], flags).unwrap_or(0);
    tap.proves("11.init-send");
    for flags in [0, flag::SINGLE_USE, !flag::ANY_USER_ACCESS] {
        let cookie = make(flags);
        tap.check(&format!("flags {flags:#x}: a region"), cookie != 0);
        let write = Inline::write(cookie, &segments).run(device);
        tap.refuses("it cannot be written", write, Errno::EACCES);
        let foreign = as_user(BOB, || Inline::read(cookie, &segments).run(device));
        tap.refuses("nor used by others", foreign, Errno::EPERM);
        let read = Inline::read(cookie, &segments);
        tap.works("it can be read", read.run(device));
        tap.equal("once", read.run(device), INVALID);
    }
    let shared = Buffer::shared(64);
    let cookie = make(flag::ANY_USER_ACCESS);
    let foreign = as_user(BOB, || {
        Inline::read(cookie, &[shared.segment()]).run(device)
    });
    tap.works("with ANY_USER_ACCESS others can read it", foreign);
    let cookie = make(0);
    let destroyed = region::destroy(device, cookie);
    tap.equal("it can be destroyed", destroyed, Ok(()));
    let empty = old::send(device, &[], 0).unwrap_or(0);
    let read = Inline::read(empty, &segments).run(device);
    tap.works("it may be empty", read);
}

/// SYNC_RECV copies in the call, whatever asynchronous flags it is given.
fn receive(tap: &mut Tap, device: &Device, memory: &Buffer, local: &Buffer) {
    let cookie = region::whole(device, memory.segment(), READ);
    tap.proves("11.sync-recv");
    let engine = Engine::now();
    for flags in (0..0x100).filter(|flags| flags & flag::NOTIFY_FD == 0) {
        local.clear();
        let answer = old::receive(device, cookie, &[local.segment()], engine.usable(flags));
        let same = local.matches("local", 1);
        if answer != SUCCESS || same.is_err() {
            return tap.equal(
                &format!("flags {flags:#x}"),
                (answer, same),
                (SUCCESS, Ok(())),
            );
        }
    }
    tap.check("all flags but NOTIFY_FD work without an array", true);
    let once = old::send(device, &[memory.segment()], 0).unwrap_or(0);
    let segments = [local.segment()];
    let answer = old::receive(device, once, &segments, 0);
    tap.works("of a region of INIT_SEND", answer);
    let answer = old::receive(device, once, &segments, 0);
    tap.equal("which is gone then", answer, INVALID);
}

/// The copy begins at the start and is as long as the shorter side.
fn lengths(tap: &mut Tap, device: &Device, memory: &Buffer, local: &Buffer) {
    let cookie = region::whole(device, memory.part(0, 100), READ);
    local.fill(2);
    let answer = old::receive(device, cookie, &[local.segment()], 0);
    tap.works("a short region", answer);
    let mut expected = pattern::bytes(2, 3 * PAGE);
    expected[..100].copy_from_slice(&pattern::bytes(1, 100));
    tap.holds(
        "no byte too many",
        pattern::same("local", &local.bytes(), &expected),
    );
    let parts = [local.part(500, 7), local.part(300, 20)];
    let answer = old::receive(device, cookie, &parts, 0);
    tap.works("two short segments", answer);
    let source = pattern::bytes(1, 27);
    let got = local.bytes();
    let same = got[500..507] == source[..7] && got[300..320] == source[7..];
    tap.check("one after the other", same);
}

fn refusals(tap: &mut Tap, device: &Device, memory: &Buffer, local: &Buffer) {
    let once = || old::send(device, &[memory.segment()], 0).unwrap_or(0);
    let kept = once();
    let segments = [local.segment()];
    let before = Snapshot::take();
    tap.proves("11.sync-recv-notify");
    tap.proves("13.2.sync-recv");
    for flags in [flag::NOTIFY_FD, flag::NOTIFY_FD | flag::MEMCPY_THREAD, 0x4a] {
        let answer = old::receive(device, kept, &segments, flags);
        tap.equal(&format!("flags {flags:#x}: EINVAL"), answer, INVALID);
    }
    let now = Snapshot::take();
    tap.holds("no counter moved", before.grew(&now, &[]));
    let bad = [Iovec { base: 8, len: 64 }];
    let before = now;
    let answer = old::receive(device, kept, &bad, 0);
    tap.equal("bad memory: FAILED", answer, FAILED);
    let expected = [
        (Counter::Submitted, 1),
        (Counter::ProcessedTotal, 1),
        (Counter::FailedCopyUser, 1),
    ];
    let now = Snapshot::take();
    tap.holds("counted", before.grew(&now, &expected));
    let answer = old::receive(device, kept, &segments, 0);
    tap.equal("and consumed", answer, INVALID);
    let answer = old::receive(device, once(), &bad, flag::PIN_LOCAL);
    tap.refuses("bad memory, pinned: EFAULT", answer, Errno::EFAULT);
    let closed = region::whole(device, memory.segment(), WRITE);
    let answer = old::receive(device, closed, &segments, 0);
    tap.refuses("a region to write: EACCES", answer, Errno::EACCES);
    let foreign = as_user(BOB, || old::receive(device, closed, &segments, 0));
    tap.refuses("another user: EPERM", foreign, Errno::EPERM);
}
