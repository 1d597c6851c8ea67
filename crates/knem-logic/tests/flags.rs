// SPDX-License-Identifier: BSD-3-Clause

//! Flags: how parameters combine (§15), and which requests are refused (§7.3, §13.2).

use knem_logic::{
    abi::flag,
    flags::{Kind, Masks, Plan, Switches},
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
    assert!(plan(pinned, 0, Kind::Current).unwrap().pin_local);
}

#[test]
fn an_old_send_is_for_one_use_whatever_is_ignored() {
    let masks = Masks::new(Switches {
        ignoreflags: flag::SINGLE_USE,
        ..DEFAULT
    })
    .unwrap();
    assert!(masks.on_region(0).once().single_use());
}

/// In a context with 4096 slots, for one of them.
fn plan(masks: Masks, given: u32, kind: Kind) -> Option<Plan> {
    masks.on_copy(given, kind, || 4096, 4095)
}

#[test]
fn asynchronous_flags_need_a_slot() {
    let masks = Masks::new(DEFAULT).unwrap();
    for asynchronous in [
        flag::ASYNC_DMA_COMPLETE,
        flag::DMA_THREAD,
        flag::MEMCPY_THREAD,
    ] {
        let possible = |slots, index| {
            masks
                .on_copy(asynchronous, Kind::Current, || slots, index)
                .is_some()
        };
        assert!(!possible(0, 0));
        assert!(possible(4096, 4095));
        assert!(!possible(4096, 4096));
        assert!(!possible(4096, u32::MAX));
        assert!(possible(1 << 32, u32::MAX));
    }
    // The index of a synchronous request is not looked at.
    let synchronous = flag::DMA | flag::PIN_LOCAL;
    assert!(masks
        .on_copy(
            synchronous,
            Kind::Current,
            || panic!("there is no need to know"),
            u32::MAX
        )
        .is_some());
}

#[test]
fn events_need_a_thread_and_no_hardware() {
    let masks = Masks::new(DEFAULT).unwrap();
    let possible = |flags| plan(masks, flag::NOTIFY_FD | flags, Kind::Current).is_some();
    assert!(!possible(0));
    assert!(!possible(flag::DMA));
    assert!(possible(flag::MEMCPY_THREAD));
    assert!(possible(flag::DMA_THREAD));
    assert!(!possible(flag::ASYNC_DMA_COMPLETE));
    assert!(!possible(flag::MEMCPY_THREAD | flag::ASYNC_DMA_COMPLETE));
}

#[test]
fn without_dma_only_memcpy_goes_to_the_thread() {
    let masks = Masks::new(DEFAULT).unwrap();
    let plan = |flags| plan(masks, flags, Kind::Current).unwrap();
    let thread = plan(flag::MEMCPY_THREAD);
    assert!(thread.in_thread && thread.slot && thread.pending && !thread.event);
    let in_call = plan(flag::DMA_THREAD | flag::ASYNC_DMA_COMPLETE);
    assert!(!in_call.in_thread && in_call.slot && in_call.pending);
    assert!(plan(flag::MEMCPY_THREAD | flag::NOTIFY_FD).event);
    assert!(!in_call.dma && !in_call.by_itself && !thread.dma);
}

#[test]
fn with_dma_other_flags_tell_who_waits() {
    let masks = Masks::new(DEFAULT).unwrap();
    let plan = |flags| plan(masks, flag::DMA | flags, Kind::Current).unwrap();
    let plain = plan(0);
    assert!(plain.dma && !plain.in_thread && !plain.slot && !plain.pending);
    let memcpy = plan(flag::MEMCPY_THREAD);
    assert!(memcpy.dma && !memcpy.in_thread && !memcpy.by_itself && memcpy.pending);
    for thread in [
        flag::DMA_THREAD,
        flag::DMA_THREAD | flag::ASYNC_DMA_COMPLETE,
        flag::ASYNC_MASK,
    ] {
        let thread = plan(thread);
        assert!(thread.dma && thread.in_thread && !thread.by_itself && thread.slot);
    }
    for hardware in [
        flag::ASYNC_DMA_COMPLETE,
        flag::ASYNC_DMA_COMPLETE | flag::MEMCPY_THREAD,
    ] {
        let hardware = plan(hardware);
        assert!(hardware.dma && !hardware.in_thread && hardware.by_itself && hardware.pending);
    }
}

#[test]
fn old_copies_by_dma_are_waited_for_in_the_call() {
    let masks = Masks::new(DEFAULT).unwrap();
    let all = flag::DMA | flag::ASYNC_MASK;
    let reply = masks.on_copy(all, Kind::OldSynchronous, || 0, 0).unwrap();
    assert!(reply.dma && !reply.in_thread && !reply.by_itself && !reply.slot);
    let slot = plan(masks, flag::DMA, Kind::OldAsynchronous).unwrap();
    assert!(slot.dma && !slot.in_thread && !slot.by_itself && slot.slot);
}

#[test]
fn where_there_are_no_engines_the_flag_of_dma_means_nothing() {
    let masks = Masks::new(DEFAULT).unwrap();
    let without = masks.without_dma();
    assert_eq!((without.forced(), without.ignored()), (0, 0));
    for flags in 0..=flag::COPY_MASK {
        let there = plan(masks, flags & !flag::DMA, Kind::Current);
        assert_eq!(plan(without, flags, Kind::Current), there);
    }
}

#[test]
fn what_the_module_makes_synchronous_still_tells_its_end() {
    let sync = Masks::new(Switches {
        sync: true,
        ..DEFAULT
    })
    .unwrap();
    let silent = plan(sync, flag::MEMCPY_THREAD, Kind::Current).unwrap();
    assert!(!silent.slot && !silent.in_thread && !silent.pending);
    let told = plan(sync, flag::MEMCPY_THREAD | flag::NOTIFY_FD, Kind::Current).unwrap();
    assert!(told.event && told.slot && !told.in_thread && !told.pending);
    // The event needs an array, and an event without a thread is as wrong as ever.
    let unmapped = sync.on_copy(
        flag::MEMCPY_THREAD | flag::NOTIFY_FD,
        Kind::Current,
        || 0,
        0,
    );
    assert_eq!(unmapped, None);
    assert_eq!(plan(sync, flag::NOTIFY_FD, Kind::Current), None);
}

#[test]
fn deprecated_copies_tell_their_end_in_their_own_way() {
    let masks = Masks::new(DEFAULT).unwrap();
    let slot = plan(masks, 0, Kind::OldAsynchronous).unwrap();
    assert!(slot.slot && !slot.pending && !slot.in_thread);
    assert_eq!(masks.on_copy(0, Kind::OldAsynchronous, || 0, 0), None);
    assert!(
        plan(masks, flag::NOTIFY_FD, Kind::OldAsynchronous)
            .unwrap()
            .event
    );
    let by_hardware = flag::NOTIFY_FD | flag::ASYNC_DMA_COMPLETE;
    assert_eq!(plan(masks, by_hardware, Kind::OldAsynchronous), None);
    let reply = masks
        .on_copy(flag::ASYNC_MASK, Kind::OldSynchronous, || 0, 0)
        .unwrap();
    assert!(!reply.slot && !reply.pending && !reply.in_thread);
    let event = flag::NOTIFY_FD | flag::MEMCPY_THREAD;
    assert_eq!(plan(masks, event, Kind::OldSynchronous), None);
}

proptest! {
    #[test]
    fn bits_without_a_meaning_are_dropped(given: u32) {
        let masks = Masks::new(DEFAULT).unwrap();
        prop_assert_eq!(
            plan(masks, given, Kind::Current),
            plan(masks, given & flag::COPY_MASK, Kind::Current)
        );
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
