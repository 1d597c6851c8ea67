// SPDX-License-Identifier: BSD-3-Clause

//! Beyond ABI 0xd: GET_STATISTICS: counters as in the text, bytes, gauges, and sizes of copies.

use knem_abi::{request, Info, Statistics, SIZE_BUCKETS};
use knem_check::plug::Plug;
use knem_check::prelude::*;
use knem_check::statistics::{now, structure, Snapshot};

fn main() -> ExitCode {
    tap::run(env!("CARGO_BIN_NAME"), check)
}

fn check(tap: &mut Tap) {
    let bed = Bed::new(1 << 16);
    block(tap, &bed);
    counters(tap, &bed);
    bytes(tap, &bed);
    sizes(tap, &bed);
    failed(tap, &bed);
    gauges(tap);
    queued(tap, &bed);
    cleared(tap, &bed);
}

/// The block, and which descriptors may ask.
fn block(tap: &mut Tap, bed: &Bed) {
    let view = Device::open_with(libc::O_RDONLY).expect("the device opens");
    let writer = Device::open_with(libc::O_WRONLY).expect("the device opens");
    tap.proves("ext.statistics");
    for (text, device) in [
        ("a context", &bed.device),
        ("a read-only descriptor", &view),
        ("a write-only one", &writer),
    ] {
        let mut garbage = Statistics {
            contexts: u64::MAX,
            copy_sizes: [u64::MAX; SIZE_BUCKETS],
            ..Statistics::default()
        };
        let answer = device.call(request::GET_STATISTICS, &mut garbage);
        tap.equal(&format!("{text} answers"), answer, Ok(()));
        let filled = garbage.contexts < 1 << 32 && garbage.copy_sizes[SIZE_BUCKETS - 1] == 0;
        tap.check("with all fields filled", filled);
        for (flags, pad) in [(1, 0), (0, 1), (u32::MAX, 0)] {
            let before = Statistics {
                flags,
                pad,
                ..Statistics::default()
            };
            let mut block = before;
            let answer = device.call(request::GET_STATISTICS, &mut block);
            tap.refuses("flags and padding are EINVAL", answer, Errno::EINVAL);
            tap.check("and the block is as it was", block == before);
        }
        let answer = device.call_at(request::GET_STATISTICS, 8);
        tap.refuses("a bad block is EFAULT", answer, Errno::EFAULT);
        let memory = Buffer::new(PAGE);
        memory.protect(0, PAGE, libc::PROT_READ);
        let answer = device.call_at(request::GET_STATISTICS, memory.address());
        tap.refuses("and one for reading", answer, Errno::EFAULT);
    }
    tap.proves("2.no-context-ebadf");
    let answer = view.call(request::GET_INFO, &mut Info::default());
    tap.refuses("other requests need a context", answer, Errno::EBADF);
    let answer = as_user(BOB, || {
        let view = Device::open_with(libc::O_RDONLY).expect("the device opens");
        structure(&view).map(|_| ())
    });
    tap.equal("any user may ask", answer, Ok(()));
}

/// The counters are those of the text.
fn counters(tap: &mut Tap, bed: &Bed) {
    tap.works("a copy", bed.read().run(&bed.device));
    assert_eq!(bed.thread(0).run(&bed.device), PENDING);
    assert_eq!(bed.array.wait(0), Status::SUCCESS);
    let bad = [Iovec { base: 8, len: 8 }];
    let _ = Inline::read(0, &bad).run(&bed.device);
    let _ = Inline::write(bed.cookie, &bad).run(&bed.device);
    let shown = Snapshot::take();
    let counters = now().counters.map(|value| value as i64);
    tap.proves("ext.statistics");
    let text = Counter::ALL.map(|counter| shown.get(counter));
    tap.equal("the counters are those of the text", counters, text);
}

fn bytes(tap: &mut Tap, bed: &Bed) {
    let before = now();
    tap.works("100 bytes", bed.read().bound(100).run(&bed.device));
    let write = Inline {
        write: 1,
        ..bed.read()
    };
    tap.works("7 bytes", write.bound(7).run(&bed.device));
    let copy = Between::new(bed.cookie, bed.cookie);
    tap.works("3 bytes", copy.offsets(0, 100).bound(3).run(&bed.device));
    let in_call = bed.read().flags(flag::DMA_THREAD).slot(9).bound(20);
    tap.works("20 bytes", in_call.run(&bed.device));
    for (slot, bound) in [(1, 500), (2, 0), (3, 1 << 20)] {
        let answer = bed.thread(slot).bound(bound).run(&bed.device);
        tap.equal("some in the thread", answer, PENDING);
        tap.equal("which end", bed.array.wait(slot as usize), Status::SUCCESS);
    }
    let after = settled(|now| now.queued == 0);
    tap.equal("bytes in calls", after.bytes_call - before.bytes_call, 130);
    let thread = after.bytes_thread - before.bytes_thread;
    tap.equal("bytes in threads", thread, 500 + (1 << 16));
    tap.equal("bytes by DMA", after.bytes_dma, 0);
}

/// Waits until the statistics are as said: a slot is final a moment before the last number is.
fn settled(condition: impl Fn(&Statistics) -> bool) -> Statistics {
    knem_check::clock::wait_until(|| condition(&now()));
    now()
}

/// Each size in its bucket.
fn sizes(tap: &mut Tap, bed: &Bed) {
    let sizes = [
        0_u64, 1, 2, 3, 4, 7, 8, 255, 256, 4095, 4096, 65_535, 65_536,
    ];
    let mut wrong = Vec::new();
    for size in sizes {
        for thread in [false, true] {
            let before = now();
            if thread {
                assert_eq!(bed.thread(5).bound(size).run(&bed.device), PENDING);
                assert_eq!(bed.array.wait(5), Status::SUCCESS);
            } else {
                assert_eq!(bed.read().bound(size).run(&bed.device), SUCCESS);
            }
            let ended = |now: &Statistics| now.copy_sizes.iter().sum::<u64>();
            let after = settled(|now| ended(now) > ended(&before));
            // None, then 1, then 2 and 3, then 4 to 7.
            let bucket = (64 - size.leading_zeros()) as usize;
            let mut expected = before.copy_sizes;
            expected[bucket] += 1;
            if after.copy_sizes != expected {
                wrong.push((size, thread));
            }
        }
    }
    tap.proves("ext.statistics-sizes");
    tap.equal("each copy counts in the bucket of its size", wrong, vec![]);
}

/// A copy that fails counts with the bytes that it moved, and what never became one does not.
fn failed(tap: &mut Tap, bed: &Bed) {
    let segments = [bed.local.part(0, 600), Iovec { base: 8, len: 8 }];
    let before = now();
    let read = Inline::read(bed.cookie, &segments);
    tap.equal(
        "a copy that fails after 600 bytes",
        read.run(&bed.device),
        FAILED,
    );
    let _ = Inline::read(0, &segments).run(&bed.device);
    let _ = read.flags(flag::PIN_LOCAL).run(&bed.device);
    let after = now();
    let mut expected = before.copy_sizes;
    expected[10] += 1;
    tap.proves("ext.statistics-sizes");
    tap.equal("counts with those", after.copy_sizes, expected);
    tap.equal(
        "among the bytes too",
        after.bytes_call - before.bytes_call,
        600,
    );
}

/// What there is now.
fn gauges(tap: &mut Tap) {
    let base = settled(|now| now.queued == 0);
    let page = PAGE as u64;
    let devices = [Device::open(), Device::open()];
    let view = Device::open_with(libc::O_RDONLY).expect("the device opens");
    let memory = Buffer::filled(4 * PAGE, 1);
    let cookies: Vec<Cookie> = (1..=4)
        .map(|pages| region::whole(&devices[0], memory.part(0, pages * PAGE), READ))
        .collect();
    let straddling = region::whole(&devices[1], memory.part(PAGE - 1, 2), READ);
    let full = now();
    tap.proves("ext.statistics");
    tap.equal("contexts", full.contexts - base.contexts, 2);
    tap.equal("regions", full.regions - base.regions, 5);
    tap.equal(
        "regions created",
        full.regions_created - base.regions_created,
        5,
    );
    let pinned = full.pinned_bytes - base.pinned_bytes;
    tap.equal("bytes pinned, by whole pages", pinned, 12 * page);
    tap.equal(
        "a region goes",
        region::destroy(&devices[0], cookies[3]),
        Ok(()),
    );
    let less = settled(|now| now.regions + 1 == full.regions);
    let freed = full.pinned_bytes - less.pinned_bytes;
    tap.equal("with its bytes", freed, 4 * page);
    let created = less.regions_created - full.regions_created;
    tap.equal("what was created stays", created, 0);
    drop(devices);
    drop(view);
    let end = settled(|now| now.contexts == base.contexts && now.regions == base.regions);
    let gauges = |now: &Statistics| [now.contexts, now.regions, now.pinned_bytes, now.queued];
    tap.equal("all closed: as before", gauges(&end), gauges(&base));
    tap.check("a cookie of the closed is gone", straddling != 0);
}

/// Requests that wait, and the pages of their callers.
fn queued(tap: &mut Tap, bed: &Bed) {
    let plug = Plug::new();
    let base = settled(|now| now.queued == 0);
    let (waiting, pinned) = plug.hold(&bed.device, &bed.array, 0, || {
        let before = now();
        for slot in 1..=4 {
            assert_eq!(bed.thread(slot).run(&bed.device), PENDING);
        }
        let now = now();
        (now.queued, now.pinned_bytes - before.pinned_bytes)
    });
    tap.proves("ext.statistics");
    tap.equal("four requests behind one that runs", waiting, 5);
    let bytes = 4 * bed.local.len() as u64;
    tap.equal("with the pages of their callers", pinned, bytes);
    let end = settled(|now| now.queued == 0 && now.pinned_bytes == base.pinned_bytes);
    tap.equal("all over: nothing waits", end.queued, 0);
    tap.equal("nor is more pinned", end.pinned_bytes, base.pinned_bytes);
}

/// The privileged write sets to 0 what counts, and leaves what is.
fn cleared(tap: &mut Tap, bed: &Bed) {
    let before = settled(|now| now.queued == 0);
    std::fs::write(knem_abi::DEVICE_PATH, "1\n").expect("root can clear the statistics");
    let after = now();
    let expected = Statistics {
        contexts: before.contexts,
        regions: before.regions,
        queued: before.queued,
        pinned_bytes: before.pinned_bytes,
        ..Statistics::default()
    };
    tap.proves("ext.statistics-clear");
    tap.check("there was something to clear", before.bytes_thread > 0);
    tap.equal("all but the gauges is 0", after, expected);
    tap.works("a copy", bed.read().bound(1).run(&bed.device));
    tap.equal("counts again", now().bytes_call, 1);
}
