// SPDX-License-Identifier: BSD-3-Clause

//! §20.1: the ABI number is 0xd on each new descriptor.

use knem_abi::{request, Info};
use knem_check::prelude::*;

fn main() -> ExitCode {
    tap::run(env!("CARGO_BIN_NAME"), check)
}

fn check(tap: &mut Tap) {
    let devices: Vec<Device> = (0..10).map(|_| Device::open()).collect();
    tap.proves("20.1");
    for (number, device) in devices.iter().enumerate() {
        let mut info = Info::default();
        let answer = device.call(request::GET_INFO, &mut info);
        let text = format!("descriptor {number} has ABI 0xd");
        tap.equal(&text, (answer, info.abi), (Ok(()), 0xd));
    }
}
