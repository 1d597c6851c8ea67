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
/// As often more on machines that copy that in no time.
const MORE: usize = 8;
/// A copy that takes less is over before a kill shows: some machines look only at a tick of 10 ms.
const SHORTEST: Duration = Duration::from_millis(100);
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
    let make = |times| {
        let region = |memory: &Buffer, protection| {
            let segments = region::folded(memory.segment(), times);
            region::create(&device, &segments, protection, 0).unwrap_or(0)
        };
        (region(&source, READ), region(&target, WRITE))
    };
    let (src, dst) = make(TIMES);
    let (_, whole) = clock::time(|| Between::new(src, dst).run(&device));
    let more = if whole < SHORTEST { MORE } else { 1 };
    let (src, dst) = make(TIMES * more);
    let local = region::folded(target.segment(), TIMES * more);
    let between = Between::new(src, dst);
    consumer_killed(tap, "a copy between regions", || between.run(&device));
    let user = USER * more as u64;
    consumer_killed(tap, "an inline read", || {
        Inline::read(src, &local).bound(user).run(&device)
    });
    tap.holds("the regions took no harm", source.matches("source", 1));
    let some = between.bound(HUGE as u64);
    tap.works("and can be copied", some.run(&device));
    tap.holds("as they are", target.matches("target", 1));
    drop(device);
    tap.equal("nothing stays pinned", pins::settle(base), base);
}

/// How often a killed process may be late: a busy machine does not come to it at once.
const ATTEMPTS: usize = 8;

/// Kills a process early in a long copy; it must not live to the end of it.
fn consumer_killed(tap: &mut Tap, text: &str, copy: impl Fn() -> Outcome) {
    let (answer, whole) = clock::time(&copy);
    tap.works(&format!("{text} works"), answer);
    let mut times = Vec::new();
    while times.len() < ATTEMPTS && times.iter().all(|&took| took >= whole / 3) {
        match killed_after(whole / 10, &copy) {
            (End::Signaled(libc::SIGKILL), took) => times.push(took),
            (end, _) => return tap.check(&format!("{text}: killed, but {end:?}"), false),
        }
    }
    tap.proves("ext.killable");
    let prompt = times.iter().any(|&took| took < whole / 3);
    let text = format!("{text}: a killed process ends long before the copy would have");
    tap.check(&text, prompt);
    tap.note(&format!(
        "the whole copy takes {whole:?}; killed processes were gone after {times:?}"
    ));
}

/// How a process ends that is killed a while after it began to copy, and how long that takes.
fn killed_after(delay: Duration, copy: &impl Fn() -> Outcome) -> (End, Duration) {
    let mut peer = Peer::spawn(|channel| {
        channel.tell(1);
        loop {
            let _ = copy();
        }
    });
    let _: u64 = peer.hear();
    thread::sleep(delay);
    peer.signal(libc::SIGKILL);
    clock::time(|| peer.wait())
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
    tap.proves("17.3.peers-finish");
    tap.works("the copy ends well", answer);
    tap.holds("with the right bytes", target.matches("target", 5));
    tap.refuses("a later one is EINVAL", copy.run(&device), Errno::EINVAL);
}
