// SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause

//! Cookies: numbers that name regions and give nothing away.
//!
//! Regions are numbered in the order of their creation, and a number is never used again. A cookie
//! is that number enciphered with a key that is drawn when the module is loaded. A cipher maps
//! different numbers to different cookies, so cookies do not repeat either; without the key, one
//! cookie tells nothing about the next.
//!
//! The cipher is Speck64/128: Beaulieu et al., "The SIMON and SPECK Families of Lightweight Block
//! Ciphers", Cryptology ePrint 2013/404. It is small, needs no tables, and knows 64-bit blocks.

use crate::abi::Cookie;

const ROUNDS: usize = 27;

/// The number of a region; never 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Sequence(pub u64);

/// Turns the numbers of regions into cookies.
pub struct Cipher {
    round_keys: [u32; ROUNDS],
}

impl Cipher {
    /// Expands a key of 128 bits, least significant word first.
    pub const fn new(key: [u32; 4]) -> Self {
        let mut round_keys = [0; ROUNDS];
        let mut schedule = [key[1], key[2], key[3]];
        let mut round_key = key[0];
        let mut round = 0;
        while round < ROUNDS {
            round_keys[round] = round_key;
            let (next, mixed) = encrypt_round(round as u32, schedule[round % 3], round_key);
            schedule[round % 3] = next;
            round_key = mixed;
            round += 1;
        }
        Self { round_keys }
    }

    /// Enciphers the number of a region; [`None`] for the one number whose cookie would be 0, which
    /// no region may bear.
    pub fn cookie(&self, Sequence(number): Sequence) -> Option<Cookie> {
        let (mut high, mut low) = split(number);
        for &round_key in &self.round_keys {
            (high, low) = encrypt_round(round_key, high, low);
        }
        match join(high, low) {
            0 => None,
            cookie => Some(cookie),
        }
    }
}

const fn encrypt_round(round_key: u32, high: u32, low: u32) -> (u32, u32) {
    let high = high.rotate_right(8).wrapping_add(low) ^ round_key;
    (high, low.rotate_left(3) ^ high)
}

const fn split(block: u64) -> (u32, u32) {
    ((block >> 32) as u32, block as u32)
}

const fn join(high: u32, low: u32) -> u64 {
    ((high as u64) << 32) | low as u64
}
