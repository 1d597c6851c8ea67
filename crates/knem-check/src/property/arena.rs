// SPDX-License-Identifier: BSD-3-Clause

//! The memory of the actors: what segments of it mean, and what the model knows of its bytes.

use std::collections::VecDeque;
use std::ops::Range;

use crate::memory::PAGE;
use crate::pattern;

/// Processes that make calls.
pub const ACTORS: usize = 3;
/// Bytes of the memory of each. Behind them lies a page that nobody may touch.
pub const ARENA: usize = 4 * PAGE;

/// Consecutive bytes of an actor's memory; they may run into the page behind it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Segment {
    /// Names the bytes by the second place at which they are mapped, which is read-only.
    pub read_only: bool,
    /// Bytes to leave out at the start of the arena.
    pub start: usize,
    /// Bytes.
    pub length: usize,
}

impl std::fmt::Debug for Segment {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let kind = if self.read_only { "read-only " } else { "" };
        write!(formatter, "{kind}{}+{}", self.start, self.length)
    }
}

impl Segment {
    /// How many of its first bytes can be accessed.
    fn reach(self, write: bool) -> usize {
        if write && self.read_only {
            return 0;
        }
        self.length.min(ARENA.saturating_sub(self.start))
    }

    /// Pages that are pinned for it.
    fn pages(self) -> usize {
        match self.length {
            0 => 0,
            length => (self.start + length).div_ceil(PAGE) - self.start / PAGE,
        }
    }
}

/// Bytes of all segments together.
pub fn length(segments: &[Segment]) -> u64 {
    segments.iter().map(|segment| segment.length as u64).sum()
}

/// Pages that are pinned for segments: those that they share count for each.
pub fn pages(segments: &[Segment]) -> u64 {
    segments.iter().map(|segment| segment.pages() as u64).sum()
}

/// How many of the first bytes of segments can be accessed before a fault.
pub fn reach(segments: &[Segment], write: bool) -> u64 {
    let mut reach = 0;
    for segment in segments {
        reach += segment.reach(write) as u64;
        if segment.reach(write) < segment.length {
            break;
        }
    }
    reach
}

/// One side of a copy.
#[derive(Clone, Debug)]
pub struct Side {
    /// Whose memory.
    pub actor: usize,
    /// The memory, in logical order.
    pub segments: Vec<Segment>,
    /// Bytes to leave out at its start.
    pub offset: u64,
}

/// Consecutive bytes of an arena.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    /// Whose memory.
    pub actor: usize,
    /// Which bytes.
    pub bytes: Range<usize>,
}

impl Span {
    /// Cuts the first bytes off.
    fn take(&mut self, count: usize) -> Range<usize> {
        let start = self.bytes.start;
        self.bytes.start += count;
        start..start + count
    }

    fn meets(&self, other: &Span) -> bool {
        self.actor == other.actor
            && self.bytes.start < other.bytes.end
            && other.bytes.start < self.bytes.end
    }
}

/// Whether two lists of spans have a byte in common.
pub fn meet(one: &[Span], other: &[Span]) -> bool {
    one.iter()
        .any(|span| other.iter().any(|other| span.meets(other)))
}

impl Side {
    /// Where its first `count` bytes lie, in logical order.
    pub fn spans(&self, count: u64) -> Vec<Span> {
        let (mut skip, mut left) = (self.offset, count);
        let mut spans = Vec::new();
        for segment in &self.segments {
            let skipped = skip.min(segment.length as u64);
            let taken = left.min(segment.length as u64 - skipped);
            skip -= skipped;
            left -= taken;
            if taken > 0 {
                let start = segment.start + skipped as usize;
                let bytes = start..start + taken as usize;
                spans.push(Span {
                    actor: self.actor,
                    bytes,
                });
            }
        }
        spans
    }
}

/// A copy of bytes.
#[derive(Clone, Debug)]
pub struct Movement {
    /// From where.
    pub from: Side,
    /// To where.
    pub to: Side,
    /// How many bytes.
    pub count: u64,
}

impl Movement {
    /// The bytes that are read.
    pub fn reads(&self) -> Vec<Span> {
        self.from.spans(self.count)
    }

    /// The bytes that are written.
    pub fn writes(&self) -> Vec<Span> {
        self.to.spans(self.count)
    }

    /// Whether a byte is written twice, or both read and written: then the outcome is unspecified.
    fn is_tangled(&self) -> bool {
        let writes = self.writes();
        let twice = (1..writes.len()).any(|i| meet(&writes[..i], &writes[i..=i]));
        twice || meet(&self.reads(), &writes)
    }
}

/// What the model knows of all bytes.
#[derive(Clone)]
pub struct Memory {
    bytes: Vec<Vec<u8>>,
    /// Bytes whose value the contract does not say.
    unknown: Vec<Vec<bool>>,
    /// Whether there may be any of them.
    doubtful: bool,
}

/// The first content of an actor's memory.
pub fn initial(actor: usize) -> Vec<u8> {
    pattern::bytes(1000 + actor as u64, ARENA)
}

impl Default for Memory {
    fn default() -> Memory {
        Memory {
            bytes: (0..ACTORS).map(initial).collect(),
            unknown: vec![vec![false; ARENA]; ACTORS],
            doubtful: false,
        }
    }
}

impl Memory {
    /// The bytes of an actor.
    pub fn bytes(&self, actor: usize) -> &[u8] {
        &self.bytes[actor]
    }

    /// Writes bytes.
    pub fn put(&mut self, actor: usize, start: usize, bytes: &[u8]) {
        let range = start..start + bytes.len();
        self.bytes[actor][range.clone()].copy_from_slice(bytes);
        self.unknown[actor][range].fill(false);
    }

    /// Copies bytes, stretch by stretch.
    pub fn copy(&mut self, movement: &Movement) {
        let tangled = movement.is_tangled();
        self.doubtful |= tangled;
        let mut reads = VecDeque::from(movement.reads());
        let mut writes = VecDeque::from(movement.writes());
        while let (Some(from), Some(to)) = (reads.front_mut(), writes.front_mut()) {
            let count = from.bytes.len().min(to.bytes.len());
            let (source, target) = (from.take(count), to.take(count));
            let bytes = self.bytes[from.actor][source.clone()].to_vec();
            self.bytes[to.actor][target.clone()].copy_from_slice(&bytes);
            let mut unknown = self.unknown[from.actor][source].to_vec();
            if tangled {
                unknown.fill(true);
            }
            self.unknown[to.actor][target].copy_from_slice(&unknown);
            reads.retain(|span| !span.bytes.is_empty());
            writes.retain(|span| !span.bytes.is_empty());
        }
    }

    /// Compares the memory of an actor with what is known of it, `loose` bytes aside, and learns
    /// those that were unknown.
    ///
    /// # Errors
    /// The first byte that differs.
    pub fn compare(&mut self, actor: usize, got: &[u8], loose: &[Span]) -> Result<(), String> {
        let doubtful = self.doubtful && self.unknown[actor].contains(&true);
        if got == self.bytes[actor] && loose.is_empty() && !doubtful {
            return Ok(());
        }
        let mut compared = vec![true; ARENA];
        for span in loose.iter().filter(|span| span.actor == actor) {
            compared[span.bytes.clone()].fill(false);
        }
        for at in (0..ARENA).filter(|&at| compared[at]) {
            let expected = &mut self.bytes[actor][at];
            if self.unknown[actor][at] {
                *expected = got[at];
                self.unknown[actor][at] = false;
            }
            if got[at] != *expected {
                let got = got[at];
                return Err(format!(
                    "byte {at} of actor {actor} is {got:#04x}, expected {expected:#04x}"
                ));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn segment(start: usize, length: usize) -> Segment {
        Segment {
            read_only: false,
            start,
            length,
        }
    }

    fn side(actor: usize, segments: &[Segment], offset: u64) -> Side {
        let segments = segments.to_vec();
        Side {
            actor,
            segments,
            offset,
        }
    }

    #[test]
    fn segments_reach_up_to_the_first_fault() {
        let good = segment(ARENA - 10, 10);
        let tail = segment(ARENA - 3, 5);
        let protected = Segment {
            read_only: true,
            ..good
        };
        assert_eq!(reach(&[good, tail, good], true), 13);
        assert_eq!(reach(&[good, protected], false), 20);
        assert_eq!(reach(&[good, protected], true), 10);
        assert_eq!(reach(&[segment(ARENA + 7, 0), good], true), 10);
    }

    #[test]
    fn pages_count_for_each_segment() {
        assert_eq!(pages(&[segment(4095, 2), segment(4096, 4096)]), 3);
        assert_eq!(pages(&[segment(5, 0)]), 0);
    }

    #[test]
    fn spans_begin_at_the_offset() {
        let spans = side(1, &[segment(0, 3), segment(9, 0), segment(20, 5)], 2).spans(4);
        let bytes: Vec<_> = spans.into_iter().map(|span| span.bytes).collect();
        assert_eq!(bytes, [2..3, 20..23]);
        assert!(side(0, &[segment(0, 3)], u64::MAX).spans(0).is_empty());
    }

    #[test]
    fn copies_follow_the_order_of_the_segments() {
        let mut memory = Memory::default();
        let before = memory.bytes(0).to_vec();
        memory.copy(&Movement {
            from: side(0, &[segment(100, 2), segment(50, 2)], 1),
            to: side(1, &[segment(7, 3)], 0),
            count: 3,
        });
        assert_eq!(
            memory.bytes(1)[7..10],
            [before[101], before[50], before[51]]
        );
        let mut got = memory.bytes(1).to_vec();
        assert_eq!(memory.compare(1, &got, &[]), Ok(()));
        got[8] ^= 1;
        let told = memory.compare(1, &got, &[]).unwrap_err();
        assert!(told.contains("byte 8 of actor 1"), "{told}");
        let loose = [Span {
            actor: 1,
            bytes: 8..9,
        }];
        assert_eq!(memory.compare(1, &got, &loose), Ok(()));
    }

    #[test]
    fn what_a_tangled_copy_wrote_is_learnt() {
        let mut memory = Memory::default();
        memory.copy(&Movement {
            from: side(0, &[segment(0, 10)], 0),
            to: side(0, &[segment(5, 10)], 0),
            count: 10,
        });
        memory.copy(&Movement {
            from: side(0, &[segment(5, 1)], 0),
            to: side(1, &[segment(0, 1)], 0),
            count: 1,
        });
        let mut got = memory.bytes(1).to_vec();
        got[0] ^= 0x55;
        assert_eq!(memory.compare(1, &got, &[]), Ok(()));
        got[0] ^= 0x55;
        assert!(memory.compare(1, &got, &[]).is_err(), "it is known by now");
    }
}
