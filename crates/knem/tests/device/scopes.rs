// SPDX-License-Identifier: BSD-3-Clause

use std::panic::{catch_unwind, AssertUnwindSafe};

use knem::{Cookie, CopyFlags, Device, Error, RegionOptions};

use crate::{device, pattern};

fn is_gone(device: &Device, cookie: Cookie) -> bool {
    let answer = device.read(cookie, 0, &mut [0; 1], CopyFlags::NONE);
    matches!(answer, Err(Error::UnknownCookie { .. }))
}

#[test]
fn bytes_are_regions_until_the_scope_ends() {
    let device = device();
    let (words, more) = (pattern(0, 100), pattern(1, 100));
    let cookies = device.scope(|scope| {
        let options = RegionOptions::default();
        let one = scope.expose(&words, options)?;
        let both = scope.expose_pieces(&[&more, &words], options)?;
        let mut copy = vec![0; 200];
        device.read(both, 0, &mut copy, CopyFlags::NONE)?;
        assert_eq!(copy, [&more[..], &words].concat());
        Ok([one, both])
    });
    assert!(cookies
        .unwrap()
        .iter()
        .all(|&cookie| is_gone(&device, cookie)));
}

#[test]
fn a_panic_ends_the_scope_and_a_used_region_is_no_failure() {
    let device = device();
    let words = pattern(0, 100);
    let mut told = None;
    let panicked = catch_unwind(AssertUnwindSafe(|| {
        device.scope::<()>(|scope| {
            let options = RegionOptions {
                single_use: true,
                ..RegionOptions::default()
            };
            let used = scope.expose(&words, options)?;
            device.read(used, 0, &mut [0; 1], CopyFlags::NONE)?;
            told = Some(scope.expose(&words, RegionOptions::default())?);
            panic!("in the middle")
        })
    }));
    assert!(panicked.is_err());
    assert!(is_gone(&device, told.unwrap()));
}

#[test]
fn a_device_that_exposed_something_is_closed_in_the_end() {
    let words = pattern(0, 100);
    for _ in 0..=most_open_files() {
        let device = device();
        device
            .scope(|scope| scope.expose(&words, RegionOptions::default()))
            .expect("the one before is closed");
    }
}

/// How many files this process may have open.
fn most_open_files() -> usize {
    let limits = std::fs::read_to_string("/proc/self/limits").expect("processes have limits");
    let line = limits
        .lines()
        .find_map(|line| line.strip_prefix("Max open files"));
    let soft = line.and_then(|line| line.split_whitespace().next());
    soft.and_then(|soft| soft.parse().ok())
        .expect("files are limited")
}
