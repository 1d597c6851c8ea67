// SPDX-License-Identifier: BSD-3-Clause

//! Sizes by powers of two.

use knem_logic::{abi::SIZE_BUCKETS, histogram::bucket};
use proptest::prelude::*;

#[test]
fn the_borders_are_where_the_interface_says() {
    assert_eq!(bucket(0), 0);
    assert_eq!(bucket(1), 1);
    assert_eq!((bucket(2), bucket(3), bucket(4)), (2, 2, 3));
    assert_eq!(bucket((1 << 62) - 1), SIZE_BUCKETS - 2);
    assert_eq!(bucket(1 << 62), SIZE_BUCKETS - 1);
    assert_eq!(bucket(u64::MAX), SIZE_BUCKETS - 1);
}

proptest! {
    #[test]
    fn each_size_is_within_its_bucket(bytes in 1u64..) {
        let index = bucket(bytes) as u32;
        prop_assert!(bytes >= 1 << (index - 1));
        prop_assert!(index as usize == SIZE_BUCKETS - 1 || bytes < 1 << index);
    }
}
