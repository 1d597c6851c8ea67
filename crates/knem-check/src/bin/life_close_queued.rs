// SPDX-License-Identifier: BSD-3-Clause

//! §17.3: the last close of a context returns when everything that is queued is executed: then all
//! the data is in the memory of peers, no page is pinned, and no thread is left.

use knem_check::plug::Plug;
use knem_check::prelude::*;
use knem_check::worker;

fn main() -> ExitCode {
    tap::run(env!("CARGO_BIN_NAME"), check)
}

const COPIES: usize = 200;
const LENGTH: usize = 10_000;

fn check(tap: &mut Tap) {
    let base = pins::outstanding();
    let plug = Plug::new();
    let before = pins::outstanding();
    let target = Buffer::shared(COPIES * LENGTH);
    let mut peer = Peer::spawn(|channel| {
        let device = Device::open();
        channel.tell(region::whole(&device, target.segment(), WRITE));
        let _: u64 = channel.hear();
    });
    let cookie: Cookie = peer.hear();
    let pinned = pins::outstanding();
    for (text, last) in [("the array unmapped last", true), ("closed last", false)] {
        target.clear();
        let source = Buffer::filled(COPIES * LENGTH, 4);
        let device = Device::open();
        let array = Array::new(&device);
        // Should the long copy be over too soon, it is done again behind a longer one.
        let waiting = (27..=30).any(|size| {
            queue(&plug.copy(size, 4000), &device, &source, cookie);
            array.slot(COPIES - 1) == Status::PENDING
        });
        tap.check(&format!("{text}: much is queued"), waiting);
        if last {
            drop(device);
            drop(array);
        } else {
            drop(array);
            drop(device);
        }
        // Nothing waits here: all of it must be there now.
        let arrived = target.matches("target", 4);
        tap.proves("17.3.queued");
        tap.proves("ext.close-drains");
        tap.holds(&format!("{text}: every byte is there"), arrived);
        tap.check("no thread is left", worker::settle(0));
        tap.equal("and no page pinned", pins::settle(pinned), pinned);
    }
    peer.tell(1_u64);
    peer.join();
    tap.equal("the peer is gone", pins::settle(before), before);
    drop(plug);
    tap.equal("nothing stays pinned", pins::settle(base), base);
}

/// Queues many copies behind a long one, half of them out of a region of this context.
fn queue(plug: &Between, device: &Device, source: &Buffer, dst: Cookie) {
    let own = region::whole(device, source.segment(), READ);
    assert_eq!(plug.run(device), PENDING);
    for copy in 0..COPIES {
        let (at, slot) = (copy * LENGTH, copy as u32);
        let answer = if copy % 2 == 0 {
            let segments = [source.part(at, LENGTH)];
            let write = Inline::write(dst, &segments).offset(at as u64);
            write.flags(flag::MEMCPY_THREAD).slot(slot).run(device)
        } else {
            let copy = Between::new(own, dst).offsets(at as u64, at as u64);
            let copy = copy.bound(LENGTH as u64).flags(flag::MEMCPY_THREAD);
            copy.slot(slot).run(device)
        };
        assert_eq!(answer, PENDING, "copy {copy}");
    }
}
