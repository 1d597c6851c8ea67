// SPDX-License-Identifier: BSD-3-Clause

//! Bytes that change at any time, because other processes copy to them.
//!
//! Every access is a relaxed atomic access to a whole word, so that threads of this process never
//! race, neither with each other nor in mixed sizes. A part of a word is replaced by
//! compare-and-exchange: what others write beside it meanwhile is not lost.

use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

const WORD: usize = size_of::<usize>();

/// Where bytes lie: the word, and the range of its bytes.
struct Part {
    word: usize,
    start: usize,
    end: usize,
}

/// The parts of words that `length` bytes from `offset` on consist of.
fn parts(offset: usize, length: usize) -> impl Iterator<Item = Part> {
    let end = offset + length;
    let words = (offset / WORD)..end.div_ceil(WORD);
    let words = if length > 0 { words } else { 0..0 };
    words.map(move |word| Part {
        word,
        start: offset.saturating_sub(word * WORD),
        end: WORD.min(end - word * WORD),
    })
}

/// Copies from the words, `offset` bytes in, to `to`.
///
/// # Panics
/// Where the words are too few.
pub(super) fn load(words: &[AtomicUsize], offset: usize, to: &mut [u8]) {
    let mut rest = to;
    for Part { word, start, end } in parts(offset, rest.len()) {
        let bytes = words[word].load(Relaxed).to_ne_bytes();
        let (now, later) = rest.split_at_mut(end - start);
        now.copy_from_slice(&bytes[start..end]);
        rest = later;
    }
}

/// Copies `from` to the words, `offset` bytes in.
///
/// # Panics
/// Where the words are too few.
pub(super) fn store(words: &[AtomicUsize], offset: usize, from: &[u8]) {
    let mut rest = from;
    for part in parts(offset, rest.len()) {
        let (now, later) = rest.split_at(part.end - part.start);
        replace(&words[part.word], part, now);
        rest = later;
    }
}

fn replace(word: &AtomicUsize, part: Part, bytes: &[u8]) {
    let put = |old: usize| {
        let mut new = old.to_ne_bytes();
        new[part.start..part.end].copy_from_slice(bytes);
        usize::from_ne_bytes(new)
    };
    if bytes.len() == WORD {
        word.store(put(0), Relaxed);
    } else {
        let always = |old| Some(put(old));
        word.fetch_update(Relaxed, Relaxed, always)
            .expect("there always is a new value");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(count: usize) -> Vec<AtomicUsize> {
        (0..count).map(|_| AtomicUsize::new(0)).collect()
    }

    #[test]
    fn every_offset_and_length_comes_back_and_spares_the_rest() {
        for offset in 0..=2 * WORD {
            for length in 0..=3 * WORD {
                let words = words(6);
                store(&words, 0, &[0xaa; 6 * WORD]);
                let bytes: Vec<u8> = (1..=length as u8).collect();
                store(&words, offset, &bytes);
                let mut all = [0; 6 * WORD];
                load(&words, 0, &mut all);
                let mut expected = [0xaa; 6 * WORD];
                expected[offset..offset + length].copy_from_slice(&bytes);
                assert_eq!(all, expected, "{length} bytes at {offset}");
                let mut back = vec![0; length];
                load(&words, offset, &mut back);
                assert_eq!(back, bytes, "{length} bytes at {offset}");
            }
        }
    }

    #[test]
    fn neighbours_in_a_word_are_not_lost() {
        let words = words(1);
        std::thread::scope(|scope| {
            for byte in 0..WORD {
                let words = &words;
                scope.spawn(move || {
                    for value in 0..=200 {
                        store(words, byte, &[value]);
                    }
                });
            }
        });
        let mut all = [0; WORD];
        load(&words, 0, &mut all);
        assert_eq!(all, [200; WORD]);
    }
}
