// SPDX-License-Identifier: BSD-3-Clause

//! Reliability §3: whichever allocation or access to user memory of a call fails, the call answers with a
//! proper error, leaves nothing behind, and counts what it did.

use knem_check::faults::Faults;
use knem_check::prelude::*;
use knem_check::statistics::{now, structure, Snapshot};
use knem_check::{bind, clock, events, old};

fn main() -> ExitCode {
    tap::run(env!("CARGO_BIN_NAME"), check)
}

const LENGTH: usize = 3 * PAGE;
/// More segments than the module keeps without allocating.
const PIECES: usize = 40;

fn check(tap: &mut Tap) {
    let Some(faults) = Faults::of_this_thread() else {
        return tap.skip_all("this kernel commits no faults on demand");
    };
    tap.proves("ext.fault-sweep");
    files(tap, &faults);
    regions(tap, &faults);
    copies(tap, &faults);
    asynchronous(tap, &faults);
}

/// What is left of a call when it is over.
#[derive(Debug, PartialEq)]
struct Left {
    contexts: u64,
    regions: u64,
    queued: u64,
    pinned: u64,
}

fn left() -> Left {
    let now = now();
    Left {
        contexts: now.contexts,
        regions: now.regions,
        queued: now.queued,
        pinned: now.pinned_bytes,
    }
}

/// Sweeps over one call. `judge` looks at an answer and undoes what was done; then all must be as before.
fn sweep<P, T>(
    tap: &mut Tap,
    faults: &Faults,
    text: &str,
    prepare: impl FnMut() -> P,
    call: impl Fn(&P) -> Result<T, Errno>,
    mut judge: impl FnMut(P, Result<T, Errno>) -> Result<(), String>,
) {
    let (base, before) = (pins::outstanding(), left());
    let outcome = faults.sweep(prepare, call, |prepared, answer| {
        if let Err(errno) = answer {
            proper(errno)?;
        }
        judge(prepared, answer)?;
        // The thread may be a little late.
        if clock::wait_until(|| left() == before) {
            return Ok(());
        }
        Err(format!("{before:?} became {:?}", left()))
    });
    if let Ok(count) = outcome {
        tap.note(&format!("{text}: {count} accesses failed"));
    }
    tap.holds(
        &format!("{text}: fails properly wherever it fails"),
        outcome.map(drop),
    );
    tap.equal("nothing stays pinned", pins::settle(base), base);
}

/// The errors that a lack of memory and a failed access may end with.
fn proper(errno: Errno) -> Result<(), String> {
    match errno {
        Errno::ENOMEM | Errno::EFAULT => Ok(()),
        other => Err(format!("{other:?}")),
    }
}

fn files(tap: &mut Tap, faults: &Faults) {
    let open = |flags| move |(): &()| Device::open_with(flags);
    let closed = |(), _| Ok(());
    sweep(tap, faults, "open", || (), open(libc::O_RDWR), closed);
    sweep(
        tap,
        faults,
        "open to read",
        || (),
        open(libc::O_RDONLY),
        closed,
    );
    let mapped = |device: &Device| Array::map(device, knem_check::array::How::default());
    sweep(tap, faults, "mmap", Device::open, mapped, |_, _| Ok(()));
    let view = || Device::open_with(libc::O_RDONLY).expect("the statistics can be opened");
    let read = |device: &Device| device.read(&mut [0; 512]);
    sweep(tap, faults, "read of statistics", view, read, |_, _| Ok(()));
    let ask = |device: &Device| structure(device).map(drop);
    sweep(tap, faults, "GET_STATISTICS", view, ask, |_, _| Ok(()));
    let info = |device: &Device| {
        let mut block = knem_abi::Info::default();
        device.call(knem_abi::request::GET_INFO, &mut block)
    };
    sweep(tap, faults, "GET_INFO", Device::open, info, |_, _| Ok(()));
}

fn regions(tap: &mut Tap, faults: &Faults) {
    let memory = Buffer::filled(LENGTH, 1);
    let many = region::folded(memory.segment(), PIECES);
    let one = [memory.segment()];
    let destroyed = |device: Device, answer: Result<Cookie, Errno>| match answer {
        Ok(cookie) => region::destroy(&device, cookie).map_err(|error| format!("{error:?}")),
        Err(_) => Ok(()),
    };
    for (text, segments, flags) in [
        ("CREATE_REGION", one.as_slice(), 0),
        ("CREATE_REGION to be used once", &one, flag::SINGLE_USE),
        ("CREATE_REGION of many segments", &many, 0),
    ] {
        let create = |device: &Device| region::create(device, segments, READ_WRITE, flags);
        sweep(tap, faults, text, Device::open, create, destroyed);
    }
    let send = |device: &Device| old::send(device, &one, 0);
    sweep(tap, faults, "INIT_SEND", Device::open, send, destroyed);
    let made = || {
        let device = Device::open();
        let cookie = region::whole(&device, memory.segment(), READ);
        (device, cookie)
    };
    let destroy = |(device, cookie): &(Device, Cookie)| region::destroy(device, *cookie);
    sweep(tap, faults, "DESTROY_REGION", made, destroy, |_, _| Ok(()));
    let wait = |(device, cookie): &(Device, Cookie)| region::destroy_wait(device, *cookie);
    sweep(
        tap,
        faults,
        "DESTROY_REGION_WAIT",
        made,
        wait,
        |_, _| Ok(()),
    );
}

fn copies(tap: &mut Tap, faults: &Faults) {
    let bed = Bed::new(LENGTH);
    let target = Buffer::new(LENGTH);
    let other = region::whole(&bed.device, target.segment(), READ_WRITE);
    let pieces: Vec<Iovec> = (0..PIECES).map(|i| bed.local.part(i * 8, 8)).collect();
    let inline = |text: &str, local: &[Iovec], flags| {
        let read = Inline::read(bed.cookie, local).flags(flags);
        (text.to_string(), read.run(&bed.device))
    };
    assert_eq!(inline("", &bed.segments, 0).1, SUCCESS);
    let few = bed.segments.as_slice();
    for (text, local, flags) in [
        ("INLINE_COPY", few, 0),
        ("INLINE_COPY of pinned memory", few, flag::PIN_LOCAL),
        ("INLINE_COPY of many segments", &pieces, 0),
        (
            "INLINE_COPY of many pinned segments",
            &pieces,
            flag::PIN_LOCAL,
        ),
    ] {
        let read = Inline::read(bed.cookie, local).flags(flags);
        copy(tap, faults, text, |device| read.run(device), &bed);
        let write = Inline::write(bed.cookie, local).flags(flags);
        let text = format!("{text}, writing");
        copy(tap, faults, &text, |device| write.run(device), &bed);
    }
    let bounded = bed.read().bound(100);
    copy(
        tap,
        faults,
        "INLINE_COPY_BOUNDED",
        |device| bounded.run(device),
        &bed,
    );
    let between = Between::new(bed.cookie, other);
    copy(tap, faults, "COPY", |device| between.run(device), &bed);
    copy(
        tap,
        faults,
        "COPY_BOUNDED",
        |device| between.bound(9).run(device),
        &bed,
    );
    let counted = |device: &Device| between.counted(device).map(|(status, _)| status);
    copy(tap, faults, "COPY_COUNTED", counted, &bed);
    let counted = |device: &Device| bed.read().counted(device).map(|(status, _)| status);
    copy(tap, faults, "INLINE_COPY_COUNTED", counted, &bed);
    let receive = |device: &Device| old::receive(device, bed.cookie, &bed.segments, 0);
    copy(tap, faults, "SYNC_RECV", receive, &bed);
}

/// Sweeps over a copy in the call: it ends well or badly, and is counted as that.
fn copy(tap: &mut Tap, faults: &Faults, text: &str, call: impl Fn(&Device) -> Outcome, bed: &Bed) {
    let judge = |before: Snapshot, answer: Outcome| {
        let after = Snapshot::take();
        let grown = |counter| after.get(counter) - before.get(counter);
        let failures: i64 = Counter::ALL[Counter::FailedInvalidFlags as usize..]
            .iter()
            .map(|&counter| grown(counter))
            .sum();
        let submitted = grown(Counter::Submitted);
        let holds = match answer {
            SUCCESS => (submitted, failures) == (1, 0),
            FAILED => (submitted, grown(Counter::FailedCopyUser), failures) == (1, 1, 1),
            // The block may have been unreadable, or the reply not writable.
            Err(_) => submitted <= 1 && failures <= submitted,
            Ok(_) => false,
        };
        if holds {
            Ok(())
        } else {
            Err(format!(
                "{answer:?}, {submitted} submitted, {failures} failed"
            ))
        }
    };
    sweep(
        tap,
        faults,
        text,
        Snapshot::take,
        |_| call(&bed.device),
        judge,
    );
}

fn asynchronous(tap: &mut Tap, faults: &Faults) {
    let bed = Bed::new(LENGTH);
    let idle = left();
    let ended = |answer: Outcome| match answer {
        PENDING => match bed.array.wait(3) {
            Status::SUCCESS => bed.arrived(),
            status => Err(format!("the slot says {status:?}")),
        },
        // If only the answer could not be written, it goes on; if not, its slot says nothing (§7.5).
        Err(_) if clock::wait_until(|| left() == idle) => Ok(()),
        answer => Err(format!("{answer:?}, and {:?}", left())),
    };
    let events_of = |answer: Outcome| match (events::drain(&bed.device), answer) {
        (Ok(found), PENDING) if found == [3] => Ok(()),
        (Ok(found), Err(_)) if found.is_empty() || found == [3] => Ok(()),
        (found, _) => Err(format!("the events are {found:?}")),
    };
    let ready = || bed.array.put(3, 0x77);
    let copy = |(): &()| bed.thread(3).run(&bed.device);
    sweep(
        tap,
        faults,
        "a copy in the thread",
        ready,
        copy,
        |(), answer| ended(answer),
    );
    let copy = |(): &()| bed.notify(3).run(&bed.device);
    sweep(
        tap,
        faults,
        "a copy with an event",
        ready,
        copy,
        |(), answer| {
            ended(answer)?;
            events_of(answer)
        },
    );
    let queued = || {
        assert_eq!(bed.notify(3).run(&bed.device), PENDING);
        assert_eq!(bed.array.wait(3), Status::SUCCESS);
    };
    let read = |(): &()| bed.device.read(&mut [0; 4]);
    sweep(tap, faults, "read of events", queued, read, |(), answer| {
        let expected = if answer.is_ok() { vec![] } else { vec![3] };
        match events::drain(&bed.device) {
            Ok(found) if found == expected => Ok(()),
            found => Err(format!("{answer:?}, then {found:?}")),
        }
    });
    let poll = |(): &()| bed.device.poll(libc::POLLIN);
    sweep(tap, faults, "poll", || (), poll, |(), _| Ok(()));
    let mask = [1; 8];
    let offload = |device: &Device| bind::offload(device, knem_abi::bind::CUSTOM, &mask);
    sweep(
        tap,
        faults,
        "BIND_OFFLOAD",
        Device::open,
        offload,
        |_, _| Ok(()),
    );
}
