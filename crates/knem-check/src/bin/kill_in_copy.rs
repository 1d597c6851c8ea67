// SPDX-License-Identifier: BSD-3-Clause

//! W26, W27, §17.3: a copy ends at once when its process is killed, and goes on undisturbed when
//! the other side is.

use knem_check::clock;
use knem_check::memory::HUGE;
use knem_check::prelude::*;
use std::thread;
use std::time::Duration;

fn main() -> ExitCode {
    tap::run(env!("CARGO_BIN_NAME"), check)
}

/// Regions of one GiB out of two MiB.
const TIMES: usize = 512;
/// What is copied to user memory; emulated machines are slow at that.
const USER: u64 = 192 << 20;

/// Huge pages, a little apart from their natural border: emulated machines are very slow where
/// source and destination share the low bits of their page numbers.
fn huge(seed: u64) -> Buffer {
    let memory = Buffer::with(Layout {
        length: HUGE,
        offset: 17 * PAGE * seed as usize,
        alignment: HUGE,
        ..Layout::default()
    });
    let _ = memory.advise(0, HUGE, libc::MADV_HUGEPAGE);
    memory.fill(seed);
    memory
}

fn check(tap: &mut Tap) {
    let base = pins::outstanding();
    owner_killed(tap);
    let device = Device::open();
    let (source, target) = (huge(1), huge(2));
    let make = |memory: &Buffer, protection| {
        region::create(
            &device,
            &region::folded(memory.segment(), TIMES),
            protection,
            0,
        )
        .unwrap_or(0)
    };
    let (src, dst) = (make(&source, READ), make(&target, WRITE));
    let local = region::folded(target.segment(), TIMES);
    let between = Between::new(src, dst);
    consumer_killed(tap, "a copy between regions", || between.run(&device));
    consumer_killed(tap, "an inline read", || {
        Inline::read(src, &local).bound(USER).run(&device)
    });
    tap.holds("the regions took no harm", source.matches("source", 1));
    let some = between.bound(HUGE as u64);
    tap.works("and can be copied", some.run(&device));
    tap.holds("as they are", target.matches("target", 1));
    drop(device);
    tap.equal("nothing stays pinned", pins::settle(base), base);
}

/// Kills a process early in a long copy; it must not live to the end of it.
fn consumer_killed(tap: &mut Tap, text: &str, copy: impl Fn() -> Outcome) {
    let (answer, whole) = clock::time(&copy);
    tap.works(&format!("{text} works"), answer);
    let mut peer = Peer::spawn(|channel| {
        channel.tell(1);
        loop {
            let _ = copy();
        }
    });
    let _: u64 = peer.hear();
    thread::sleep(whole / 10);
    peer.signal(libc::SIGKILL);
    let (end, took) = clock::time(|| peer.wait());
    tap.equal(
        &format!("{text}: the process is killed"),
        end,
        End::Signaled(libc::SIGKILL),
    );
    let prompt = took < whole / 3;
    tap.check(
        &format!("{text}: long before the copy would have ended"),
        prompt,
    );
    tap.note(&format!(
        "the whole copy takes {whole:?}; the killed process was gone after {took:?}"
    ));
}

/// The owner of the source is killed in the middle of a copy.
fn owner_killed(tap: &mut Tap) {
    let mut owner = Peer::spawn(|channel| {
        let device = Device::open();
        let memory = huge(5);
        let segments = region::folded(memory.segment(), TIMES / 8);
        channel.tell(region::create(&device, &segments, READ, 0).unwrap_or(0));
        thread::sleep(Duration::from_secs(60));
    });
    let cookie: Cookie = owner.hear();
    let device = Device::open();
    let target = huge(0);
    let local = region::folded(target.segment(), TIMES / 8);
    let copy = Inline::read(cookie, &local);
    let (_, whole) = clock::time(|| copy.bound(32 << 20).run(&device));
    let (answer, killed) = thread::scope(|scope| {
        let copying = scope.spawn(|| copy.run(&device));
        // A quarter of the data takes `whole`: it is in the middle of the copy then.
        thread::sleep(whole);
        owner.signal(libc::SIGKILL);
        (copying.join().expect("no panic"), owner.wait())
    });
    tap.equal(
        "the owner is killed during a copy",
        killed,
        End::Signaled(libc::SIGKILL),
    );
    tap.works("the copy ends well", answer);
    tap.holds("with the right bytes", target.matches("target", 5));
    tap.refuses("a later one is EINVAL", copy.run(&device), Errno::EINVAL);
}
