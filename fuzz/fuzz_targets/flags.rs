// SPDX-License-Identifier: BSD-3-Clause
#![no_main]

//! Flags, whatever is given and whatever the module is told to force and to ignore; sizes; cookies.

use arbitrary::Arbitrary;
use knem_logic::{
    abi::{flag, SIZE_BUCKETS},
    cookie::{Cipher, Sequence},
    flags::{Kind, Masks, Switches},
    histogram::bucket,
};
use libfuzzer_sys::fuzz_target;

#[derive(Arbitrary, Debug)]
struct Given {
    switches: [bool; 4],
    forceflags: u32,
    ignoreflags: u32,
    without_dma: bool,
    flags: u32,
    kind: u8,
    slots: u64,
    index: u32,
    bytes: [u64; 2],
    key: [u32; 4],
    numbers: [u64; 2],
}

fuzz_target!(|given: Given| {
    let [thread, dma, pinlocal, sync] = given.switches;
    let (forceflags, ignoreflags) = (given.forceflags, given.ignoreflags);
    let switches = Switches {
        thread,
        dma,
        pinlocal,
        sync,
        forceflags,
        ignoreflags,
    };
    if let Some(masks) = Masks::new(switches) {
        assert_eq!(masks.forced() & masks.ignored(), 0);
        copies(
            &given,
            if given.without_dma {
                masks.without_dma()
            } else {
                masks
            },
        );
        let region = masks.on_region(given.flags);
        let ignored = masks.ignored() & flag::SINGLE_USE != 0;
        assert!(!(region.single_use() && ignored) && region.once().single_use());
    }
    let [few, many] = given.bytes;
    assert!(bucket(few.min(many)) <= bucket(few.max(many)));
    assert!(bucket(many) < SIZE_BUCKETS);
    let cipher = Cipher::new(given.key);
    let [one, two] = given.numbers.map(|number| cipher.cookie(Sequence(number)));
    assert_eq!(one == two, given.numbers[0] == given.numbers[1]);
});

fn copies(given: &Given, masks: Masks) {
    let kind = match given.kind % 3 {
        0 => Kind::Current,
        1 => Kind::OldAsynchronous,
        _ => Kind::OldSynchronous,
    };
    let Some(plan) = masks.on_copy(given.flags, kind, || given.slots, given.index) else {
        return;
    };
    // What touches a slot names one that there is.
    assert!(!plan.slot || u64::from(given.index) < given.slots);
    assert!(!plan.event || plan.slot);
    assert!(!plan.pending || plan.slot);
    assert!(!plan.dma || plan.pin_local);
    assert!(!(plan.in_thread && plan.by_itself));
    assert!(!plan.plain || !(plan.slot || plan.dma || plan.in_thread || plan.by_itself));
    if given.without_dma || masks.ignored() & flag::DMA != 0 {
        assert!(!plan.dma);
    }
}
