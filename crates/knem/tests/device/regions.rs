// SPDX-License-Identifier: BSD-3-Clause

use knem::{CopyFlags, Engine, Error, Memory, Protection, Queue, RegionOptions};

use crate::{device, filled, pattern, region};

const NONE: CopyFlags = CopyFlags::NONE;

#[test]
fn others_see_what_was_written_after_it_was_declared() {
    let device = device();
    let region = region(&device, &pattern(0, 10_000), Protection::Read);
    region.memory().write(5, &[1, 2, 3]);
    let mut bytes = [0; 4];
    device.read(region.cookie(), 4, &mut bytes, NONE).unwrap();
    assert_eq!(bytes, [pattern(0, 5)[4], 1, 2, 3]);
}

#[test]
fn ends_when_it_is_dropped() {
    let device = device();
    let region = region(&device, b"gone", Protection::Read);
    let cookie = region.cookie();
    drop(region);
    let error = device.read(cookie, 0, &mut [0; 4], NONE).unwrap_err();
    assert!(matches!(error, Error::UnknownCookie { .. }), "{error}");
}

#[test]
fn forgotten_regions_keep_their_memory() {
    let device = device();
    let region = region(&device, &pattern(3, 4096), Protection::Read);
    let cookie = region.cookie();
    std::mem::forget(region);
    // Whatever is mapped next does not lie there.
    let _others: Vec<Memory> = (0..64).map(|_| filled(&[0xff; 4096])).collect();
    let mut bytes = [0; 4096];
    device.read(cookie, 0, &mut bytes, NONE).unwrap();
    assert_eq!(bytes[..], pattern(3, 4096));
    device.destroy(cookie).unwrap();
}

#[test]
fn says_whether_the_end_was_needed() {
    let device = device();
    let once = RegionOptions {
        single_use: true,
        ..RegionOptions::default()
    };
    let declare = || {
        device
            .declare(filled(b"once"), Protection::Read, once)
            .unwrap()
    };
    let used = declare();
    device.read(used.cookie(), 0, &mut [0; 4], NONE).unwrap();
    assert!(matches!(used.destroy(), Err(Error::UnknownCookie { .. })));
    assert_eq!(declare().destroy().unwrap().to_vec(), b"once");
    let used = declare();
    device.read(used.cookie(), 0, &mut [0; 4], NONE).unwrap();
    assert_eq!(
        used.finish().unwrap().to_vec(),
        b"once",
        "it has ended, as asked"
    );
}

#[test]
fn pieces_are_one_region() {
    let device = device();
    let whole = filled(&pattern(1, 9000));
    let pieces = vec![
        whole.slice(..100),
        whole.slice(5000..),
        whole.slice(100..5000),
    ];
    let options = RegionOptions::default();
    let region = device
        .declare_pieces(pieces, Protection::ReadWrite, options)
        .unwrap();
    let mut bytes = vec![0; 9000];
    device.read(region.cookie(), 0, &mut bytes, NONE).unwrap();
    let expected = [&pattern(1, 9000)[..100], &pattern(1, 9000)[5000..]].concat();
    assert_eq!(bytes[..4100], expected);
    device
        .write(region.cookie(), 4100, &pattern(2, 4900), NONE)
        .unwrap();
    assert_eq!(whole.slice(100..5000).to_vec(), pattern(2, 4900));
}

#[test]
fn huge_pages_and_none_at_all_are_regions() {
    let device = device();
    for length in [0, 1, (2 << 20) + 1] {
        let memory = Memory::huge(length).unwrap();
        memory.write(0, &pattern(0, length));
        let region = device
            .declare(memory, Protection::Read, RegionOptions::default())
            .unwrap();
        let mut bytes = vec![0; length + 1];
        let copied = device
            .read_counted(region.cookie(), 0, &mut bytes, NONE)
            .unwrap();
        assert_eq!(copied, length as u64);
        assert_eq!(bytes[..length], pattern(0, length));
    }
}

#[test]
fn nobody_copies_to_a_region_that_was_dropped() {
    let device = device();
    let queue = Queue::new(device.clone()).unwrap();
    let bytes = pattern(5, 2 << 20);
    for round in 0..4 {
        let memory = Memory::new(bytes.len()).unwrap();
        let region = device
            .declare(memory.clone(), Protection::Write, RegionOptions::default())
            .unwrap();
        let place = (region.cookie(), 0);
        let from = queue.write(region.cookie(), 0, filled(&bytes), Engine::Thread);
        let from = from.unwrap();
        drop(region);
        // The copy is over, and was not cut short: what is written now stays.
        memory.write(0, &[0xee; 64]);
        assert_eq!(memory.slice(64..).to_vec(), bytes[64..], "round {round}");
        assert_eq!(from.wait().unwrap(), bytes.len() as u64);
        assert_eq!(memory.slice(..64).to_vec(), [0xee; 64]);
        let gone = queue.copy(place, place, 1, Engine::Thread).unwrap_err();
        assert!(matches!(gone, Error::UnknownCookie { .. }), "{gone}");
    }
}
