// SPDX-License-Identifier: BSD-3-Clause

//! §6.3, §17.1: regions live as long as somebody holds the descriptor, whoever created them.

use knem_check::prelude::*;
use knem_check::rights;

fn main() -> ExitCode {
    tap::run(env!("CARGO_BIN_NAME"), check)
}

fn check(tap: &mut Tap) {
    let base = pins::outstanding();
    let mut peer = Peer::spawn(|channel| {
        let device = Device::open();
        let memory = Buffer::filled(10 * PAGE, 7);
        channel.tell(region::whole(&device, memory.segment(), READ_WRITE));
        rights::send(channel.stream(), device.number()).expect("the descriptor can be sent");
    });
    let cookie: Cookie = peer.hear();
    let passed = Device::from(rights::receive(peer.stream()).expect("a descriptor arrives"));
    peer.join();

    let reader = Device::open();
    let local = Buffer::new(10 * PAGE);
    let read = || Inline::read(cookie, &[local.segment()]).run(&reader);
    tap.proves("6.3.valid-until");
    tap.proves("6.1.pinned-pages");
    tap.works("the creator is gone, its region is not", read());
    tap.holds("the bytes of the dead are there", local.matches("local", 7));
    local.fill(8);
    tap.works(
        "they can be written",
        Inline::write(cookie, &[local.segment()]).run(&passed),
    );
    local.clear();
    tap.works("and read again", read());
    tap.holds("as written", local.matches("local", 8));

    let memory = Buffer::filled(PAGE, 9);
    let other = region::whole(&passed, memory.segment(), READ);
    tap.proves("17.1.fork");
    tap.works("the descriptor holds regions of two processes", read());
    drop(passed);
    tap.refuses(
        "with the last holder the region goes",
        read(),
        Errno::EINVAL,
    );
    let answer = Inline::read(other, &[local.segment()]).run(&reader);
    tap.refuses("and so does the other", answer, Errno::EINVAL);
    tap.equal("nothing stays pinned", pins::settle(base), base);
}
