// SPDX-License-Identifier: BSD-3-Clause

use std::io::{IoSlice, IoSliceMut};

use knem::{CopyFlags, Error, Promised, Protection, Segment};

use crate::{device, filled, pattern, region};

#[test]
fn end_at_the_shorter_side_and_count() {
    let device = device();
    let region = region(&device, &pattern(0, 1000), Protection::ReadWrite);
    let cookie = region.cookie();
    for flags in [CopyFlags::NONE, CopyFlags::PIN_LOCAL] {
        let mut small = [0; 10];
        assert_eq!(
            device.read_counted(cookie, 5, &mut small, flags).unwrap(),
            10
        );
        assert_eq!(small[..], pattern(0, 15)[5..]);
        let mut large = [0; 2000];
        assert_eq!(
            device.read_counted(cookie, 900, &mut large, flags).unwrap(),
            100
        );
        assert_eq!(
            device
                .read_counted(cookie, 5000, &mut large, flags)
                .unwrap(),
            0
        );
        assert_eq!(
            device.write_counted(cookie, 995, &[7; 10], flags).unwrap(),
            5
        );
    }
    assert_eq!(region.memory().slice(995..).to_vec(), [7; 5]);
}

#[test]
fn go_to_and_from_several_places() {
    let device = device();
    let region = region(&device, &pattern(0, 600), Protection::ReadWrite);
    let (mut first, mut second) = ([0; 100], vec![0; 500]);
    let mut places = [IoSliceMut::new(&mut first), IoSliceMut::new(&mut second)];
    device
        .read(region.cookie(), 0, &mut places[..], CopyFlags::NONE)
        .unwrap();
    assert_eq!([&first[..], &second].concat(), pattern(0, 600));
    let places = [IoSlice::new(&second), IoSlice::new(&first)];
    device
        .write(region.cookie(), 0, &places[..], CopyFlags::NONE)
        .unwrap();
    assert_eq!(region.memory().to_vec(), [&second[..], &first].concat());
    let pieces = [filled(&[0; 7]), filled(&[0; 593])];
    device
        .read(region.cookie(), 0, &pieces[..], CopyFlags::NONE)
        .unwrap();
    device
        .write(region.cookie(), 7, &pieces[..1], CopyFlags::NONE)
        .unwrap();
    assert_eq!(pieces[0].to_vec(), second[..7]);
    assert_eq!(region.memory().slice(7..14).to_vec(), second[..7]);
}

#[test]
fn go_between_regions() {
    let device = device();
    let from = region(&device, &pattern(0, 5000), Protection::Read);
    let to = region(&device, &[0; 5000], Protection::Write);
    let (source, destination) = ((from.cookie(), 1000), (to.cookie(), 2000));
    let none = CopyFlags::NONE;
    assert_eq!(
        device
            .copy_counted(source, destination, 1500, none)
            .unwrap(),
        1500
    );
    assert_eq!(
        to.memory().slice(2000..3500).to_vec(),
        pattern(0, 2500)[1000..]
    );
    assert_eq!(to.memory().slice(3500..).to_vec(), [0; 1500]);
    device.copy(source, destination, u64::MAX, none).unwrap();
    assert_eq!(to.memory().slice(2000..).to_vec(), pattern(0, 4000)[1000..]);
}

#[test]
fn tell_how_far_they_came() {
    let device = device();
    let region = region(&device, &pattern(0, 8192), Protection::Read);
    let memory = filled(&[0; 4096]);
    // Nothing is mapped at the lowest address.
    let places = [
        Segment::new(memory.address(), 4096),
        Segment::new(8 as *const u8, 4096),
    ];
    // SAFETY: The first is shared memory, and the second is nobody's.
    let places = unsafe { Promised::new(&places) };
    let error = device
        .read_counted(region.cookie(), 0, places, CopyFlags::NONE)
        .unwrap_err();
    assert!(
        matches!(error, Error::CopyFailed { copied: Some(4096) }),
        "{error:?}"
    );
    let error = device
        .read(region.cookie(), 0, places, CopyFlags::NONE)
        .unwrap_err();
    assert!(
        matches!(error, Error::CopyFailed { copied: None }),
        "{error:?}"
    );
    let error = device
        .read(region.cookie(), 0, places, CopyFlags::PIN_LOCAL)
        .unwrap_err();
    assert!(matches!(error, Error::BadAddress { .. }), "{error:?}");
}
