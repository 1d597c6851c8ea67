// SPDX-License-Identifier: BSD-3-Clause

//! Regions: CREATE_REGION and DESTROY_REGION.

use knem_abi::{request, Cookie, CreateRegion, DestroyRegionWait, Iovec};

use crate::device::Device;
use crate::errno::Errno;

/// What stands in fields that the device must not look at.
pub const GARBAGE: u32 = 0xa5a5_5a5a;

/// Declares a region and checks that the block came back as the contract says: only the cookie
/// changes on success, and nothing on failure (§2).
///
/// # Errors
/// What the device answers.
///
/// # Panics
/// Where the device touched a field that it must not touch.
pub fn create(
    device: &Device,
    segments: &[Iovec],
    protection: u32,
    flags: u32,
) -> Result<Cookie, Errno> {
    create_counted(
        device,
        segments.as_ptr() as u64,
        segments.len() as u32,
        protection,
        flags,
    )
}

/// As [`create`], with any address and any number of segments.
///
/// # Errors
/// What the device answers.
///
/// # Panics
/// Where the device touched a field that it must not touch.
pub fn create_counted(
    device: &Device,
    iovec_array: u64,
    iovec_nr: u32,
    protection: u32,
    flags: u32,
) -> Result<Cookie, Errno> {
    let before = CreateRegion {
        iovec_array,
        iovec_nr,
        flags,
        protection,
        pad1: GARBAGE,
        cookie: u64::from(GARBAGE),
    };
    let mut block = before;
    let answer = device.call(request::CREATE_REGION, &mut block);
    let cookie = block.cookie;
    if answer.is_ok() {
        block.cookie = before.cookie;
    }
    assert_eq!(block, before, "CREATE_REGION changed what it must not");
    answer.map(|()| cookie)
}

/// A region over the whole of one segment, which must succeed.
///
/// # Panics
/// Where the device refuses.
pub fn whole(device: &Device, segment: Iovec, protection: u32) -> Cookie {
    create(device, &[segment], protection, 0).expect("the region can be created")
}

/// A segment many times over: a lot of bytes to copy in little memory.
pub fn folded(segment: Iovec, times: usize) -> Vec<Iovec> {
    vec![segment; times]
}

/// Takes a region down.
///
/// # Errors
/// What the device answers.
pub fn destroy(device: &Device, cookie: Cookie) -> Result<(), Errno> {
    let mut block = cookie;
    let answer = device.call(request::DESTROY_REGION, &mut block);
    assert_eq!(block, cookie, "DESTROY_REGION changed the cookie");
    answer
}

/// Takes a region down and waits until nothing uses it.
///
/// # Errors
/// What the device answers.
pub fn destroy_wait(device: &Device, cookie: Cookie) -> Result<(), Errno> {
    let before = DestroyRegionWait {
        cookie,
        ..DestroyRegionWait::default()
    };
    let mut block = before;
    let answer = device.call(request::DESTROY_REGION_WAIT, &mut block);
    assert_eq!(block, before, "DESTROY_REGION_WAIT changed its block");
    answer
}
