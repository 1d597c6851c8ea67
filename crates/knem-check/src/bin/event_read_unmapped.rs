// SPDX-License-Identifier: BSD-3-Clause

//! §9.2: reading events before the status array is mapped: the count is looked at first, and then
//! there is nothing to wait for.

use knem_check::prelude::*;

fn main() -> ExitCode {
    tap::run(env!("CARGO_BIN_NAME"), check)
}

fn check(tap: &mut Tap) {
    let invalid = refused(Errno::EINVAL);
    for flags in [0, libc::O_NONBLOCK] {
        let device = Device::open_with(libc::O_RDWR | flags).expect("the device opens");
        let kind = if flags == 0 {
            "blocking"
        } else {
            "non-blocking"
        };
        for count in [1, 2, 3, 5, 4095] {
            let answer = device.read(&mut vec![0; count]);
            tap.equal(&format!("{kind}: {count} bytes is EINVAL"), answer, invalid);
        }
        tap.proves("9.2.before-mmap");
        for count in [4, 8, 4096] {
            let answer = device.read(&mut vec![0; count]);
            tap.equal(
                &format!("{kind}: {count} bytes before mmap is EINVAL"),
                answer,
                invalid,
            );
        }
        tap.equal(
            &format!("{kind}: 0 bytes is 0"),
            device.read(&mut []),
            Ok(0),
        );
        let answer = device.read_at(0, 6);
        tap.equal(
            &format!("{kind}: a bad count with a bad address is EINVAL"),
            answer,
            invalid,
        );
    }
}
