// SPDX-License-Identifier: BSD-3-Clause

//! §6.1, §13.2: 65 530 segments are taken, 65 536 are ENOMEM, before the array is looked at.

use knem_check::prelude::*;

fn main() -> ExitCode {
    tap::run(env!("CARGO_BIN_NAME"), check)
}

const TAKEN: usize = 65_530;

fn check(tap: &mut Tap) {
    let device = Device::open();
    let base = pins::outstanding();
    let memory = Buffer::filled(2 * PAGE, 1);
    // Segments of three bytes at every position of a page, again and again.
    let segments: Vec<Iovec> = (0..65_536).map(|i| memory.part(i % 5000, 3)).collect();

    let cookie = region::create(&device, &segments[..TAKEN], READ, 0);
    tap.check("65 530 segments are taken", cookie.is_ok());
    let cookie = cookie.unwrap_or(0);
    let local = Buffer::flush_end(3 * TAKEN);
    let answer = Inline::read(cookie, &[local.segment()]).run(&device);
    tap.works("they can be read", answer);
    let all = memory.bytes();
    let expected: Vec<u8> = (0..TAKEN)
        .flat_map(|i| &all[i % 5000..i % 5000 + 3])
        .copied()
        .collect();
    tap.holds(
        "every byte in order",
        pattern::same("region", &local.bytes(), &expected),
    );
    tap.equal("and destroyed", region::destroy(&device, cookie), Ok(()));

    tap.proves("13.2.create-too-many");
    let too_many = refused(Errno::ENOMEM);
    let answer = region::create(&device, &segments, READ, 0);
    tap.equal("65 536 segments are ENOMEM", answer, too_many);
    for count in [65_536, 0x0400_0000, 0x1000_0000, 0x8000_0000, u32::MAX] {
        let answer = region::create_counted(&device, 0, count, READ, 0);
        tap.equal(
            &format!("{count} segments at a null address are ENOMEM"),
            answer,
            too_many,
        );
    }
    tap.equal("nothing stays pinned", pins::settle(base), base);
}
