// SPDX-License-Identifier: BSD-3-Clause

//! §20.12: 128 MiB are copied by a thread that is bound by a custom mask, out of a region over
//! memory that its owner touches only afterwards.

use knem_abi::bind::CUSTOM;
use knem_check::prelude::*;
use knem_check::{bind, worker};

fn main() -> ExitCode {
    tap::run(env!("CARGO_BIN_NAME"), check)
}

const PIECE: usize = 1 << 20;
const PIECES: usize = 128;

fn check(tap: &mut Tap) {
    let device = Device::open();
    let cpu = bind::count().min(64) - 1;
    let mask = (1_u64 << cpu).to_le_bytes();
    tap.proves("20.12");
    let bound = bind::offload(&device, CUSTOM, &mask);
    tap.equal("a custom mask", bound, Ok(()));
    let array = Array::new(&device);
    let source = Buffer::new(PIECES * PIECE);
    let cookie = region::whole(&device, source.segment(), READ);
    for piece in 0..PIECES {
        source.put(piece * PIECE, &pattern::bytes(piece as u64, PIECE));
    }
    let local = Buffer::new(PIECES * PIECE);
    let segments = [local.segment()];
    let read = Inline::read(cookie, &segments).flags(flag::MEMCPY_THREAD);
    tap.equal("the copy is queued", read.slot(0).run(&device), PENDING);
    tap.equal("and ends", array.wait(0), Status::SUCCESS);
    let outcome = (0..PIECES).try_for_each(|piece| {
        let at = piece * PIECE;
        let got = local.bytes_at(at, PIECE);
        let expected = pattern::bytes(piece as u64, PIECE);
        pattern::same(&format!("piece {piece}"), &got, &expected)
    });
    tap.holds("every byte that was written afterwards", outcome);
    let place = worker::all().first().map(worker::Worker::cpus);
    tap.equal("the thread is where it should", place, Some(vec![cpu]));
}
