// SPDX-License-Identifier: BSD-3-Clause

//! What a copy must do (§7.2), said in the plainest way: flat bytes, one at a time.

/// Bytes that a copy moves; truncation is silent and an offset beyond the end means none.
pub fn effective(
    src_length: u64,
    src_offset: u64,
    dst_length: u64,
    dst_offset: u64,
    bound: Option<u64>,
) -> u64 {
    let src = src_length.saturating_sub(src_offset);
    let dst = dst_length.saturating_sub(dst_offset);
    src.min(dst).min(bound.unwrap_or(u64::MAX))
}

/// A side of a copy: segments `(offset, length)` of an arena, in logical order.
pub type Segments = [(usize, usize)];

/// Positions in the arena of the bytes of a side, in logical order.
fn positions(segments: &Segments) -> impl Iterator<Item = usize> + '_ {
    segments
        .iter()
        .flat_map(|&(offset, length)| offset..offset + length)
}

/// Bytes of a side.
pub fn length(segments: &Segments) -> u64 {
    segments.iter().map(|&(_, length)| length as u64).sum()
}

/// Does to `dst_arena` what a copy between sides in different arenas does.
pub fn copy(
    src_arena: &[u8],
    (src, src_offset): (&Segments, u64),
    dst_arena: &mut [u8],
    (dst, dst_offset): (&Segments, u64),
    bound: Option<u64>,
) {
    let count = effective(length(src), src_offset, length(dst), dst_offset, bound) as usize;
    if count == 0 {
        return;
    }
    let from = positions(src).skip(src_offset as usize);
    let to = positions(dst).skip(dst_offset as usize);
    for (from, to) in from.zip(to).take(count) {
        dst_arena[to] = src_arena[from];
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shortest_of_three_counts() {
        assert_eq!(effective(10, 3, 5, 0, None), 5);
        assert_eq!(effective(10, 8, 5, 0, None), 2);
        assert_eq!(effective(10, 0, 5, 4, Some(9)), 1);
        assert_eq!(effective(10, 0, 10, 0, Some(0)), 0);
    }

    #[test]
    fn offsets_beyond_the_end_mean_nothing() {
        assert_eq!(effective(10, 10, 5, 0, None), 0);
        assert_eq!(effective(10, u64::MAX, 5, u64::MAX, Some(u64::MAX)), 0);
        assert_eq!(effective(0, 0, 0, 0, None), 0);
    }

    #[test]
    fn bytes_follow_the_order_of_the_segments() {
        let mut dst = [0; 6];
        copy(
            b"abcdef",
            (&[(4, 2), (0, 0), (0, 3)], 1),
            &mut dst,
            (&[(5, 1), (1, 3)], 0),
            None,
        );
        assert_eq!(&dst, b"\0abc\0f");
    }

    #[test]
    fn a_bound_stops_in_the_middle() {
        let mut dst = *b"......";
        copy(b"abcdef", (&[(0, 6)], 0), &mut dst, (&[(0, 6)], 2), Some(3));
        assert_eq!(&dst, b"..abc.");
    }
}
