// SPDX-License-Identifier: BSD-3-Clause

//! Cookies: the published test vector of the cipher, and what the contract asks of cookies (§6.2).

use std::collections::HashSet;

use knem_logic::cookie::{Cipher, Sequence};
use proptest::prelude::*;

const KEY: [u32; 4] = [0x0302_0100, 0x0b0a_0908, 0x1312_1110, 0x1b1a_1918];

/// Deciphers a block. The module never does, it looks cookies up; but because this is possible, no
/// two numbers have the same cookie.
fn decipher(key: [u32; 4], block: u64) -> u64 {
    let (mut high, mut low) = ((block >> 32) as u32, block as u32);
    for round_key in round_keys(key).into_iter().rev() {
        low = (low ^ high).rotate_right(3);
        high = (high ^ round_key).wrapping_sub(low).rotate_left(8);
    }
    (u64::from(high) << 32) | u64::from(low)
}

fn round_keys(key: [u32; 4]) -> Vec<u32> {
    let mut schedule = key[1..].to_vec();
    let mut keys = vec![key[0]];
    for round in 0..26 {
        let last = keys[round as usize];
        let mixed = schedule[round as usize].rotate_right(8).wrapping_add(last) ^ round;
        schedule.push(mixed);
        keys.push(last.rotate_left(3) ^ mixed);
    }
    keys
}

/// Speck64/128 in appendix C of ePrint 2013/404.
#[test]
fn the_cipher_is_speck() {
    let plain = 0x3b72_6574_7475_432d;
    let enciphered = 0x8c6f_a548_454e_028b;
    assert_eq!(Cipher::new(KEY).cookie(Sequence(plain)), Some(enciphered));
    assert_eq!(decipher(KEY, enciphered), plain);
}

/// The number whose cookie would be 0 is left out.
#[test]
fn cookie_zero_is_nobodys() {
    let forbidden = decipher(KEY, 0);
    assert_eq!(Cipher::new(KEY).cookie(Sequence(forbidden)), None);
}

#[test]
fn neighbours_differ_in_half_of_their_bits() {
    let cipher = Cipher::new([1, 2, 3, 4]);
    let cookies: Vec<u64> = (1..=4096)
        .map(|n| cipher.cookie(Sequence(n)).unwrap())
        .collect();
    let flips: u32 = cookies.windows(2).map(|w| (w[0] ^ w[1]).count_ones()).sum();
    let mean = f64::from(flips) / 4095.0;
    assert!((31.0..33.0).contains(&mean), "mean distance {mean}");
    assert_eq!(cookies.iter().collect::<HashSet<_>>().len(), cookies.len());
}

proptest! {
    #[test]
    fn every_number_has_its_own_cookie(key: [u32; 4], number in 1u64..) {
        if let Some(cookie) = Cipher::new(key).cookie(Sequence(number)) {
            prop_assert_ne!(cookie, 0);
            prop_assert_eq!(decipher(key, cookie), number);
        }
    }

    #[test]
    fn another_key_gives_another_cookie(key: [u32; 4], bit in 0usize..128, number in 1u64..) {
        let mut other = key;
        other[bit / 32] ^= 1 << (bit % 32);
        prop_assert_ne!(
            Cipher::new(key).cookie(Sequence(number)),
            Cipher::new(other).cookie(Sequence(number))
        );
    }
}
