// SPDX-License-Identifier: BSD-3-Clause

//! W12, reliability §2: a page that is pinned very often is refused before its reference count
//! comes near its end, and nothing stays behind.

use std::ffi::CString;
use std::fs::File;
use std::os::fd::{AsRawFd, FromRawFd};

use knem_check::errno;
use knem_check::prelude::*;

fn main() -> ExitCode {
    tap::run(env!("CARGO_BIN_NAME"), check)
}

/// How often the window shows its page.
const VIEWS: usize = 512;

fn check(tap: &mut Tap) {
    let device = Device::open();
    // The module looks at several pages at a time.
    let (window, behind) = (window(0), window(1));
    let base = pins::outstanding();
    // A pin counts 1024, and a reference count has 31 bits.
    let often = region::folded(window.segment(), 1200);
    let cookie = region::create(&device, &often, READ_WRITE, 0);
    tap.check("600 000 pins of one page", cookie.is_ok());
    let too_often = region::folded(window.segment(), 2400);
    let refused = region::create(&device, &too_often, READ_WRITE, 0);
    tap.refuses("1 200 000 pins of one page", refused, Errno::ENOMEM);
    let behind = region::folded(behind.segment(), 2400);
    let hidden = region::create(&device, &behind, READ_WRITE, 0);
    tap.refuses("1 200 000 pins behind another page", hidden, Errno::ENOMEM);
    let more = region::create(&device, &often, READ_WRITE, 0);
    tap.refuses("as many in two regions", more, Errno::ENOMEM);
    let destroyed = cookie.and_then(|cookie| region::destroy(&device, cookie));
    tap.equal("the first region goes", destroyed, Ok(()));
    tap.equal("nothing stays pinned", pins::settle(base), base);
    let again = region::create(&device, &often, READ_WRITE, 0);
    tap.check("then there is room again", again.is_ok());
}

/// Memory that shows one page, again and again, behind some pages of its own.
fn window(own: usize) -> Buffer {
    let name = CString::new("page").unwrap();
    // SAFETY: the name ends with a zero and is not kept; the new descriptor is owned by the file.
    let file = unsafe {
        let number = errno::check(libc::memfd_create(name.as_ptr(), 0) as isize);
        File::from_raw_fd(number.expect("there are memory files") as i32)
    };
    file.set_len(PAGE as u64).expect("a page can be had");
    let window = Buffer::new(VIEWS * PAGE);
    for view in own..VIEWS {
        // SAFETY: replaces a page inside of the window, which nobody looks at.
        let mapped = unsafe {
            libc::mmap(
                (window.address() as usize + view * PAGE) as *mut libc::c_void,
                PAGE,
                libc::PROT_READ | libc::PROT_WRITE,
                libc::MAP_SHARED | libc::MAP_FIXED,
                file.as_raw_fd(),
                0,
            )
        };
        assert_ne!(mapped, libc::MAP_FAILED, "a view of the page");
    }
    window
}
