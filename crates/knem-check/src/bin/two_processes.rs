// SPDX-License-Identifier: BSD-3-Clause

//! §6.2, §7.1: what the device is for: one process copies from and to another's memory.

use knem_check::prelude::*;

fn main() -> ExitCode {
    tap::run(env!("CARGO_BIN_NAME"), check)
}

const SIZES: [usize; 7] = [1, 4095, 4096, 10_001, 65_536, 1_000_003, 4 << 20];

fn check(tap: &mut Tap) {
    // The peer fills memory of its own, tells cookies, and looks at what was written to it.
    let mut peer = Peer::spawn(|channel| {
        let device = Device::open();
        for (round, size) in SIZES.into_iter().enumerate() {
            let seed = round as u64;
            let (source, target) = (Buffer::filled(size, seed), Buffer::new(size));
            channel.tell(region::whole(&device, source.segment(), READ));
            channel.tell(region::whole(&device, target.segment(), WRITE));
            let _: u64 = channel.hear();
            channel.tell(u64::from(target.matches("target", seed + 100).is_ok()));
            let _: u64 = channel.hear();
            channel.tell(u64::from(target.matches("target", seed).is_ok()));
        }
    });
    let device = Device::open();
    tap.proves("6.2.unique");
    tap.proves("7.1.forms");
    for (round, size) in SIZES.into_iter().enumerate() {
        let seed = round as u64;
        let (source, target): (Cookie, Cookie) = (peer.hear(), peer.hear());
        let local = Buffer::flush_end(size);
        let answer = Inline::read(source, &[local.segment()]).run(&device);
        tap.works(&format!("{size} bytes are read"), answer);
        tap.holds(
            &format!("{size} bytes arrived"),
            local.matches("local", seed),
        );
        local.fill(seed + 100);
        let answer = Inline::write(target, &[local.segment()]).run(&device);
        tap.works(&format!("{size} bytes are written"), answer);
        peer.tell(1);
        tap.equal("the other process sees them", peer.hear::<u64>(), 1);
        let copy = Between::new(source, target);
        tap.works(
            &format!("{size} bytes are copied inside the other process"),
            copy.run(&device),
        );
        peer.tell(1);
        tap.equal("it sees them, too", peer.hear::<u64>(), 1);
    }
    peer.join();
    three(tap, &device);
}

/// Regions of two other processes, copied by a third.
fn three(tap: &mut Tap, device: &Device) {
    let side = |seed: u64, protection: u32, expected: u64| {
        Peer::spawn(move |channel| {
            let device = Device::open();
            let memory = Buffer::filled(100_000, seed);
            channel.tell(region::whole(&device, memory.segment(), protection));
            let _: u64 = channel.hear();
            channel.tell(u64::from(memory.matches("memory", expected).is_ok()));
        })
    };
    let (mut from, mut to) = (side(1, READ, 1), side(2, WRITE, 1));
    let copy = Between::new(from.hear(), to.hear());
    tap.works(
        "a third process copies from one to another",
        copy.run(device),
    );
    from.tell(1);
    to.tell(1);
    tap.equal("the source kept its bytes", from.hear::<u64>(), 1);
    tap.equal("the destination has them", to.hear::<u64>(), 1);
    from.join();
    to.join();
}
