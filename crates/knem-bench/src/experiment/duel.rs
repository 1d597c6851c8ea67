// SPDX-License-Identifier: BSD-3-Clause

use crate::failure::Result;

/// Which of the two ways.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// As the module does it.
    Without,
    /// As it might.
    With,
}

/// The least that each way takes. They take turns, so that what disturbs one round disturbs both;
/// a round that is not counted comes first.
pub fn duel(rounds: usize, mut take: impl FnMut(Way) -> Result<u64>) -> Result<(u64, u64)> {
    let (mut without, mut with) = (u64::MAX, u64::MAX);
    for round in 0..=rounds {
        let (one, other) = (take(Way::Without)?, take(Way::With)?);
        if round > 0 {
            without = without.min(one);
            with = with.min(other);
        }
    }
    Ok((without, with))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_round_does_not_count() {
        let mut taken = [1, 2, 9, 5, 7, 6].into_iter();
        let least = duel(2, |_| Ok(taken.next().unwrap())).unwrap();
        assert_eq!((least, taken.next()), ((7, 5), None));
    }
}
