// SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause

//! Memory as a list of runs.
//!
//! A run is a range of consecutive addresses. A list of runs spells out memory in its logical
//! order. The addresses may be virtual, as for the segments that a caller gives, or physical, as
//! for pinned pages.

/// A range of consecutive addresses, as part of a list of runs.
///
/// # Invariants
///
/// In a list, the `end` of each run is greater than that of its predecessor: no run is empty.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Run {
    /// The address of the first byte.
    pub address: u64,
    /// How many bytes the list holds up to the end of this run.
    pub end: u64,
}

/// The length of a whole list, in bytes.
pub fn length(runs: &[Run]) -> u64 {
    runs.last().map_or(0, |run| run.end)
}

/// The run that continues a list of `length` bytes with `bytes` more; [`None`] if the addresses
/// or the lengths overflow. `bytes` is not 0.
pub fn following(length: u64, address: u64, bytes: u64) -> Option<Run> {
    address.checked_add(bytes)?;
    // INVARIANT: `bytes` is not 0.
    Some(Run {
        address,
        end: length.checked_add(bytes)?,
    })
}

/// The index of the run that holds the byte at `offset`, and the bytes of that run before it.
///
/// An offset at or beyond the end gives the number of runs.
#[inline]
pub fn locate(runs: &[Run], offset: u64) -> (usize, u64) {
    if runs.first().is_some_and(|first| offset < first.end) {
        return (0, offset);
    }
    let index = runs.partition_point(|run| run.end <= offset);
    let skipped = if index < runs.len() {
        offset - start(runs, index)
    } else {
        0
    };
    (index, skipped)
}

/// How many bytes of the list lie before the run at `index`.
#[inline]
pub fn start(runs: &[Run], index: usize) -> u64 {
    index
        .checked_sub(1)
        .map_or(0, |previous| runs[previous].end)
}

/// How many entries of an array of pointers point to consecutive elements of another array, at
/// most `limit`.
pub fn consecutive<T>(pointers: &[*mut T], limit: usize) -> usize {
    /// So many are compared without counting.
    const BLOCK: usize = 16;

    let pointers = &pointers[..limit.min(pointers.len())];
    let first = match pointers {
        [] => return 0,
        // So it is with small pages.
        [_] => return 1,
        [first, ..] => *first,
    };
    let follow = |start: usize, some: &[*mut T]| {
        let expected = first.wrapping_add(start);
        let mut some = some.iter().enumerate();
        some.all(|(index, &pointer)| pointer == expected.wrapping_add(index))
    };
    let mut done = 0;
    for block in pointers.chunks_exact(BLOCK) {
        if !follow(done, block) {
            break;
        }
        done += BLOCK;
    }
    let rest = pointers[done..].iter().enumerate();
    let like_those =
        |&(index, &pointer): &(usize, &*mut T)| pointer == first.wrapping_add(done + index);
    done + rest.take_while(like_those).count()
}

/// Consecutive bytes that are to be added to a list.
#[derive(Clone, Copy, Debug)]
pub struct Piece {
    /// The address of the first byte.
    pub address: u64,
    /// How many there are; not 0.
    pub bytes: u64,
    /// The end of the block of memory in which they lie; a run must not leave it.
    pub block_end: u64,
}

/// What a piece does to the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Growth {
    /// The last run now ends here.
    Longer(u64),
    /// A further run follows.
    Another(Run),
}

/// Makes a list of as few runs as possible out of pieces.
///
/// Pieces are joined if they are consecutive and lie in the same block.
#[derive(Debug)]
pub struct Joiner {
    length: u64,
    next: u64,
    block_end: u64,
}

impl Joiner {
    /// Continues a list of `length` bytes. Its last run is not going to grow.
    pub fn new(length: u64) -> Self {
        Self {
            length,
            next: 0,
            block_end: 0,
        }
    }

    /// Adds a piece; [`None`] if the addresses or the length overflow.
    pub fn add(&mut self, piece: Piece) -> Option<Growth> {
        let run = following(self.length, piece.address, piece.bytes)?;
        let joined = piece.address == self.next && piece.address < self.block_end;
        self.length = run.end;
        self.next = piece.address + piece.bytes;
        self.block_end = piece.block_end;
        Some(if joined {
            Growth::Longer(run.end)
        } else {
            Growth::Another(run)
        })
    }
}
