// SPDX-License-Identifier: BSD-3-Clause

//! The parameters `maxregions`, `maxslots` and `maxthreads`: a context may have so many regions, its
//! array so many slots, and a user so many kernel threads; more is ENOMEM.

use knem_check::array::How;
use knem_check::module::{self, Setting};
use knem_check::prelude::*;
use knem_check::user::become_user;
use knem_check::worker;

fn main() -> ExitCode {
    tap::run(env!("CARGO_BIN_NAME"), check)
}

fn check(tap: &mut Tap) {
    let base = pins::outstanding();
    regions(tap);
    slots(tap);
    threads(tap);
    tap.equal("nothing stays pinned", pins::settle(base), base);
}

fn regions(tap: &mut Tap) {
    let default = module::parameter("maxregions");
    tap.proves("ext.max-regions");
    tap.equal("maxregions", default.as_str(), "1048576");
    let _setting = Setting::new("maxregions", "3");
    let (device, other) = (Device::open(), Device::open());
    let memory = Buffer::filled(PAGE, 1);
    let make = |device| region::create(device, &[memory.segment()], READ, flag::SINGLE_USE);
    let cookies = [(); 3].map(|()| make(&device).expect("there is room"));
    let held = pins::outstanding();
    tap.refuses("one more", make(&device), Errno::ENOMEM);
    tap.equal("pins nothing", pins::settle(held), held);
    tap.check("another context has its own", make(&other).is_ok());
    tap.equal("destroyed", region::destroy(&device, cookies[0]), Ok(()));
    tap.check("one makes room", make(&device).is_ok());
    tap.refuses("for one", make(&device), Errno::ENOMEM);
    let local = Buffer::new(PAGE);
    let used = Inline::read(cookies[1], &[local.segment()]).run(&device);
    tap.works("consumed", used);
    tap.check("one makes room, too", make(&device).is_ok());
}

fn slots(tap: &mut Tap) {
    let default = module::parameter("maxslots");
    tap.proves("ext.max-slots");
    tap.equal("maxslots", default.as_str(), "4294967296");
    let _setting = Setting::new("maxslots", &PAGE.to_string());
    let device = Device::open();
    let map = |length| Array::map(&device, How::length(length)).map(|array| array.slots());
    tap.equal("one too many", map(PAGE + 1), Err(Errno::ENOMEM));
    tap.equal("as many as there may be", map(PAGE), Ok(PAGE));
}

/// How many kernel threads a user may have.
const THREADS: usize = 3;

/// Contexts of Alice that have queued a request each, and meanwhile one of Bob.
fn threads(tap: &mut Tap) {
    let default = module::parameter("maxthreads");
    tap.proves("ext.max-threads");
    tap.equal("maxthreads", default.as_str(), "4096");
    let _setting = Setting::new("maxthreads", &THREADS.to_string());
    let before = worker::all().len();
    let mut alice = Peer::spawn(|channel| {
        become_user(ALICE);
        let mut beds: Vec<Bed> = (0..THREADS).map(|_| Bed::new(PAGE)).collect();
        beds.iter().for_each(|bed| channel.tell(queue(bed)));
        let one_more = Bed::new(PAGE);
        channel.tell(queue(&one_more));
        // Bob has his turn.
        let _: u64 = channel.hear();
        beds.pop();
        channel.tell(queue(&one_more));
    });
    let answers = [(); THREADS].map(|()| alice.hear::<Outcome>());
    tap.equal("so many", answers, [PENDING; THREADS]);
    tap.check("have a thread each", worker::settle(before + THREADS));
    tap.refuses("one more", alice.hear::<Outcome>(), Errno::ENOMEM);
    let bobs = as_user(BOB, || queue(&Bed::new(PAGE)));
    tap.equal("another user has his own", bobs, PENDING);
    alice.tell(1);
    let answer = alice.hear::<Outcome>();
    tap.equal("when one ends there is room", answer, PENDING);
    alice.join();
    tap.check("in the end there is none", worker::settle(before));
}

/// Leaves a copy to the thread of a context.
fn queue(bed: &Bed) -> Outcome {
    bed.thread(0).run(&bed.device)
}
