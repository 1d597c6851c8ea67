// SPDX-License-Identifier: BSD-3-Clause

//! §20.2: mapping 2^32 + 1 slots fails, 45 bytes work then, and once more fails.

use knem_check::array::How;
use knem_check::prelude::*;

fn main() -> ExitCode {
    tap::run(env!("CARGO_BIN_NAME"), check)
}

fn check(tap: &mut Tap) {
    let device = Device::open();
    // Where addresses are too short, the next best is one page too far into the file.
    let too_much = match usize::try_from((1_u64 << 32) + 1) {
        Ok(length) => How::length(length),
        Err(_) => How {
            offset: PAGE as i64,
            ..How::length(PAGE)
        },
    };
    let map = |how| Array::map(&device, how).map(|array| array.slots());
    tap.proves("20.2");
    tap.refuses("too many slots", map(too_much), Errno::EINVAL);
    tap.equal("45 bytes", map(How::length(45)), Ok(PAGE));
    tap.refuses("once more", map(How::length(45)), Errno::EBUSY);
}
