// SPDX-License-Identifier: BSD-3-Clause

//! §17.2: regions survive exec as long as the descriptor stays open.

use knem_check::prelude::*;
use std::os::unix::process::CommandExt;
use std::process::Command;
use std::time::Duration;

/// Argument of the image that takes over the process with the region.
const IMAGE: &str = "wait-to-be-killed";

fn main() -> ExitCode {
    if std::env::args().any(|argument| argument == IMAGE) {
        std::thread::sleep(Duration::from_secs(60));
        return ExitCode::FAILURE;
    }
    tap::run(env!("CARGO_BIN_NAME"), check)
}

fn check(tap: &mut Tap) {
    let base = pins::outstanding();
    let mut peer = Peer::spawn(|channel| {
        let device = Device::open();
        let memory = Buffer::filled(5 * PAGE, 3);
        channel.tell(region::whole(&device, memory.segment(), READ));
        // The descriptor is inherited; the memory of the old image is not.
        let error = Command::new("/proc/self/exe").arg(IMAGE).exec();
        panic!("the program cannot be started again: {error}");
    });
    let cookie: Cookie = peer.hear();
    wait_for_image(&peer);
    let device = Device::open();
    let local = Buffer::new(5 * PAGE);
    let read = || Inline::read(cookie, &[local.segment()]).run(&device);
    tap.proves("17.2.exec");
    tap.works("after exec the region can be read", read());
    tap.holds(
        "its bytes are those of the old image",
        local.matches("local", 3),
    );
    tap.check("its pages are pinned", pins::outstanding() > base);
    peer.signal(libc::SIGKILL);
    tap.equal(
        "the new image ends",
        peer.wait(),
        End::Signaled(libc::SIGKILL),
    );
    tap.refuses("then the region is gone", read(), Errno::EINVAL);
    tap.equal("and nothing stays pinned", pins::settle(base), base);
}

/// Waits until the process runs the new image.
fn wait_for_image(peer: &Peer) {
    let path = format!("/proc/{}/cmdline", peer.id());
    while !std::fs::read_to_string(&path).is_ok_and(|line| line.contains(IMAGE)) {
        std::thread::sleep(Duration::from_millis(10));
    }
}
