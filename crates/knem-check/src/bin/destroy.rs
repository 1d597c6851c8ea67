// SPDX-License-Identifier: BSD-3-Clause

//! §6.3, §6.5: only holders of the descriptor destroy a region, whoever they are; then it is gone.

use knem_check::prelude::*;
use knem_check::rights;

fn main() -> ExitCode {
    tap::run(env!("CARGO_BIN_NAME"), check)
}

fn check(tap: &mut Tap) {
    let device = Device::open();
    let memory = Buffer::filled(PAGE, 1);
    holders(tap, &device, &memory);
    strangers(tap, device, &memory);
}

/// Everybody who holds the descriptor may destroy.
fn holders(tap: &mut Tap, device: &Device, memory: &Buffer) {
    type Way<'a> = (&'a str, Box<dyn Fn(Cookie) -> Result<(), Errno> + 'a>);
    let ways: [Way; 5] = [
        (
            "the owner",
            Box::new(|cookie| region::destroy(device, cookie)),
        ),
        (
            "a duplicate of the descriptor",
            Box::new(|cookie| region::destroy(&device.duplicate(), cookie)),
        ),
        (
            "a forked child",
            Box::new(|cookie| in_child(|| region::destroy(device, cookie))),
        ),
        (
            "a child of another user",
            Box::new(|cookie| as_user(BOB, || region::destroy(device, cookie))),
        ),
        (
            "a process that was sent the descriptor",
            Box::new(|cookie| passed_on(device, cookie)),
        ),
    ];
    tap.proves("6.5.own-descriptor");
    tap.proves("17.1.fork");
    for (text, destroy) in ways {
        let cookie = region::whole(device, memory.segment(), READ_WRITE);
        tap.equal(&format!("{text} destroys"), destroy(cookie), Ok(()));
        tap.refuses(
            &format!("{text} does not do so twice"),
            destroy(cookie),
            Errno::EINVAL,
        );
        gone(tap, "the region", cookie);
    }
}

/// Nobody else may, and the region lives until the last holder is gone.
fn strangers(tap: &mut Tap, device: Device, memory: &Buffer) {
    let cookie = region::whole(&device, memory.segment(), READ_WRITE);
    tap.proves("6.5.own-descriptor");
    tap.proves("6.5.whole-cookie");
    let other = Device::open();
    let answer = region::destroy(&other, cookie);
    tap.refuses(
        "another descriptor of the same process cannot",
        answer,
        Errno::EINVAL,
    );
    let view = Device::open_with(libc::O_RDONLY).expect("the statistics open");
    let answer = region::destroy(&view, cookie);
    tap.refuses("nor can the statistics", answer, Errno::EBADF);
    let local = Buffer::new(PAGE);
    let read = || Inline::read(cookie, &[local.segment()]).run(&other);
    tap.works("the region lives on", read());

    tap.proves("6.3.valid-until");
    tap.proves("6.2.unknown");
    let duplicate = device.duplicate();
    drop(device);
    tap.works("it outlives its first descriptor", read());
    drop(duplicate);
    gone(tap, "it does not outlive the last one: it", cookie);
}

/// Whether a cookie is unknown to a new descriptor.
fn gone(tap: &mut Tap, text: &str, cookie: Cookie) {
    let local = Buffer::new(8);
    let answer = Inline::read(cookie, &[local.segment()]).run(&Device::open());
    tap.refuses(&format!("{text} is unknown at once"), answer, Errno::EINVAL);
}

/// Sends the descriptor to a process that was forked before the descriptor is known to it.
fn passed_on(device: &Device, cookie: Cookie) -> Result<(), Errno> {
    let number = device.number();
    let mut peer = Peer::spawn(|channel| {
        // SAFETY: the number is this process's inherited copy; nothing here uses it any more.
        unsafe { libc::close(number) };
        let arrived =
            Device::from(rights::receive(channel.stream()).expect("a descriptor arrives"));
        let cookie = channel.hear();
        channel.tell(region::destroy(&arrived, cookie));
        std::mem::forget(arrived);
    });
    rights::send(peer.stream(), number).expect("the descriptor can be sent");
    peer.tell(cookie);
    let answer = peer.hear();
    peer.join();
    answer
}
