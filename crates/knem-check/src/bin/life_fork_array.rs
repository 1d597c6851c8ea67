// SPDX-License-Identifier: BSD-3-Clause

//! §17.1, §17.3: a forked child shares context and status array; the context lives until all
//! descriptors are closed and the array is unmapped everywhere.

use knem_check::prelude::*;
use knem_check::{events, worker};

fn main() -> ExitCode {
    tap::run(env!("CARGO_BIN_NAME"), check)
}

fn check(tap: &mut Tap) {
    let base = pins::outstanding();
    shared(tap);
    array_alone(tap);
    array_of_child(tap);
    tap.check("no thread is left", worker::settle(0));
    tap.equal("nothing stays pinned", pins::settle(base), base);
}

/// Parent and child submit, read events and destroy through one context.
fn shared(tap: &mut Tap) {
    let bed = Bed::new(2 * PAGE);
    let mut child = Peer::spawn(|channel| {
        // This memory is the child's own by now: its copies go to its own pages.
        let answer = bed.notify(1).run(&bed.device);
        channel.tell(answer);
        let end = bed.array.wait(1);
        let arrived = bed.arrived().is_ok();
        channel.tell(u64::from(end == Status::SUCCESS && arrived));
        let _: u64 = channel.hear();
        let event = events::read(&bed.device, 1);
        channel.tell(event.map(|events| u64::from(events[0])));
        let own = Buffer::filled(PAGE, 7);
        channel.tell(region::whole(&bed.device, own.segment(), READ));
        channel.tell(region::destroy(&bed.device, bed.cookie));
        let _: u64 = channel.hear();
    });
    tap.proves("17.1.fork");
    tap.equal("a child submits", child.hear(), PENDING);
    tap.equal("and sees the end in its memory", child.hear::<u64>(), 1);
    tap.equal("so does the parent", bed.array.wait(1), Status::SUCCESS);
    let untouched = bed.local.matches("local", 2);
    tap.holds("whose memory is another", untouched);
    let event = events::read(&bed.device, 1);
    tap.equal("it can read the child's event", event, Ok(vec![1]));
    tap.equal("a parent submits", bed.notify(2).run(&bed.device), PENDING);
    child.tell(1_u64);
    let event: Result<u64, Errno> = child.hear();
    tap.equal("the child can read the parent's event", event, Ok(2));
    let cookie: Cookie = child.hear();
    tap.equal("it destroys the parent's region", child.hear(), Ok(()));
    tap.refuses("which is gone", bed.read().run(&bed.device), Errno::EINVAL);
    let read = Inline {
        remote: cookie,
        ..bed.thread(3)
    };
    tap.equal(
        "the parent reads the child's",
        read.run(&bed.device),
        PENDING,
    );
    tap.equal("to the end", bed.array.wait(3), Status::SUCCESS);
    let first = pattern::same(
        "local",
        &bed.local.bytes()[..PAGE],
        &pattern::bytes(7, PAGE),
    );
    tap.holds("its bytes", first);
    let destroyed = region::destroy(&bed.device, cookie);
    tap.equal("and destroys it", destroyed, Ok(()));
    child.tell(1_u64);
    child.join();
}

/// The descriptor is closed while the array is mapped.
fn array_alone(tap: &mut Tap) {
    let Bed {
        array,
        device,
        source: _source,
        local: _local,
        cookie,
        segments,
    } = Bed::new(PAGE);
    let reader = Device::open();
    let read = || Inline::read(cookie, &segments).run(&reader);
    drop(device);
    tap.proves("17.3.last-reference");
    tap.works("closed, but mapped: its region is there", read());
    drop(array);
    tap.refuses("unmapped too: it is gone", read(), Errno::EINVAL);
}

/// The last reference is the mapping of a child.
fn array_of_child(tap: &mut Tap) {
    let Bed {
        array,
        device,
        source: _source,
        local: _local,
        cookie,
        segments,
    } = Bed::new(PAGE);
    let number = device.number();
    let mut child = Peer::spawn(|channel| {
        // SAFETY: the child closes its copy of the descriptor once, and drops nothing.
        unsafe { libc::close(number) };
        channel.tell(1_u64);
        let _: u64 = channel.hear();
        // SAFETY: ends the child at once, its mapping with it.
        unsafe { libc::_exit(0) };
    });
    let _: u64 = child.hear();
    drop((array, device));
    let reader = Device::open();
    let read = || Inline::read(cookie, &segments).run(&reader);
    tap.proves("17.3.last-reference");
    tap.works("a child has it mapped: its region is there", read());
    child.tell(1_u64);
    child.join();
    tap.refuses("the child is gone: so is it", read(), Errno::EINVAL);
}
