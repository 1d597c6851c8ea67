// SPDX-License-Identifier: BSD-3-Clause

//! §3, §7.1: `write` 0 reads from the region, anything else writes to it, pinned or not.

use knem_check::dma::Engine;
use knem_check::prelude::*;

fn main() -> ExitCode {
    tap::run(env!("CARGO_BIN_NAME"), check)
}

fn check(tap: &mut Tap) {
    let device = Device::open();
    tap.proves("7.1.forms");
    let all = [0, flag::PIN_LOCAL, flag::DMA, flag::DMA | flag::PIN_LOCAL];
    for flags in all.map(|flags| Engine::now().usable(flags)) {
        for write in [0, 1, 2, 0x100, 0x8000_0000, u32::MAX] {
            let text = format!("write {write:#x}, flags {flags:#x}");
            tap.holds(&text, sizes(&device, write, flags));
        }
    }
}

/// Sizes around pages, unaligned on both sides, with bytes around that must stay.
fn sizes(device: &Device, write: u32, flags: u32) -> Result<(), String> {
    for size in [1, 7, 4095, 4096, 4097, 20_000, 70_001] {
        for (remote_at, local_at) in [(0, 0), (1, 4095), (4095, 1)] {
            let total = 4096 + size + 5;
            let (far, near) = (Buffer::filled(total, 1), Buffer::filled(total, 2));
            let (mut far_bytes, mut near_bytes) = (far.bytes(), near.bytes());
            let cookie = region::whole(device, far.part(remote_at, size), READ_WRITE);
            let local = [near.part(local_at, size)];
            let answer = Inline {
                write,
                flags,
                ..Inline::read(cookie, &local)
            }
            .run(device);
            if answer != SUCCESS {
                return Err(format!("{size} bytes: {answer:?}"));
            }
            let (there, here) = (remote_at..remote_at + size, local_at..local_at + size);
            if write == 0 {
                near_bytes[here].copy_from_slice(&far_bytes[there]);
            } else {
                far_bytes[there].copy_from_slice(&near_bytes[here]);
            }
            pattern::same("region", &far.bytes(), &far_bytes)?;
            pattern::same("local", &near.bytes(), &near_bytes)?;
            region::destroy(device, cookie).map_err(|error| format!("{error:?}"))?;
        }
    }
    Ok(())
}
