// SPDX-License-Identifier: BSD-3-Clause

//! Cookies: the published test vector of the cipher, and what the contract asks of cookies (§6.2).

use std::collections::HashSet;

use knem_logic::cookie::{Cipher, Sequence};
use proptest::prelude::*;

const KEY: [u32; 4] = [0x0302_0100, 0x0b0a_0908, 0x1312_1110, 0x1b1a_1918];

/// Speck64/128 in appendix C of ePrint 2013/404.
#[test]
fn the_cipher_is_speck() {
    let cipher = Cipher::new(KEY);
    let plain = Sequence(0x3b72_6574_7475_432d);
    let enciphered = 0x8c6f_a548_454e_028b;
    assert_eq!(cipher.cookie(plain), Some(enciphered));
    assert_eq!(cipher.sequence(enciphered), Some(plain));
}

#[test]
fn cookie_zero_is_nobodys() {
    assert_eq!(Cipher::new(KEY).sequence(0), None);
}

/// The number whose cookie would be 0 is left out, and so is the cookie whose number would be 0.
#[test]
fn the_two_zeros_are_left_out() {
    let cipher = Cipher::new(KEY);
    // No number is 0, but the cipher gives it a cookie: that one must not be accepted.
    let forbidden = cipher.cookie(Sequence(0)).unwrap();
    assert_eq!(cipher.sequence(forbidden), None);
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
    fn deciphering_undoes_enciphering(key: [u32; 4], number in 1u64..) {
        let cipher = Cipher::new(key);
        if let Some(cookie) = cipher.cookie(Sequence(number)) {
            prop_assert_ne!(cookie, 0);
            prop_assert_eq!(cipher.sequence(cookie), Some(Sequence(number)));
        }
    }

    #[test]
    fn every_bit_of_a_cookie_counts(key: [u32; 4], number in 1u64..1 << 40, bit in 0u32..64) {
        let cipher = Cipher::new(key);
        let cookie = cipher.cookie(Sequence(number)).unwrap();
        prop_assert_ne!(cipher.sequence(cookie ^ (1 << bit)), Some(Sequence(number)));
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
