// SPDX-License-Identifier: BSD-3-Clause

//! Pinned pages count as the process's that created the region, whoever destroys it; the parameter
//! `memlock` decides whether its limit for locked memory holds for them.

use knem_check::module::{self, Setting};
use knem_check::prelude::*;

fn main() -> ExitCode {
    tap::run(env!("CARGO_BIN_NAME"), check)
}

const PAGES: u64 = 16;
const NO_MEMORY: Result<u64, Errno> = refused(Errno::ENOMEM);

fn check(tap: &mut Tap) {
    let base = pins::outstanding();
    counted(tap);
    destroyed_by_another(tap);
    creator_gone(tap);
    let default = module::parameter("memlock");
    tap.proves("ext.memlock");
    tap.equal("memlock is count", default.as_str(), "count");
    tap.equal("so that no limit holds", beyond_the_limit(ALICE), Ok(0));
    let _setting = Setting::new("memlock", "enforce");
    tap.equal("up to the limit", within_the_limit(), Ok(0));
    tap.equal("with enforce it holds", beyond_the_limit(ALICE), NO_MEMORY);
    tap.equal("but not for the privileged", beyond_the_limit(0), Ok(0));
    tap.equal("what fails leaves nothing", left_behind(), 0);
    tap.equal("nothing stays pinned", pins::settle(base), base);
}

/// Each page counts as often as it is pinned.
fn counted(tap: &mut Tap) {
    let (device, memory) = bed(PAGES);
    let before = pinned();
    let make = || region::whole(&device, memory.segment(), READ_WRITE);
    let cookies = [make(), make()];
    tap.proves("ext.pages-charged");
    tap.equal("two regions", pinned() - before, 2 * PAGES);
    for cookie in cookies {
        assert_eq!(region::destroy(&device, cookie), Ok(()));
    }
    tap.equal("are paid back", pinned(), before);
    let bad = [
        memory.segment(),
        Iovec {
            base: unmapped(&memory),
            len: 1,
        },
    ];
    let answer = region::create(&device, &bad, READ, 0);
    tap.refuses("a region that cannot be", answer, Errno::EFAULT);
    tap.equal("costs nothing", pinned(), before);
}

/// The child shares the descriptor, and not the account.
fn destroyed_by_another(tap: &mut Tap) {
    let (device, memory) = bed(PAGES);
    let cookie = region::whole(&device, memory.segment(), READ);
    let charged = pinned();
    let childs = in_child(|| {
        let before = pinned();
        assert_eq!(region::destroy(&device, cookie), Ok(()));
        pinned() - before
    });
    tap.proves("ext.pages-charged");
    tap.equal("a child destroys it", childs, 0);
    tap.equal("and the creator is paid", charged - pinned(), PAGES);
}

/// A process that is gone has an account until its regions are.
fn creator_gone(tap: &mut Tap) {
    let device = Device::open();
    let cookie = in_child(|| {
        let memory = Buffer::filled(PAGE, 1);
        region::whole(&device, memory.segment(), READ)
    });
    let before = pinned();
    let answer = region::destroy(&device, cookie);
    tap.equal("the region of a process that is gone", answer, Ok(()));
    tap.equal("costs nobody else", pinned(), before);
}

fn within_the_limit() -> Result<u64, Errno> {
    limited(ALICE, PAGES)
}

fn beyond_the_limit(uid: u32) -> Result<u64, Errno> {
    limited(uid, PAGES + 1)
}

/// Pins pages in two regions as a user who may lock [`PAGES`]; 0 on success.
fn limited(uid: u32, pages: u64) -> Result<u64, Errno> {
    as_user(uid, || {
        limit();
        let (device, memory) = bed(pages);
        let Iovec { base, len } = memory.segment();
        let first = PAGE as u64;
        let parts = [(base, first), (base + first, len - first)];
        for (base, len) in parts {
            region::create(&device, &[Iovec { base, len }], READ, 0)?;
        }
        Ok(0)
    })
}

/// What a process still has pinned after it was refused.
fn left_behind() -> u64 {
    as_user(ALICE, || {
        limit();
        let (device, memory) = bed(PAGES + 1);
        let answer = region::create(&device, &[memory.segment()], READ, 0);
        assert_eq!(answer, refused(Errno::ENOMEM));
        pinned()
    })
}

fn limit() {
    // The type is a smaller one for 32 bits.
    let bytes = (PAGES as usize * PAGE) as libc::rlim_t;
    let limit = libc::rlimit {
        rlim_cur: bytes,
        rlim_max: bytes,
    };
    // SAFETY: the limit is lent for the call.
    let answer = unsafe { libc::setrlimit(libc::RLIMIT_MEMLOCK, &limit) };
    assert_eq!(answer, 0, "the limit can be lowered");
}

fn bed(pages: u64) -> (Device, Buffer) {
    (Device::open(), Buffer::filled(pages as usize * PAGE, 1))
}

/// The pages that this process has pinned, as the kernel tells.
fn pinned() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("proc is mounted");
    let line = status.lines().find_map(|line| line.strip_prefix("VmPin:"));
    let kilobytes = line.and_then(|line| line.trim().strip_suffix(" kB"));
    let kilobytes: u64 = kilobytes
        .and_then(|number| number.trim().parse().ok())
        .expect("the kernel tells what is pinned");
    kilobytes * 1024 / PAGE as u64
}
