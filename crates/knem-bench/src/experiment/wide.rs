// SPDX-License-Identifier: BSD-3-Clause

//! The ways of a processor to copy much.

/// Copies as the kernel does on a processor that is good at it: by one string instruction. The C
/// library has ideas of its own about large copies.
#[cfg(target_arch = "x86_64")]
pub fn string(from: &[u8], to: &mut [u8]) {
    assert_eq!(from.len(), to.len());
    // SAFETY: Both are as long as the count says, and the flag that tells the direction is clear, as
    // it always is between functions.
    unsafe {
        std::arch::asm!(
            "rep movsb",
            inout("rcx") from.len() => _, inout("rsi") from.as_ptr() => _,
            inout("rdi") to.as_mut_ptr() => _,
            options(nostack, preserves_flags),
        );
    }
}

/// As the C library does it.
#[cfg(not(target_arch = "x86_64"))]
pub fn string(from: &[u8], to: &mut [u8]) {
    to.copy_from_slice(from);
}

/// Copies by stores that go past the caches; where there are none, as it is usual.
#[cfg(target_arch = "x86_64")]
pub fn streaming(from: &[u8], to: &mut [u8]) {
    use std::arch::x86_64::{__m128i, _mm_loadu_si128, _mm_sfence, _mm_stream_si128};
    const LINE: usize = 64;
    const LANE: usize = 16;
    assert!(from.len() == to.len() && to.as_ptr() as usize % LINE == 0);
    let (lines, rest) = (from.chunks_exact(LINE), from.len() / LINE * LINE);
    for (from, to) in lines.zip(to.chunks_exact_mut(LINE)) {
        // SAFETY: Each lane lies in its line, and lines begin at multiples of their length. The
        // instructions are a part of the architecture.
        unsafe {
            let from: *const __m128i = from.as_ptr().cast();
            let lanes: [__m128i; LINE / LANE] =
                std::array::from_fn(|lane| _mm_loadu_si128(from.add(lane)));
            for (lane, value) in lanes.into_iter().enumerate() {
                _mm_stream_si128(to.as_mut_ptr().cast::<__m128i>().add(lane), value);
            }
        }
    }
    // SAFETY: As above.
    unsafe { _mm_sfence() }
    to[rest..].copy_from_slice(&from[rest..]);
}

/// As it is usual.
#[cfg(not(target_arch = "x86_64"))]
pub fn streaming(from: &[u8], to: &mut [u8]) {
    string(from, to);
}

/// Reads all of it, as who received it does.
pub fn read(memory: &[u8]) -> u64 {
    let word = |bytes: &[u8]| u64::from_ne_bytes(bytes.try_into().expect("a word's bytes"));
    let words = memory.chunks_exact(8).map(word);
    words.fold(0, u64::wrapping_add)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::buffer::Buffer;

    #[test]
    fn copies_all() {
        for copy in [string, streaming] {
            for length in [0, 1, 63, 64, 65, 4097] {
                let from: Vec<u8> = (0..length).map(|at| at as u8 | 1).collect();
                let mut to = Buffer::private(length + 1, 3, false).unwrap();
                to[length] = 0;
                copy(&from, &mut to[..length]);
                assert_eq!((&to[..length], to[length]), (&from[..], 0));
            }
        }
        assert_eq!(read(&[1; 16]), 2 * u64::from_ne_bytes([1; 8]));
    }
}
