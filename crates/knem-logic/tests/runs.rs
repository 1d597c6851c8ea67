// SPDX-License-Identifier: BSD-3-Clause

//! Lists of runs: what joins, where offsets lead, and that walking two lists moves each byte once.

use std::cell::RefCell;

use knem_logic::{
    cursor::{effective_length, Cursor, Position},
    runs::{self, Growth, Joiner, Piece, Run},
};
use proptest::prelude::*;

// Each byte is looked at, which an interpreter takes long for.
const PAGE: u64 = if cfg!(miri) { 64 } else { 4096 };

/// The list of the given ranges, in order; those without bytes are left out.
fn list(ranges: &[(u64, u64)]) -> Vec<Run> {
    let mut list = Vec::new();
    for &(address, bytes) in ranges.iter().filter(|range| range.1 != 0) {
        list.push(runs::following(runs::length(&list), address, bytes).unwrap());
    }
    list
}

/// Every address of a list, one by one.
fn addresses(list: &[Run]) -> Vec<u64> {
    let mut start = 0;
    list.iter()
        .flat_map(|run| {
            let bytes = run.end - std::mem::replace(&mut start, run.end);
            run.address..run.address + bytes
        })
        .collect()
}

fn joined(pieces: &[Piece]) -> Vec<Run> {
    let mut joiner = Joiner::new(0);
    let mut list: Vec<Run> = Vec::new();
    for &piece in pieces {
        match joiner.add(piece).unwrap() {
            Growth::Longer(end) => list.last_mut().unwrap().end = end,
            Growth::Another(run) => list.push(run),
        }
    }
    list
}

#[test]
fn overflows_are_noticed() {
    assert_eq!(runs::following(0, u64::MAX, 1), None);
    assert_eq!(runs::following(u64::MAX, 0x1000, 1), None);
    assert_eq!(runs::following(0, 0x1000, u64::MAX), None);
    assert_eq!(
        runs::following(5, 0x1000, 7),
        Some(Run {
            address: 0x1000,
            end: 12
        })
    );
}

#[test]
fn consecutive_pointers_are_counted() {
    let array = [0u64; 8];
    let at = |index: usize| array.as_ptr().wrapping_add(index).cast_mut();
    assert_eq!(runs::consecutive::<u64>(&[], 8), 0);
    assert_eq!(runs::consecutive(&[at(0)], 8), 1);
    assert_eq!(runs::consecutive(&[at(2), at(3), at(4), at(6)], 8), 3);
    assert_eq!(runs::consecutive(&[at(2), at(3), at(4)], 2), 2);
    // The same page twice, and pages in falling order.
    assert_eq!(runs::consecutive(&[at(2), at(2)], 8), 1);
    assert_eq!(runs::consecutive(&[at(3), at(2)], 8), 1);
}

/// In an array of many pointers, one that does not follow is found wherever it is.
#[test]
fn strays_are_found() {
    let array = [0u64; 64];
    let at = |index: usize| array.as_ptr().wrapping_add(index).cast_mut();
    let most = if cfg!(miri) { 20 } else { 64 };
    for length in 1..most {
        let pointers: Vec<_> = (0..length).map(at).collect();
        assert_eq!(runs::consecutive(&pointers, 64), length);
        assert_eq!(runs::consecutive(&pointers, length / 2), length / 2);
        for stray in 1..length {
            for instead in [0, stray - 1, stray + 1, 63 - stray] {
                let mut pointers = pointers.clone();
                pointers[stray] = at(instead);
                let expected = if instead == stray { length } else { stray };
                assert_eq!(runs::consecutive(&pointers, 64), expected);
            }
        }
    }
}

#[test]
fn only_consecutive_pieces_of_one_block_join() {
    let piece = |address, block_end| Piece {
        address,
        bytes: PAGE,
        block_end,
    };
    let block = 0x20_0000;
    assert_eq!(joined(&[piece(0, block), piece(PAGE, block)]).len(), 1);
    // Two blocks of one page each that happen to be neighbours.
    assert_eq!(joined(&[piece(0, PAGE), piece(PAGE, 2 * PAGE)]).len(), 2);
    // The same page twice, and two pages of one block in falling order.
    assert_eq!(joined(&[piece(0, block), piece(0, block)]).len(), 2);
    assert_eq!(joined(&[piece(PAGE, block), piece(0, block)]).len(), 2);
    // A new list does not grow the last run of what was there before.
    let first = Joiner::new(100).add(piece(0, block));
    assert_eq!(
        first,
        Some(Growth::Another(Run {
            address: 0,
            end: 100 + PAGE
        }))
    );
}

#[test]
fn offsets_lead_to_their_bytes() {
    let list = list(&[(0x1000, 10), (0x9000, 1), (0x5000, 5)]);
    assert_eq!(runs::locate(&list, 0), (0, 0));
    assert_eq!(runs::locate(&list, 9), (0, 9));
    assert_eq!(runs::locate(&list, 10), (1, 0));
    assert_eq!(runs::locate(&list, 11), (2, 0));
    assert_eq!(runs::locate(&list, 16), (3, 0));
    assert_eq!(runs::locate(&list, u64::MAX), (3, 0));
    assert_eq!(runs::locate(&[], 0), (0, 0));
}

#[test]
fn a_cursor_at_the_end_stays_there() {
    let list = list(&[(0x1000, 10)]);
    for offset in [10, 11, u64::MAX] {
        let cursor = Cursor::new(&list, offset);
        assert_eq!((cursor.ahead(), cursor.address()), (0, 0));
    }
}

#[test]
fn lengths_are_those_of_the_shorter_side() {
    assert_eq!(effective_length((10, 0), (5, 0), u64::MAX), 5);
    assert_eq!(effective_length((10, 7), (5, 0), u64::MAX), 3);
    assert_eq!(effective_length((10, 10), (5, 0), u64::MAX), 0);
    assert_eq!(effective_length((10, u64::MAX), (5, 0), u64::MAX), 0);
    assert_eq!(effective_length((10, 0), (5, 0), 4), 4);
    assert_eq!(effective_length((10, 0), (5, 0), 0), 0);
}

fn ranges() -> impl Strategy<Value = Vec<(u64, u64)>> {
    prop::collection::vec((0u64..1 << 40, 0u64..200), 0..12)
}

proptest! {
    #[test]
    fn joining_keeps_every_byte_in_its_place(
        // Few pages, so that neighbours and duplicates are frequent, in blocks of four.
        pages in prop::collection::vec(0u64..16, 0..64),
    ) {
        let pieces: Vec<Piece> = pages
            .iter()
            .map(|page| Piece {
                address: page * PAGE,
                bytes: PAGE,
                block_end: (page / 4 + 1) * 4 * PAGE,
            })
            .collect();
        let list = joined(&pieces);
        let expected: Vec<u64> = pages.iter().flat_map(|p| p * PAGE..(p + 1) * PAGE).collect();
        prop_assert_eq!(addresses(&list), expected);
        let mut start = 0;
        for run in &list {
            let last = run.address + (run.end - start) - 1;
            prop_assert_eq!(run.address / (4 * PAGE), last / (4 * PAGE), "leaves its block");
            start = run.end;
        }
        let joints = pages.windows(2).filter(|w| w[1] == w[0] + 1 && w[1] % 4 != 0).count();
        prop_assert_eq!(list.len(), pages.len() - joints);
    }

    #[test]
    fn cursors_visit_every_byte_once(ranges in ranges(), offset in 0u64..2500, stride in 1u64..64) {
        let list = list(&ranges);
        let mut cursor = Cursor::new(&list, offset);
        let mut visited = Vec::new();
        while cursor.ahead() > 0 {
            let bytes = cursor.ahead().min(stride);
            visited.extend(cursor.address()..cursor.address() + bytes);
            cursor.advance(bytes);
        }
        let all = addresses(&list);
        let expected = all.get(offset as usize..).unwrap_or_default();
        prop_assert_eq!(visited.as_slice(), expected);
    }

    #[test]
    fn sweeps_are_many_steps(
        ranges in ranges(), offset in 0u64..2500, bytes in 0u64..1500, stop in 0u64..1500, more in 0u64..99,
    ) {
        let list = list(&ranges);
        let mut cursor = Cursor::new(&list, offset);
        let visited = RefCell::new(Vec::new());
        let sweep = |cursor: &mut Cursor<'_>, bytes| {
            let before = visited.borrow().len() as u64;
            let step = |done, address, piece: u64| {
                let mut visited = visited.borrow_mut();
                assert_eq!(done, visited.len() as u64 - before, "as much as is done");
                let piece = piece.min(stop.saturating_sub(visited.len() as u64));
                visited.extend(address..address + piece);
                piece
            };
            let done = cursor.sweep(bytes, step);
            assert_eq!(done, visited.borrow().len() as u64 - before);
        };
        // What comes next starts where this ends, in the middle of a run or not.
        sweep(&mut cursor, bytes);
        sweep(&mut cursor, more);
        let visited = visited.into_inner();
        let all = addresses(&list);
        let expected = all.get(offset as usize..).unwrap_or_default();
        let reached = expected.len().min((bytes + more).min(stop) as usize);
        prop_assert_eq!(&visited, &expected[..reached]);
        let next = expected.get(reached).copied().unwrap_or(0);
        prop_assert_eq!(cursor.address(), next);
        let rest = std::iter::from_fn(|| {
            let ahead = cursor.ahead();
            cursor.advance(ahead);
            (ahead > 0).then_some(ahead)
        });
        prop_assert_eq!(rest.sum::<u64>() as usize, expected.len() - reached);
    }

    #[test]
    fn two_cursors_move_together(
        source in ranges(), target in ranges(), from in 0u64..300, to in 0u64..300, limit: u16,
    ) {
        let (source, target) = (list(&source), list(&target));
        let length = effective_length(
            (runs::length(&source), from),
            (runs::length(&target), to),
            limit.into(),
        );
        let (mut reader, mut writer) = (Cursor::new(&source, from), Cursor::new(&target, to));
        let mut moved = Vec::new();
        let mut left = length;
        while left > 0 {
            let bytes = left.min(reader.ahead()).min(writer.ahead());
            prop_assert!(bytes > 0, "stuck before the end");
            moved.extend((0..bytes).map(|n| (reader.address() + n, writer.address() + n)));
            reader.advance(bytes);
            writer.advance(bytes);
            left -= bytes;
        }
        let expected: Vec<(u64, u64)> = addresses(&source)
            .into_iter()
            .skip(from as usize)
            .zip(addresses(&target).into_iter().skip(to as usize))
            .take(limit.into())
            .collect();
        prop_assert_eq!(moved, expected);
    }
}
