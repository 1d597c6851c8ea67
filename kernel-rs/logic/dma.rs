// SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause

//! How a copy is divided between the CPU and DMA channels.
//!
//! Channels take pieces that are consecutive on either side, aligned as they ask for, and worth the
//! trouble. What is left, heads, tails and small pieces, is copied by the CPU.

/// The most bytes of one piece, so that a copy can be given up between two.
const LARGEST: u64 = 1 << 20;

/// The fewest bytes for which a further channel is taken.
const SHARE: u64 = 256 << 10;

/// The most channels of one copy.
pub const MOST_CHANNELS: usize = 8;

/// What channels can do.
///
/// # Invariants
///
/// The alignments are powers of two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// What the addresses of both sides, and the length, are multiples of.
    both: u64,
    /// What the address of the target, and the length, are multiples of.
    target: u64,
    /// The most bytes of one transfer.
    most: u64,
}

impl Limits {
    /// Those of a channel; both alignments are rounded up to powers of two.
    pub fn new(both: u64, target: u64, most: u64) -> Self {
        // INVARIANT: Powers of two, and no overflow: nothing is aligned so coarsely.
        Self {
            both: both.clamp(1, LARGEST).next_power_of_two(),
            target: target.clamp(1, LARGEST).next_power_of_two(),
            most: most.min(LARGEST),
        }
    }

    /// What both can do.
    pub fn strictest(self, other: Self) -> Self {
        // INVARIANT: Each is one of two powers of two.
        Self {
            both: self.both.max(other.both),
            target: self.target.max(other.target),
            most: self.most.min(other.most),
        }
    }

    /// What the address of the target, and the length, are multiples of in the end.
    fn grain(self) -> u64 {
        self.both.max(self.target)
    }
}

/// Who copies the next bytes, and how many these are; never 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece {
    /// The CPU.
    Cpu(u64),
    /// A channel.
    Channel(u64),
}

/// Cuts a copy into pieces.
#[derive(Clone, Copy, Debug)]
pub struct Cutter {
    limits: Limits,
    /// Pieces of at most so many bytes are not worth a channel.
    small: u64,
    /// The most bytes of a piece for a channel; a multiple of the alignments, or 0.
    largest: u64,
}

impl Cutter {
    /// For a copy of `length` bytes by `channels` channels.
    pub fn new(limits: Limits, small: u64, length: u64, channels: usize) -> Self {
        let share = length.div_ceil(channels.max(1) as u64);
        let wanted = share.clamp(SHARE, LARGEST).min(limits.most);
        Self {
            limits,
            small,
            largest: wanted - wanted % limits.grain(),
        }
    }

    /// The next piece, where `ahead` bytes, which are not 0, are consecutive from the addresses
    /// `source` and `target` on.
    pub fn next(&self, source: u64, target: u64, ahead: u64) -> Piece {
        let grain = self.limits.grain();
        let head = target.wrapping_neg() % grain;
        let body = ahead.saturating_sub(head).min(self.largest);
        let body = body - body % grain;
        let alike = source.wrapping_add(head) % self.limits.both == 0;
        if alike && body > self.small {
            if head > 0 {
                Piece::Cpu(head)
            } else {
                Piece::Channel(body)
            }
        } else {
            Piece::Cpu(ahead)
        }
    }
}

/// How many of `there` channels are taken for a copy of so many bytes.
pub fn channels_for(length: u64, there: usize) -> usize {
    let wanted = length.div_ceil(SHARE).max(1);
    let most = there.min(MOST_CHANNELS);
    usize::try_from(wanted).map_or(most, |wanted| wanted.min(most))
}

/// Whether a device at the node `there` is near to the node `here`; one that is at no node, told by
/// a negative number, is as near to all.
pub fn is_near(there: i32, here: i32) -> bool {
    there < 0 || there == here
}
