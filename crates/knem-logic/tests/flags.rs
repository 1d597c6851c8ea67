// SPDX-License-Identifier: BSD-3-Clause

//! Flags: how parameters combine (§15), and which requests are refused (§7.3, §13.2).

use knem_logic::{
    abi::flag,
    flags::{Masks, Switches},
};
use proptest::prelude::*;

const DEFAULT: Switches = Switches {
    thread: true,
    dma: true,
    pinlocal: false,
    sync: false,
    forceflags: 0,
    ignoreflags: 0,
};

fn masks(switches: Switches) -> (u32, u32) {
    let masks = Masks::new(switches).unwrap();
    (masks.forced(), masks.ignored())
}

#[test]
fn parameters_become_masks() {
    assert_eq!(masks(DEFAULT), (0, 0));
    let thread = Switches {
        thread: false,
        ..DEFAULT
    };
    assert_eq!(masks(thread), (0, 0x0c));
    let dma = Switches {
        dma: false,
        ..DEFAULT
    };
    assert_eq!(masks(dma), (0, 0x01));
    let pinlocal = Switches {
        pinlocal: true,
        ..DEFAULT
    };
    assert_eq!(masks(pinlocal), (0x10, 0));
    let sync = Switches {
        sync: true,
        ..DEFAULT
    };
    assert_eq!(masks(sync), (0, 0x0e));
    let raw = Switches {
        forceflags: 0xa0,
        ignoreflags: 0x40,
        ..DEFAULT
    };
    assert_eq!(masks(raw), (0xa0, 0x40));
}

#[test]
fn contradictions_are_refused() {
    let pinlocal = Switches {
        pinlocal: true,
        ignoreflags: 0x10,
        ..DEFAULT
    };
    assert_eq!(Masks::new(pinlocal), None);
    let sync = Switches {
        sync: true,
        forceflags: 0x08,
        ..DEFAULT
    };
    assert_eq!(Masks::new(sync), None);
}

#[test]
fn masks_apply_to_regions_and_copies() {
    let forced = Masks::new(Switches {
        forceflags: 0xa0,
        ..DEFAULT
    })
    .unwrap();
    assert!(forced.on_region(0).single_use());
    assert!(forced.on_region(0).any_user_access());
    let ignored = Masks::new(Switches {
        ignoreflags: 0xa0,
        ..DEFAULT
    })
    .unwrap();
    assert!(!ignored.on_region(0xa0).single_use());
    assert!(!ignored.on_region(0xa0).any_user_access());
    let pinned = Masks::new(Switches {
        pinlocal: true,
        ..DEFAULT
    })
    .unwrap();
    assert!(pinned.on_copy(0).pin_local());
}

#[test]
fn asynchronous_flags_need_a_slot() {
    let masks = Masks::new(DEFAULT).unwrap();
    for asynchronous in [
        flag::ASYNC_DMA_COMPLETE,
        flag::DMA_THREAD,
        flag::MEMCPY_THREAD,
    ] {
        let flags = masks.on_copy(asynchronous);
        assert!(!flags.possible(0, 0));
        assert!(flags.possible(4096, 4095));
        assert!(!flags.possible(4096, 4096));
        assert!(!flags.possible(4096, u32::MAX));
    }
    // The index of a synchronous request is not looked at.
    assert!(masks
        .on_copy(flag::DMA | flag::PIN_LOCAL)
        .possible(0, u32::MAX));
}

#[test]
fn events_need_a_thread_and_no_hardware() {
    let masks = Masks::new(DEFAULT).unwrap();
    let possible = |flags| masks.on_copy(flag::NOTIFY_FD | flags).possible(4096, 0);
    assert!(!possible(0));
    assert!(!possible(flag::DMA));
    assert!(possible(flag::MEMCPY_THREAD));
    assert!(possible(flag::DMA_THREAD));
    assert!(!possible(flag::ASYNC_DMA_COMPLETE));
    assert!(!possible(flag::MEMCPY_THREAD | flag::ASYNC_DMA_COMPLETE));
}

proptest! {
    #[test]
    fn bits_without_a_meaning_are_dropped(given: u32) {
        let masks = Masks::new(DEFAULT).unwrap();
        prop_assert_eq!(masks.on_copy(given), masks.on_copy(given & flag::COPY_MASK));
        prop_assert_eq!(masks.on_region(given), masks.on_region(given & flag::CREATE_MASK));
    }

    #[test]
    fn no_flag_is_forced_and_ignored(
        thread: bool, dma: bool, pinlocal: bool, sync: bool, forceflags: u32, ignoreflags: u32,
    ) {
        let switches = Switches { thread, dma, pinlocal, sync, forceflags, ignoreflags };
        if let Some(masks) = Masks::new(switches) {
            prop_assert_eq!(masks.forced() & masks.ignored(), 0);
        }
    }
}
