// SPDX-License-Identifier: BSD-3-Clause

//! Bytes that tell where they belong: each depends on a seed and on its position, so that data
//! which is displaced, stale or from another buffer is seen.

/// Mixes a number so that neighbours share nothing (splitmix64).
pub fn mix(value: u64) -> u64 {
    let value = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}

/// The first `length` bytes of the pattern of `seed`.
pub fn bytes(seed: u64, length: usize) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(length + 8);
    let mut word = mix(seed);
    while bytes.len() < length {
        word = mix(word);
        bytes.extend_from_slice(&word.to_le_bytes());
    }
    bytes.truncate(length);
    bytes
}

/// Compares two byte sequences and tells the first difference.
///
/// # Errors
/// Position and values of the first difference, or the two lengths.
pub fn same(what: &str, got: &[u8], expected: &[u8]) -> Result<(), String> {
    if got == expected {
        return Ok(());
    }
    match got.iter().zip(expected).position(|(a, b)| a != b) {
        Some(at) => Err(format!(
            "{what}: byte {at} of {} is {:#04x}, expected {:#04x}",
            got.len(),
            got[at],
            expected[at]
        )),
        None => Err(format!(
            "{what}: {} bytes, expected {}",
            got.len(),
            expected.len()
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_longer_pattern_begins_like_a_shorter_one() {
        assert_eq!(bytes(3, 100)[..37], bytes(3, 37)[..]);
        assert!(bytes(3, 0).is_empty());
    }

    #[test]
    fn seeds_and_pages_differ() {
        assert_ne!(bytes(1, 64), bytes(2, 64));
        let long = bytes(1, 8192);
        assert_ne!(long[..4096], long[4096..]);
    }

    #[test]
    fn the_first_difference_is_told() {
        let told = same("data", &[1, 2, 3], &[1, 9, 3]).unwrap_err();
        assert!(
            told.contains("byte 1 of 3 is 0x02, expected 0x09"),
            "{told}"
        );
        assert!(same("data", &[1], &[1, 2])
            .unwrap_err()
            .contains("1 bytes, expected 2"));
        assert_eq!(same("data", &[1], &[1]), Ok(()));
    }
}
