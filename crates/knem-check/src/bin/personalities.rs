// SPDX-License-Identifier: BSD-3-Clause

//! §2, §5: whether a descriptor may write decides alone what it is: a context or the statistics.

use knem_abi::request;
use knem_check::prelude::*;
use std::os::unix::fs::MetadataExt;

fn main() -> ExitCode {
    tap::run(env!("CARGO_BIN_NAME"), check)
}

/// Requests that a context knows, and some that nobody knows.
const REQUESTS: [u32; 8] = [
    request::GET_INFO,
    request::CREATE_REGION,
    request::DESTROY_REGION,
    request::COPY,
    request::INLINE_COPY_BOUNDED,
    0,
    0x5401,
    u32::MAX,
];

fn check(tap: &mut Tap) {
    let listed = std::fs::read_to_string("/proc/misc").expect("the kernel lists its misc devices");
    let name = knem_abi::DEVICE_NAME.to_str().expect("the name is text");
    let minor = listed.lines().find_map(|line| {
        let (minor, shown) = line.trim().split_once(' ')?;
        (shown == name).then(|| minor.to_string())
    });
    let node = std::fs::metadata(knem_abi::DEVICE_PATH).expect("the device has a node");
    let numbers = (
        libc::major(node.rdev()),
        libc::minor(node.rdev()).to_string(),
    );
    tap.proves("1.node");
    tap.equal(
        "the node is that of the misc device",
        (10, minor),
        (numbers.0, Some(numbers.1)),
    );
    let view = Device::open_with(libc::O_RDONLY).expect("the statistics open");
    tap.proves("2.no-context-ebadf");
    tap.proves("5.context-by-mode");
    for number in REQUESTS {
        // The number and the block are not looked at, so that even a bad address makes no difference.
        let answer = view.call_at(number, 0);
        let text = format!("request {number:#x} on a read-only descriptor is EBADF");
        tap.refuses(&text, answer, Errno::EBADF);
    }

    let memory = Buffer::filled(PAGE, 1);
    let copy = Buffer::new(PAGE);
    let device = Device::open_with(libc::O_WRONLY).expect("the device opens for writing");
    let cookie = region::create(&device, &[memory.segment()], READ, 0);
    tap.proves("5.write-only");
    tap.proves("5.context-by-mode");
    tap.check("a write-only descriptor creates a region", cookie.is_ok());
    let cookie = cookie.unwrap_or(0);
    let answer = Inline::read(cookie, &[copy.segment()]).run(&device);
    tap.works("a write-only descriptor copies", answer);
    tap.holds("the bytes are there", copy.matches("copy", 1));
    tap.equal("and destroys", region::destroy(&device, cookie), Ok(()));
    let answer = device.read(&mut [0; 4]);
    tap.refuses("it cannot be read", answer, Errno::EBADF);

    let device = Device::open();
    tap.proves("13.1.lseek");
    tap.refuses(
        "seeking a context is ESPIPE",
        device.seek(0, libc::SEEK_SET),
        Errno::ESPIPE,
    );
    tap.refuses(
        "and the statistics too",
        view.seek(0, libc::SEEK_CUR),
        Errno::ESPIPE,
    );
}
