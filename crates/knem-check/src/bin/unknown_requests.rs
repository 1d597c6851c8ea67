// SPDX-License-Identifier: BSD-3-Clause

//! §2: the whole number of a request is compared; an unknown one is ENOSYS, whatever the address.

use knem_abi::request;
use knem_check::prelude::*;

fn main() -> ExitCode {
    tap::run(env!("CARGO_BIN_NAME"), check)
}

const KNOWN: [u32; 15] = [
    request::GET_INFO,
    request::BIND_OFFLOAD,
    request::INIT_SEND,
    request::INIT_ASYNC_RECV,
    request::SYNC_RECV,
    request::COPY_COUNTED,
    request::INLINE_COPY_COUNTED,
    request::DESTROY_REGION_WAIT,
    request::GET_STATISTICS,
    request::CREATE_REGION,
    request::DESTROY_REGION,
    request::COPY,
    request::INLINE_COPY,
    request::COPY_BOUNDED,
    request::INLINE_COPY_BOUNDED,
];

fn check(tap: &mut Tap) {
    let device = Device::open();
    let unknown = refused(Errno::ENOSYS);
    let mut block = [0_u8; 256];
    tap.proves("2.whole-value");
    for known in KNOWN {
        for (what, number) in [
            ("another direction", known ^ 0x4000_0000),
            ("no direction", known & 0x3fff_ffff),
            ("another size", known ^ 0x0008_0000),
            ("no size", known & 0xc000_ffff),
            ("another magic", known ^ 0x0100),
        ] {
            let text = format!("{known:#x} with {what} is ENOSYS");
            // Two requests may be of the same number with different directions.
            if !KNOWN.contains(&number) {
                tap.equal(&text, device.call(number, &mut block), unknown);
            }
        }
    }
    tap.proves("2.unknown-enosys");
    for number in [
        0,
        1,
        0x4b00,
        0x4b36,
        0xc020_4b40,
        0xc040_4b44,
        0x5401,
        u32::MAX,
    ] {
        let text = format!("request {number:#x} is ENOSYS");
        tap.equal(&text, device.call(number, &mut block), unknown);
        tap.equal(
            &format!("{text} with a null address too"),
            device.call_at(number, 0),
            unknown,
        );
    }
    tap.check("no block was written to", block == [0; 256]);
}
