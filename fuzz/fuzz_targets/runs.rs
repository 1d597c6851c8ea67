// SPDX-License-Identifier: BSD-3-Clause
#![no_main]

//! Lists of runs: whatever pieces make a list, walking it from any offset, in any steps, meets the bytes of
//! those pieces in their order.

use std::cell::RefCell;

use arbitrary::Arbitrary;
use knem_logic::{
    cursor::{effective_length, Cursor, Position},
    runs::{self, Growth, Joiner, Piece, Run},
};
use libfuzzer_sys::fuzz_target;

#[derive(Arbitrary, Debug)]
struct Given {
    /// Distance from the end of the last piece, bytes, and bytes up to the end of the block.
    pieces: Vec<(i16, u8, u16)>,
    offset: u16,
    bound: u64,
    /// How much of what is ahead is taken at once.
    steps: Vec<u8>,
    /// A piece that would overflow.
    wild: (u64, u64),
}

fuzz_target!(|given: Given| {
    let (list, addresses) = listed(&given.pieces);
    assert_eq!(runs::length(&list), addresses.len() as u64);
    let offset = u64::from(given.offset);
    let rest = addresses.get(offset as usize..).unwrap_or_default();
    stepped(&list, offset, rest, &given.steps);
    swept(&list, offset, rest, given.bound);
    let length = addresses.len() as u64;
    let expected = (rest.len() as u64).min(given.bound);
    assert_eq!(
        effective_length((length, offset), (u64::MAX, 0), given.bound),
        expected
    );
    let (address, bytes) = given.wild;
    if bytes > 0 {
        let run = runs::following(length, address, bytes);
        let fits = address.checked_add(bytes).is_some() && length.checked_add(bytes).is_some();
        assert_eq!(run.is_some(), fits);
    }
});

/// Makes a list of pieces; gives the address of every byte, too.
fn listed(pieces: &[(i16, u8, u16)]) -> (Vec<Run>, Vec<u64>) {
    let (mut list, mut addresses) = (Vec::<Run>::new(), Vec::new());
    let mut joiner = Joiner::new(0);
    let mut next = 1_u64 << 40;
    for &(distance, bytes, block) in pieces {
        let bytes = u64::from(bytes) + 1;
        let address = next.wrapping_add_signed(i64::from(distance));
        let block_end = address + bytes + u64::from(block);
        let piece = Piece {
            address,
            bytes,
            block_end,
        };
        match joiner.add(piece).expect("nothing overflows") {
            Growth::Longer(end) => list.last_mut().expect("there is one").end = end,
            Growth::Another(run) => list.push(run),
        }
        addresses.extend(address..address + bytes);
        next = address + bytes;
    }
    (list, addresses)
}

/// Moves on in steps.
fn stepped(list: &[Run], offset: u64, mut rest: &[u64], steps: &[u8]) {
    let mut cursor = Cursor::new(list, offset);
    for &step in steps {
        let ahead = cursor.ahead();
        assert_eq!(ahead == 0, rest.is_empty());
        if ahead == 0 {
            return;
        }
        assert_eq!(cursor.address(), rest[0]);
        let taken = u64::from(step).clamp(1, ahead);
        cursor.advance(taken);
        rest = &rest[taken as usize..];
    }
}

/// Sweeps over so many bytes, and then over what is left.
fn swept(list: &[Run], offset: u64, rest: &[u64], bound: u64) {
    let seen = RefCell::new(Vec::new());
    let note = |_, address, bytes| {
        seen.borrow_mut().extend(address..address + bytes);
        bytes
    };
    let mut cursor = Cursor::new(list, offset);
    let first = cursor.sweep(bound, note);
    assert_eq!(first, bound.min(rest.len() as u64));
    cursor.sweep(u64::MAX, note);
    assert_eq!(seen.into_inner(), rest);
}
