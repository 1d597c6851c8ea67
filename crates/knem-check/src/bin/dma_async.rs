// SPDX-License-Identifier: BSD-3-Clause

//! §7.4, §16: copies by DMA that are not waited for: in the thread, and ended by the hardware.

use knem_check::dma::{self, Pair};
use knem_check::events;
use knem_check::prelude::*;

fn main() -> ExitCode {
    tap::run(env!("CARGO_BIN_NAME"), check)
}

fn check(tap: &mut Tap) {
    let base = pins::outstanding();
    many(tap, flag::ASYNC_DMA_COMPLETE, "ended by the hardware");
    many(tap, flag::DMA_THREAD, "in the thread");
    notified(tap);
    single_use(tap);
    destroyed(tap);
    closed(tap, base);
}

/// Far more than are under way at once, each with a slot and a content of its own.
fn many(tap: &mut Tap, flags: u32, text: &str) {
    const EACH: usize = 64 << 10;
    const COUNT: usize = 64;
    let pair = Pair::new(COUNT * EACH, 3);
    let copy = |index: usize| {
        let offset = (index * EACH) as u64;
        let copy = pair.copy.offsets(offset, offset).bound(EACH as u64);
        let slot = copy.dma(flags).slot(index as u32);
        slot.run(&pair.device)
    };
    let (answers, counted) = dma::counted(|| {
        let answers: Vec<Outcome> = (0..COUNT).map(copy).collect();
        let ends: Vec<Status> = (0..COUNT).map(|slot| pair.array.wait(slot)).collect();
        (answers, ends)
    });
    let (answers, ends) = answers;
    tap.proves("16.async");
    let taken = answers.iter().all(|one| [PENDING, SUCCESS].contains(one));
    tap.check(&format!("{COUNT} copies {text} are taken"), taken);
    let well = ends.iter().all(|&end| end == Status::SUCCESS);
    tap.check("all end well", well);
    tap.holds("every byte is there", pair.arrived(3));
    tap.equal("by DMA", counted.bytes_dma, (COUNT * EACH) as u64);
    let queued = counted.counters[Counter::ProcessedThread as usize];
    let expected = if flags & flag::DMA_THREAD != 0 {
        COUNT as u64
    } else {
        0
    };
    tap.equal("the thread had what was for it", queued, expected);
}

/// Events come in the order of submission, with final slots.
fn notified(tap: &mut Tap) {
    let bed = Bed::new(100_000);
    let slots: Vec<u32> = (0..20).collect();
    for &slot in &slots {
        let read = bed.dma(flag::DMA_THREAD | flag::NOTIFY_FD).slot(slot);
        assert_eq!(read.run(&bed.device), PENDING);
    }
    let got = events::read(&bed.device, slots.len());
    tap.proves("16.events");
    tap.equal("an event for each, in order", got, Ok(slots.clone()));
    let ends = slots.iter().map(|&slot| bed.array.slot(slot as usize));
    tap.check(
        "whose slot is final",
        ends.into_iter().all(|end| end == Status::SUCCESS),
    );
    let read = bed.dma(flag::MEMCPY_THREAD | flag::NOTIFY_FD).slot(7);
    tap.works("in the call", read.run(&bed.device));
    tap.equal("an event too", events::read(&bed.device, 1), Ok(vec![7]));
}

/// The first use consumes a region, whoever copies.
fn single_use(tap: &mut Tap) {
    let bed = Bed::new(200_000);
    let segments = [bed.source.segment()];
    for flags in [0, flag::DMA_THREAD, flag::ASYNC_DMA_COMPLETE] {
        let cookie = region::create(&bed.device, &segments, READ, flag::SINGLE_USE).unwrap_or(0);
        bed.local.clear();
        let read = Inline::read(cookie, &bed.segments).dma(flags).slot(1);
        let answer = read.run(&bed.device);
        tap.one_of("a single use", answer, &[SUCCESS, PENDING]);
        tap.refuses("of one", read.run(&bed.device), Errno::EINVAL);
        if answer == PENDING {
            tap.equal("ends well", bed.array.wait(1), Status::SUCCESS);
        }
        tap.holds("with all bytes", bed.arrived());
    }
}

/// A region that is destroyed under a copy stays for that copy.
fn destroyed(tap: &mut Tap) {
    let pair = Pair::new(16 << 20, 4);
    let copy = pair.copy.dma(flag::ASYNC_DMA_COMPLETE).slot(0);
    let answer = copy.run(&pair.device);
    for cookie in [pair.copy.src, pair.copy.dst] {
        let gone = region::destroy(&pair.device, cookie);
        tap.equal("a region of the copy is destroyed", gone, Ok(()));
    }
    tap.one_of("during a copy", answer, &[PENDING, SUCCESS]);
    tap.proves("16.regions-stay");
    tap.equal("which ends well", pair.array.wait(0), Status::SUCCESS);
    tap.holds("with all bytes", pair.arrived(4));
}

/// A context that is closed carries out what it has, and leaves nothing pinned.
fn closed(tap: &mut Tap, base: i64) {
    for flags in [flag::ASYNC_DMA_COMPLETE, flag::DMA_THREAD] {
        let Pair {
            array,
            device,
            source,
            target,
            copy,
        } = Pair::new(8 << 20, 5);
        for slot in 0..4 {
            let answer = copy.dma(flags).slot(slot).run(&device);
            tap.one_of("a copy", answer, &[PENDING, SUCCESS]);
        }
        // The mapping keeps the file open.
        drop(array);
        drop(device);
        tap.proves("16.close");
        tap.equal(
            "nothing stays pinned after the close",
            pins::settle(base),
            base,
        );
        tap.holds("and all was copied", target.matches("target", 5));
        drop(source);
    }
}
