// SPDX-License-Identifier: BSD-3-Clause

/// Odd, so that no two of 2^64 positions share a word.
const STEP: u64 = 0x9e37_79b9_7f4a_7c15;

const WORD: usize = 8;
const BLOCK: usize = 4096;

/// Which bytes belong where: they differ by position, size, and round, so that bytes that were
/// left over, moved, or swapped are seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pattern(u64);

/// The first byte that is not what it should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mismatch {
    /// Bytes from the start.
    pub position: usize,
    /// What should be there.
    pub expected: u8,
    /// What is there.
    pub found: u8,
}

impl Pattern {
    /// The pattern of a round. No two rounds of a run share one.
    pub fn new(bytes: usize, round: u64) -> Self {
        let mixed = (bytes as u64).rotate_left(32) ^ round.wrapping_mul(0xd6e8_feb8_6659_fd93);
        Self(mixed ^ (mixed >> 29))
    }

    /// The pattern of that number, as another process has it.
    pub fn from_number(number: u64) -> Self {
        Self(number)
    }

    /// The number to send to another process.
    pub fn number(self) -> u64 {
        self.0
    }

    /// Fills memory.
    pub fn fill(self, memory: &mut [u8]) {
        let mut word = self.0;
        let mut pieces = memory.chunks_exact_mut(WORD);
        for piece in &mut pieces {
            word = word.wrapping_add(STEP);
            piece.copy_from_slice(&word.to_ne_bytes());
        }
        let rest = pieces.into_remainder();
        let last = word.wrapping_add(STEP).to_ne_bytes();
        rest.copy_from_slice(&last[..rest.len()]);
    }

    /// Looks at every byte.
    pub fn check(self, memory: &[u8]) -> Result<(), Mismatch> {
        // A block is judged as a whole, which is quick, and searched only if it is wrong.
        for (number, block) in memory.chunks(BLOCK).enumerate() {
            let words = (number * BLOCK / WORD) as u64;
            let start = Self(self.0.wrapping_add(words.wrapping_mul(STEP)));
            if !start.matches(block) {
                return Err(start.first_mismatch(block, number * BLOCK));
            }
        }
        Ok(())
    }

    fn matches(self, block: &[u8]) -> bool {
        let mut word = self.0;
        let mut difference = 0;
        let mut pieces = block.chunks_exact(WORD);
        for piece in &mut pieces {
            word = word.wrapping_add(STEP);
            let found = u64::from_ne_bytes(piece.try_into().expect("a piece is a word"));
            difference |= found ^ word;
        }
        let rest = pieces.remainder();
        let last = word.wrapping_add(STEP).to_ne_bytes();
        difference == 0 && *rest == last[..rest.len()]
    }

    fn first_mismatch(self, block: &[u8], offset: usize) -> Mismatch {
        let mut right = vec![0; block.len()];
        self.fill(&mut right);
        let mut pairs = block.iter().zip(&right);
        let at = pairs.position(|(found, expected)| found != expected);
        let at = at.expect("the block is wrong");
        Mismatch {
            position: offset + at,
            expected: right[at],
            found: block[at],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sees_every_single_byte() {
        let pattern = Pattern::new(2 * BLOCK + 13, 7);
        let mut memory = [0; 2 * BLOCK + 13];
        pattern.fill(&mut memory);
        assert_eq!(pattern.check(&memory), Ok(()));
        assert_eq!(pattern.check(&memory[..0]), Ok(()));
        for position in 0..memory.len() {
            let right = memory[position];
            memory[position] ^= 0x40;
            let seen = pattern.check(&memory).unwrap_err();
            assert_eq!((seen.position, seen.expected), (position, right));
            assert_eq!(seen.found, right ^ 0x40);
            memory[position] = right;
        }
    }

    #[test]
    fn sees_bytes_of_other_places_and_rounds() {
        let mut memory = [0; 8192];
        Pattern::new(8192, 1).fill(&mut memory);
        for other in [Pattern::new(8192, 2), Pattern::new(4096, 1)] {
            assert!(other.check(&memory).unwrap_err().position < WORD);
        }
        let (first, second) = memory.split_at_mut(4096);
        first.swap_with_slice(second);
        assert!(Pattern::new(8192, 1).check(&memory).is_err());
    }

    #[test]
    fn travels_as_a_number() {
        let pattern = Pattern::new(64, 3);
        assert_eq!(Pattern::from_number(pattern.number()), pattern);
    }
}
