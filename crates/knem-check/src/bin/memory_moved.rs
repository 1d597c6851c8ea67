// SPDX-License-Identifier: BSD-3-Clause

//! §6.1, reliability §1: whatever the kernel is asked to do with a region's memory (move it, give it up, merge
//! it, make it huge), owner and region keep seeing the same bytes.

use knem_check::memory::HUGE;
use knem_check::prelude::*;
use std::fs;
use std::process::Command;

fn main() -> ExitCode {
    tap::run(env!("CARGO_BIN_NAME"), check)
}

const LENGTH: usize = 16 * PAGE;

/// What is asked for; the kernel may refuse.
type Request = fn(&Buffer);

const REQUESTS: [(&str, Request); 8] = [
    ("advised as free", |memory| advise(memory, libc::MADV_FREE)),
    ("advised as cold", |memory| advise(memory, libc::MADV_COLD)),
    ("paged out", |memory| advise(memory, libc::MADV_PAGEOUT)),
    ("collapsed to huge pages", |memory| {
        advise(memory, libc::MADV_COLLAPSE)
    }),
    ("compacted", |_| {
        let _ = fs::write("/proc/sys/vm/compact_memory", "1");
    }),
    ("among dropped caches", |_| {
        let _ = fs::write("/proc/sys/vm/drop_caches", "3");
    }),
    ("merged with its like", merge),
    ("lent to a spawned process", |_| {
        // By way of vfork.
        let ended = Command::new("/bin/true").status();
        assert!(ended.is_ok_and(|status| status.success()));
    }),
];

fn check(tap: &mut Tap) {
    let device = Device::open();
    let base = pins::outstanding();
    for protection in [READ, READ_WRITE] {
        for length in [LENGTH, HUGE] {
            for (text, request) in REQUESTS {
                let memory = aligned(length);
                let text = format!("{text}, {length} bytes, protection {protection}");
                asked(tap, &device, &text, &memory, protection, request);
            }
        }
    }
    remapped(tap, &device);
    tap.equal("nothing stays pinned", pins::settle(base), base);
}

/// Memory that may be huge pages if there is enough of it, but is not yet.
fn aligned(length: usize) -> Buffer {
    let memory = Buffer::with(Layout {
        length,
        alignment: HUGE,
        ..Layout::default()
    });
    let _ = memory.advise(0, length, libc::MADV_NOHUGEPAGE);
    memory.fill(1);
    let _ = memory.advise(0, length, libc::MADV_HUGEPAGE);
    memory
}

fn advise(memory: &Buffer, advice: i32) {
    let _ = memory.advise(0, memory.len(), advice);
}

/// Lets the kernel look for pages of the same content, of which there are two of each.
fn merge(memory: &Buffer) {
    const SCANNER: &str = "/sys/kernel/mm/ksm";
    let twin = Buffer::filled(memory.len(), 1);
    for memory in [memory, &twin] {
        advise(memory, libc::MADV_MERGEABLE);
    }
    let set = |name: &str, value: &str| fs::write(format!("{SCANNER}/{name}"), value);
    let scans = || -> Option<u64> {
        let text = fs::read_to_string(format!("{SCANNER}/full_scans")).ok()?;
        text.trim().parse().ok()
    };
    let Some(before) = scans() else { return };
    let _ = set("pages_to_scan", "10000")
        .and(set("sleep_millisecs", "1"))
        .and(set("run", "1"));
    // A page must be found unchanged before it is merged.
    knem_check::clock::wait_until(|| scans().is_none_or(|now| now >= before + 2));
    // All that is merged is parted again.
    let _ = set("run", "2");
}

/// Both see what either writes, after what is asked for.
fn asked(
    tap: &mut Tap,
    device: &Device,
    text: &str,
    memory: &Buffer,
    protection: u32,
    request: Request,
) {
    let cookie = region::whole(device, memory.segment(), protection);
    request(memory);
    tap.proves("6.1.pinned-pages");
    tap.holds(text, both_see(device, cookie, memory, protection));
    assert_eq!(region::destroy(device, cookie), Ok(()));
}

fn both_see(
    device: &Device,
    cookie: Cookie,
    memory: &Buffer,
    protection: u32,
) -> Result<(), String> {
    let local = Buffer::new(memory.len());
    let segments = [local.segment()];
    let works = |answer: Outcome| match answer {
        SUCCESS => Ok(()),
        answer => Err(format!("the copy answered {answer:?}")),
    };
    memory.matches("memory", 1)?;
    works(Inline::read(cookie, &segments).run(device))?;
    local.matches("region", 1)?;
    memory.fill(2);
    works(Inline::read(cookie, &segments).run(device))?;
    local.matches("region, written by its owner", 2)?;
    if protection & WRITE == 0 {
        return Ok(());
    }
    local.fill(3);
    works(Inline::write(cookie, &segments).run(device))?;
    memory.matches("memory, written by a copy", 3)
}

/// Moved to other addresses, the pages are the same ones.
fn remapped(tap: &mut Tap, device: &Device) {
    let memory = Buffer::filled(LENGTH, 1);
    let place = Buffer::new(LENGTH);
    let cookie = region::whole(device, memory.segment(), READ_WRITE);
    let flags = libc::MREMAP_MAYMOVE | libc::MREMAP_FIXED;
    let [from, to] = [&memory, &place].map(|buffer| buffer.address() as *mut libc::c_void);
    // SAFETY: both ranges belong to these buffers; nothing uses the old one any more but to unmap it.
    let answer = unsafe { libc::mremap(from, LENGTH, LENGTH, flags, to) };
    tap.equal("it can be moved", answer, to);
    tap.proves("6.1.pinned-pages");
    tap.holds(
        "moved to other addresses",
        both_see(device, cookie, &place, READ_WRITE),
    );
    assert_eq!(region::destroy(device, cookie), Ok(()));
}
