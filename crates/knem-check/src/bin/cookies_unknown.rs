// SPDX-License-Identifier: BSD-3-Clause

//! §6.2, §6.4, §6.5: a cookie compares whole: any other number is EINVAL and harms no region.

use knem_check::prelude::*;
use knem_check::random::Random;

fn main() -> ExitCode {
    tap::run(env!("CARGO_BIN_NAME"), check)
}

fn check(tap: &mut Tap) {
    let device = Device::open();
    let memory = Buffer::filled(PAGE, 1);
    let segments = [memory.segment()];
    let persistent = region::create(&device, &segments, READ_WRITE, 0).unwrap_or(0);
    let once = region::create(&device, &segments, READ_WRITE, flag::SINGLE_USE).unwrap_or(0);

    tap.proves("6.4.cookie-bits");
    tap.proves("6.5.whole-cookie");
    for (text, cookie) in [("a persistent", persistent), ("a single-use", once)] {
        let flips = (0..64).map(|bit| (format!("bit {bit}"), cookie ^ (1 << bit)));
        tap.holds(
            &format!("{text} cookie with any bit flipped is EINVAL"),
            all_unknown(&device, flips),
        );
    }
    let halves = [
        persistent & 0xffff_ffff,
        persistent >> 32,
        persistent.swap_bytes(),
        persistent.rotate_left(32),
    ];
    let special = [
        0,
        1,
        u64::MAX,
        1 << 63,
        0x7fff_ffff,
        0x8000_0000,
        0xffff_ffff_0000_0000,
    ];
    let special = halves
        .into_iter()
        .chain(special)
        .map(|cookie| (format!("{cookie:#x}"), cookie));
    tap.proves("6.2.unknown");
    tap.proves("6.2.never-zero");
    tap.proves("13.2.destroy-unknown");
    tap.holds(
        "0, halves and special values are EINVAL",
        all_unknown(&device, special),
    );
    let seed = Random::seed();
    let mut random = Random::new(seed);
    let garbage = (0..500)
        .map(|_| random.any())
        .map(|cookie| (format!("{cookie:#x}"), cookie));
    tap.holds(
        &format!("500 random values are EINVAL (seed {seed:#x})"),
        all_unknown(&device, garbage),
    );

    unharmed(tap, &device, persistent, once);
}

/// After all those attempts the regions are as they were.
fn unharmed(tap: &mut Tap, device: &Device, persistent: Cookie, once: Cookie) {
    let local = Buffer::new(PAGE);
    for (text, cookie) in [("persistent", persistent), ("single-use", once)] {
        let answer = Inline::read(cookie, &[local.segment()]).run(device);
        tap.works(&format!("the {text} region took no harm"), answer);
    }
    tap.refuses(
        "a consumed cookie is EINVAL",
        Inline::read(once, &[local.segment()]).run(device),
        Errno::EINVAL,
    );
}

/// Tries each value in every place where a cookie goes.
fn all_unknown(
    device: &Device,
    cookies: impl Iterator<Item = (String, Cookie)>,
) -> Result<(), String> {
    let local = Buffer::new(8);
    let segments = [local.segment()];
    let own =
        region::create(device, &segments, READ_WRITE, 0).map_err(|error| format!("{error:?}"))?;
    for (what, cookie) in cookies {
        let copy = Between::new(cookie, own);
        let answers = [
            Inline::read(cookie, &segments).run(device),
            Inline::write(cookie, &segments).bound(1).run(device),
            copy.run(device),
            Between {
                src: own,
                dst: cookie,
                ..copy
            }
            .run(device),
        ];
        if answers != [refused(Errno::EINVAL); 4] {
            return Err(format!("{what}: expected EINVAL, got {answers:?}"));
        }
        let answer = region::destroy(device, cookie);
        if answer != refused(Errno::EINVAL) {
            return Err(format!(
                "{what}: expected EINVAL of DESTROY_REGION, got {answer:?}"
            ));
        }
    }
    region::destroy(device, own).map_err(|error| format!("{error:?}"))
}
