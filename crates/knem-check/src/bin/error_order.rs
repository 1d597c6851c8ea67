// SPDX-License-Identifier: BSD-3-Clause

//! §13.2: of several faults of one request the first is told, and its counter moves: each request
//! here has the fault that is looked at and some that come later.

use knem_abi::request;
use knem_check::bind;
use knem_check::prelude::*;
use statistics::Snapshot;
use Counter::{
    FailedCopyUser, FailedFindRegion, FailedNoMemory, FailedPinLocal, FailedReadCmd,
    ProcessedPinLocal, ProcessedTotal, Submitted,
};

fn main() -> ExitCode {
    tap::run(env!("CARGO_BIN_NAME"), check)
}

const BAD: u64 = 8;
const TOO_MANY: u32 = 65_536;

fn check(tap: &mut Tap) {
    any(tap);
    create(tap);
    destroy(tap);
    unmapped_array(tap);
    let bed = Bed::new(PAGE);
    flags(tap, &bed);
    full(tap, &bed);
    lookups(tap, &bed);
    sides(tap, &bed);
    pinning(tap, &bed);
    replies(tap);
}

/// Tries something and looks at its answer and at all counters.
fn expect(
    tap: &mut Tap,
    text: &str,
    answer: Outcome,
    counted: &[(Counter, i64)],
    act: impl FnOnce() -> Outcome,
) {
    let before = Snapshot::take();
    let got = act();
    let now = Snapshot::take();
    tap.equal(text, got, answer);
    tap.holds("counted so", before.grew(&now, counted));
}

fn fails(call: Result<(), Errno>) -> Outcome {
    call.map(|()| Status::SUCCESS)
}

/// No context comes before the number, and the number before the block.
fn any(tap: &mut Tap) {
    let view = Device::open_with(libc::O_RDONLY).expect("the device opens");
    tap.proves("13.2.order");
    tap.proves("2.no-context-ebadf");
    for number in [0, request::COPY, request::GET_INFO, request::COPY_COUNTED] {
        let text = format!("no context, request {number:#x}, bad block");
        let answer = view.call_at(number, BAD);
        tap.refuses(&text, answer, Errno::EBADF);
    }
    let device = Device::open();
    tap.proves("2.unknown-enosys");
    let answer = device.call_at(0x4b32, BAD);
    tap.refuses("unknown, bad block", answer, Errno::ENOSYS);
    tap.proves("13.2.copy-block");
    for number in [
        request::COPY,
        request::COPY_BOUNDED,
        request::INLINE_COPY,
        request::INLINE_COPY_BOUNDED,
        request::INIT_ASYNC_RECV,
        request::SYNC_RECV,
        request::INIT_SEND,
        request::CREATE_REGION,
        request::DESTROY_REGION,
        request::BIND_OFFLOAD,
        request::GET_INFO,
    ] {
        let text = format!("request {number:#x}, bad block");
        expect(tap, &text, refused(Errno::EFAULT), &[], || {
            fails(device.call_at(number, BAD))
        });
    }
    let _array = Array::new(&device);
    tap.proves("10.order");
    let answer = bind::offload_at(&device, 77, BAD, 8);
    tap.refuses("bind: mapped, bad flags", answer, Errno::EBUSY);
}

/// Too many segments, then an unreadable array, then memory that is not there.
fn create(tap: &mut Tap) {
    let device = Device::open();
    let make =
        |array, count| fails(region::create_counted(&device, array, count, READ, 0).map(drop));
    let segments = [Iovec { base: BAD, len: 9 }];
    let address = segments.as_ptr() as u64;
    let send = |iovec_array, iovec_nr| {
        let mut block = knem_abi::InitSend {
            send_iovec_array: iovec_array,
            send_iovec_nr: iovec_nr,
            ..knem_abi::InitSend::default()
        };
        fails(device.call(request::INIT_SEND, &mut block))
    };
    let mut both = |text: &str, answer, array, count| {
        let text = format!("create: {text}");
        let answer = refused(answer);
        expect(tap, &text, answer, &[], || make(array, count));
        tap.proves("13.2.init-send");
        expect(tap, &text, answer, &[], || send(array, count));
    };
    both("too many, unreadable", Errno::ENOMEM, BAD, TOO_MANY);
    both("unreadable", Errno::EFAULT, BAD, 3);
    both("no memory", Errno::EFAULT, address, 1);
    tap.proves("13.2.create-too-many");
    let answer = make(address, TOO_MANY);
    tap.refuses("too many, some of them good", answer, Errno::ENOMEM);
    tap.proves("13.2.create-array");
    tap.refuses("an unreadable array", make(BAD, 1), Errno::EFAULT);
    tap.proves("13.2.create-pin");
    tap.refuses("bad memory", make(address, 1), Errno::EFAULT);
}

fn destroy(tap: &mut Tap) {
    let device = Device::open();
    tap.proves("13.2.destroy-block");
    expect(
        tap,
        "destroy: unreadable",
        refused(Errno::EFAULT),
        &[],
        || fails(device.call_at(request::DESTROY_REGION, BAD)),
    );
    tap.proves("13.2.destroy-unknown");
    expect(tap, "destroy: unknown", refused(Errno::EINVAL), &[], || {
        fails(region::destroy(&device, 7))
    });
}

/// Everything is wrong with these requests.
fn hopeless(flags: u32, slot: u32) -> Inline<'static> {
    Inline {
        array: BAD,
        count: TOO_MANY,
        ..Inline::read(0, &[])
    }
    .flags(flags)
    .slot(slot)
}

fn unmapped_array(tap: &mut Tap) {
    let device = Device::open();
    tap.proves("13.2.copy-unmapped");
    for flags in [flag::MEMCPY_THREAD, flag::DMA_THREAD, 0x4a, 0x7f] {
        let text = format!("no array, flags {flags:#x}, all wrong");
        expect(tap, &text, refused(Errno::EINVAL), &[], || {
            hopeless(flags, u32::MAX).run(&device)
        });
        let copy = Between::new(0, 0).flags(flags);
        expect(tap, "between regions", refused(Errno::EINVAL), &[], || {
            copy.run(&device)
        });
    }
}

fn flags(tap: &mut Tap, bed: &Bed) {
    let mut all_wrong = |text: &str, flags, slot| {
        let refusal = refused(Errno::EINVAL);
        expect(tap, &format!("{text}, all wrong"), refusal, &[], || {
            hopeless(flags, slot).run(&bed.device)
        });
        let copy = Between::new(0, 0).flags(flags).slot(slot);
        expect(tap, "between regions", refusal, &[], || {
            copy.run(&bed.device)
        });
    };
    all_wrong("index", flag::MEMCPY_THREAD, PAGE as u32);
    all_wrong("index, flags", 0x4a, u32::MAX);
    all_wrong("no thread", flag::NOTIFY_FD, 0);
    all_wrong("no thread, hardware", 0x42, 0);
    all_wrong("hardware", 0x4a, 0);
    all_wrong("hardware, the other thread", 0x46, 0);
    tap.proves("13.2.copy-index");
    let read = bed.thread(PAGE as u32).run(&bed.device);
    tap.refuses("a bad index alone", read, Errno::EINVAL);
    tap.proves("13.2.copy-notify-no-thread");
    let read = bed.notify(0).flags(flag::NOTIFY_FD).run(&bed.device);
    tap.refuses("no thread alone", read, Errno::EINVAL);
    tap.proves("13.2.copy-notify-hardware");
    let read = bed.notify(0).flags(0x4a).run(&bed.device);
    tap.refuses("hardware alone", read, Errno::EINVAL);
}

/// The queue of events is full.
fn full(tap: &mut Tap, bed: &Bed) {
    let notify = flag::MEMCPY_THREAD | flag::NOTIFY_FD;
    for slot in 0..PAGE as u32 {
        assert_eq!(bed.notify(slot).bound(1).run(&bed.device), PENDING);
    }
    let submitted = [(Submitted, 1)];
    tap.proves("13.2.copy-notify-full");
    expect(
        tap,
        "full, all wrong",
        refused(Errno::EBUSY),
        &submitted,
        || hopeless(notify, 0).run(&bed.device),
    );
    let copy = Between::new(0, 0).flags(notify).slot(0);
    expect(
        tap,
        "between regions",
        refused(Errno::EBUSY),
        &submitted,
        || copy.run(&bed.device),
    );
    let all = knem_check::events::read(&bed.device, PAGE);
    assert!(all.is_ok(), "the events are there");
}

/// From the local array to the protection.
fn lookups(tap: &mut Tap, bed: &Bed) {
    let thread = flag::MEMCPY_THREAD | flag::NOTIFY_FD;
    let bad = [Iovec { base: BAD, len: 9 }];
    let closed = region::whole(&bed.device, bed.source.segment(), 0);
    let read = |remote| Inline::read(remote, &bad).slot(0);
    let find = [(Submitted, 1), (FailedFindRegion, 1)];
    for flags in [0, flag::PIN_LOCAL, flag::DMA_THREAD, thread] {
        tap.note(&format!("flags {flags:#x}"));
        tap.proves("13.2.copy-no-memory");
        let counted = [(Submitted, 1), (FailedNoMemory, 1)];
        expect(
            tap,
            "too many segments, all wrong",
            refused(Errno::ENOMEM),
            &counted,
            || hopeless(flags, 0).run(&bed.device),
        );
        tap.proves("13.2.copy-array");
        let counted = [(Submitted, 1), (FailedReadCmd, 1)];
        let unreadable = Inline {
            count: 3,
            ..hopeless(flags, 0)
        };
        expect(
            tap,
            "unreadable array, unknown region",
            refused(Errno::EFAULT),
            &counted,
            || unreadable.run(&bed.device),
        );
        tap.proves("13.2.copy-unknown");
        expect(
            tap,
            "unknown region, bad memory",
            refused(Errno::EINVAL),
            &find,
            || read(0).flags(flags).run(&bed.device),
        );
        tap.proves("13.2.copy-uid");
        expect(
            tap,
            "another's region without access",
            refused(Errno::EPERM),
            &find,
            || as_user(BOB, || read(closed).flags(flags).run(&bed.device)),
        );
        tap.proves("13.2.copy-protection");
        expect(
            tap,
            "no access, bad memory",
            refused(Errno::EACCES),
            &find,
            || read(closed).flags(flags).run(&bed.device),
        );
        expect(
            tap,
            "no access, nothing to do",
            refused(Errno::EACCES),
            &find,
            || read(closed).flags(flags).bound(0).run(&bed.device),
        );
    }
}

/// The source is checked completely, then the destination.
fn sides(tap: &mut Tap, bed: &Bed) {
    let closed = region::whole(&bed.device, bed.source.segment(), 0);
    let open = bed.cookie;
    let find = [(Submitted, 1), (FailedFindRegion, 1)];
    let thread = flag::MEMCPY_THREAD;
    tap.proves("12.order");
    for flags in [0, thread] {
        for (text, src, dst, errno) in [
            ("unknown, unknown", 0, 0, Errno::EINVAL),
            ("no access, unknown", closed, 0, Errno::EACCES),
            ("unknown, no access", 0, closed, Errno::EINVAL),
            ("good, unknown", open, 0, Errno::EINVAL),
            ("good, no access", open, closed, Errno::EACCES),
        ] {
            let copy = Between::new(src, dst).flags(flags).slot(1);
            expect(tap, text, refused(errno), &find, || copy.run(&bed.device));
        }
        for (text, src, dst, errno) in [
            ("another's without access, unknown", closed, 0, Errno::EPERM),
            ("unknown, another's", 0, closed, Errno::EINVAL),
        ] {
            let copy = Between::new(src, dst).flags(flags).slot(1);
            expect(tap, text, refused(errno), &find, || {
                as_user(BOB, || copy.run(&bed.device))
            });
        }
    }
}

/// The last that can go wrong.
fn pinning(tap: &mut Tap, bed: &Bed) {
    let bad = [Iovec { base: BAD, len: 9 }];
    let pin = [(Submitted, 1), (ProcessedTotal, 1), (FailedPinLocal, 1)];
    let fault = [(Submitted, 1), (ProcessedTotal, 1), (FailedCopyUser, 1)];
    let read = Inline::read(bed.cookie, &bad).slot(2);
    for (text, request) in [
        ("pinned", read.flags(flag::PIN_LOCAL)),
        ("in the thread", read.flags(flag::MEMCPY_THREAD)),
        ("a write", Inline { write: 1, ..read }),
        ("of nothing", read.flags(flag::MEMCPY_THREAD).bound(0)),
    ] {
        tap.proves("13.2.copy-pin");
        expect(tap, text, refused(Errno::EFAULT), &pin, || {
            request.run(&bed.device)
        });
    }
    for flags in [0, flag::DMA_THREAD, flag::ASYNC_DMA_COMPLETE] {
        tap.proves("13.2.copy-user-fault");
        let text = format!("in the call, flags {flags:#x}");
        expect(tap, &text, FAILED, &fault, || {
            read.flags(flags).run(&bed.device)
        });
    }
    let thread = [
        (Submitted, 1),
        (ProcessedTotal, 1),
        (Counter::ProcessedThread, 1),
        (ProcessedPinLocal, 1),
    ];
    tap.proves("14.counters");
    expect(tap, "a request of the thread", PENDING, &thread, || {
        let answer = bed.thread(3).run(&bed.device);
        bed.array.wait(3);
        answer
    });
    let between = [
        (Submitted, 1),
        (ProcessedTotal, 1),
        (Counter::ProcessedThread, 1),
    ];
    expect(tap, "between regions", PENDING, &between, || {
        let copy = Between::new(bed.cookie, bed.cookie).offsets(0, 2048);
        let answer = copy.flags(flag::MEMCPY_THREAD).slot(4).run(&bed.device);
        bed.array.wait(4);
        answer
    });
}

/// A reply that cannot be written.
fn replies(tap: &mut Tap) {
    let bed = Bed::new(PAGE);
    let closed = Buffer::new(PAGE);
    let base = pins::outstanding();
    let segments = [bed.source.segment()];
    let send = knem_abi::InitSend {
        send_iovec_array: segments.as_ptr() as u64,
        send_iovec_nr: 1,
        ..knem_abi::InitSend::default()
    };
    closed.put(
        0,
        &words(&[send.send_iovec_array, u64::from(send.send_iovec_nr), 0]),
    );
    closed.protect(0, PAGE, libc::PROT_READ);
    tap.proves("13.2.create-reply");
    tap.proves("2.reply-faults");
    let answer = bed.device.call_at(request::INIT_SEND, closed.address());
    tap.refuses("INIT_SEND into memory for reading", answer, Errno::EFAULT);
    tap.equal("leaves no region", pins::settle(base), base);
    let receive = Buffer::new(PAGE);
    receive.put(0, &words(&[bed.segments.as_ptr() as u64, 1, bed.cookie, 0]));
    receive.protect(0, PAGE, libc::PROT_READ);
    tap.proves("13.2.copy-reply");
    let answer = bed.device.call_at(request::SYNC_RECV, receive.address());
    tap.refuses("SYNC_RECV into memory for reading", answer, Errno::EFAULT);
    let answer = bed
        .device
        .call_at(request::INIT_ASYNC_RECV, receive.address());
    tap.equal("INIT_ASYNC_RECV writes no reply", answer, Ok(()));
    tap.equal("but the slot", bed.array.wait(0), Status::SUCCESS);
}

fn words(words: &[u64]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_ne_bytes()).collect()
}
