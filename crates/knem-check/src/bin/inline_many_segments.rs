// SPDX-License-Identifier: BSD-3-Clause

//! §13.2: 65 530 local segments are taken, 65 536 are ENOMEM.

use knem_check::prelude::*;

fn main() -> ExitCode {
    tap::run(env!("CARGO_BIN_NAME"), check)
}

const TAKEN: usize = 65_530;

fn check(tap: &mut Tap) {
    let device = Device::open();
    let base = pins::outstanding();
    let far = Buffer::new(2 * TAKEN);
    let near = Buffer::new(2 * TAKEN);
    let cookie = region::whole(&device, far.segment(), READ_WRITE);
    // Two bytes each, from the end to the start.
    let segments: Vec<Iovec> = (0..TAKEN).rev().map(|i| near.part(2 * i, 2)).collect();
    for flags in [0, flag::PIN_LOCAL] {
        far.fill(1);
        near.clear();
        let answer = Inline::read(cookie, &segments).flags(flags).run(&device);
        tap.works(
            &format!("65 530 segments are read to, flags {flags:#x}"),
            answer,
        );
        let outcome = pattern::same("local", &near.bytes(), &reversed(&far));
        tap.holds("every byte in its place", outcome);
        near.fill(3);
        let answer = Inline::write(cookie, &segments).flags(flags).run(&device);
        tap.works(
            &format!("65 530 segments are written from, flags {flags:#x}"),
            answer,
        );
        let outcome = pattern::same("region", &far.bytes(), &reversed(&near));
        tap.holds("every byte in its place", outcome);
    }
    too_many(tap, &device, cookie, near.part(0, 1));
    region::destroy(&device, cookie).expect("the region is there");
    tap.equal("nothing stays pinned", pins::settle(base), base);
}

/// The bytes of a buffer, pair by pair from the end.
fn reversed(buffer: &Buffer) -> Vec<u8> {
    let mut bytes = buffer.bytes();
    bytes.reverse();
    bytes.chunks_mut(2).for_each(|pair| pair.reverse());
    bytes
}

/// Counts that no request may have.
fn too_many(tap: &mut Tap, device: &Device, cookie: Cookie, segment: Iovec) {
    let many = vec![segment; 65_536];
    for write in [0, 1] {
        let request = Inline {
            write,
            ..Inline::read(cookie, &many)
        };
        let text = format!("65 536 segments are ENOMEM, write {write}");
        tap.refuses(&text, request.run(device), Errno::ENOMEM);
        for count in [65_536, 0x1000_0000, u32::MAX] {
            let request = Inline {
                array: 0,
                count,
                ..request
            };
            let text = format!("{count} segments at a null address are ENOMEM, write {write}");
            tap.refuses(&text, request.run(device), Errno::ENOMEM);
        }
    }
}
