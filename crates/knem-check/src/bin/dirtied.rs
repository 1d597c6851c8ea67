// SPDX-License-Identifier: BSD-3-Clause

//! W22: what was copied into a region is not lost when its pages are reclaimed: they are dirty, and only
//! if something was copied. Kernel document: Documentation/admin-guide/mm/pagemap.rst.

use std::ffi::CString;
use std::fs::File;
use std::os::fd::{AsRawFd, FromRawFd};
use std::os::unix::fs::FileExt;

use knem_check::errno;
use knem_check::prelude::*;

fn main() -> ExitCode {
    tap::run(env!("CARGO_BIN_NAME"), check)
}

const PAGES: usize = 3;

fn check(tap: &mut Tap) {
    let device = Device::open();
    let other = Buffer::filled(PAGES * PAGE, 1);
    let beside = region::whole(&device, other.segment(), READ);
    let read = |cookie| Inline::read(cookie, &[other.segment()]).run(&device);
    let written = |cookie| Inline::write(cookie, &[other.segment()]).run(&device);
    let between = |cookie| Between::new(beside, cookie).run(&device);
    if pinning_dirties(&device) {
        return tap.skip(
            "pages are dirty only if something was copied",
            "this kernel takes pages that are pinned for writing for dirty",
        );
    }
    used(tap, &device, "by nothing", |_| SUCCESS, false);
    used(tap, &device, "by a copy from it", read, false);
    used(tap, &device, "by a copy to it", written, true);
    used(tap, &device, "by a copy from another region", between, true);
}

/// Whether pages are dirty as soon as they are a region: User Mode Linux pins by a walk that touches them.
fn pinning_dirties(device: &Device) -> bool {
    let memory = untouched();
    let cookie = region::whole(device, memory.segment(), READ_WRITE);
    let answer = dirty(&memory) == [true; PAGES];
    assert_eq!(region::destroy(device, cookie), Ok(()));
    answer
}

/// Makes a region of memory that nobody wrote to, uses it, and looks at its pages after its end.
fn used(
    tap: &mut Tap,
    device: &Device,
    how: &str,
    copy: impl Fn(Cookie) -> Outcome,
    expected: bool,
) {
    let memory = untouched();
    let cookie = region::whole(device, memory.segment(), READ_WRITE);
    tap.equal(
        &format!("{how}: clean before"),
        dirty(&memory),
        [false; PAGES],
    );
    tap.works(&format!("{how}: done"), copy(cookie));
    tap.equal("the region ends", region::destroy(device, cookie), Ok(()));
    tap.equal(&format!("{how}: dirty"), dirty(&memory), [expected; PAGES]);
}

/// Pages of a file in memory that were read, and are not written yet.
fn untouched() -> Buffer {
    let name = CString::new("pages").unwrap();
    // SAFETY: the name ends with a zero and is not kept; the new descriptor is owned by the file.
    let file = unsafe {
        let number = errno::check(libc::memfd_create(name.as_ptr(), 0) as isize);
        File::from_raw_fd(number.expect("there are memory files") as i32)
    };
    let length = PAGES * PAGE;
    file.set_len(length as u64).expect("pages can be had");
    let memory = Buffer::of_file(file.as_raw_fd(), length, true).expect("files can be mapped");
    assert_eq!(memory.bytes(), vec![0; length], "holes are zeroes");
    memory
}

/// Whether the pages are dirty.
fn dirty(memory: &Buffer) -> [bool; PAGES] {
    let entry = |file: &str, index: u64| {
        let mut bytes = [0; 8];
        let file = File::open(file).expect("root may look at pages");
        file.read_exact_at(&mut bytes, index * 8).expect("an entry");
        u64::from_ne_bytes(bytes)
    };
    const FRAME: u64 = (1 << 55) - 1;
    const DIRTY: u64 = 1 << 4;
    std::array::from_fn(|page| {
        let address = memory.address() + (page * PAGE) as u64;
        let frame = entry("/proc/self/pagemap", address / PAGE as u64) & FRAME;
        assert_ne!(frame, 0, "the page is there");
        entry("/proc/kpageflags", frame) & DIRTY != 0
    })
}
