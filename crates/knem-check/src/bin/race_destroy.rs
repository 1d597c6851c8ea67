// SPDX-License-Identifier: BSD-3-Clause

//! §6.5, §17.3, W3: destroying a region or closing its descriptor while others copy: each copy is
//! complete or EINVAL, never anything in between.

use knem_check::prelude::*;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

fn main() -> ExitCode {
    tap::run(env!("CARGO_BIN_NAME"), check)
}

const LENGTH: usize = 64 * PAGE;
const SPAN: Duration = Duration::from_millis(1500);

fn check(tap: &mut Tap) {
    let base = pins::outstanding();
    let outcome =
        race(|device, cookie| region::destroy(device.as_ref().expect("it is open"), cookie));
    tap.holds("destroying under running copies", outcome);
    tap.equal("nothing stays pinned", pins::settle(base), base);
    let outcome = race(|device, _| {
        *device = None;
        Ok(())
    });
    tap.holds("closing under running copies", outcome);
    tap.equal("nothing stays pinned", pins::settle(base), base);
}

/// What the threads of a race share.
#[derive(Default)]
struct Race {
    shown: AtomicU64,
    done: AtomicBool,
    complete: AtomicUsize,
}

/// One thread makes regions and ends them; two others copy from whatever is there.
fn race(end: impl Fn(&mut Option<Device>, Cookie) -> Result<(), Errno>) -> Result<(), String> {
    let memory = Buffer::filled(LENGTH, 1);
    let race = Race::default();
    let locals = [Buffer::new(LENGTH), Buffer::new(LENGTH)];
    let reader = Device::open();
    thread::scope(|scope| {
        let readers = locals
            .each_ref()
            .map(|local| scope.spawn(|| read_on(&reader, &race, local)));
        let mut device = None;
        let mut ended = Ok(());
        let start = Instant::now();
        // A busy machine may need longer than the span before anything was copied.
        let enough = || start.elapsed() > SPAN && race.complete.load(Ordering::Relaxed) > 10;
        while !enough() && !race.done.load(Ordering::Acquire) {
            let open = device.get_or_insert_with(Device::open);
            let cookie = region::whole(open, memory.segment(), READ);
            race.shown.store(cookie, Ordering::Release);
            // Now and then a copy is well under way, now and then not yet begun.
            thread::sleep(Duration::from_micros(cookie % 400));
            ended = end(&mut device, cookie).map_err(|error| format!("ending: {error:?}"));
            race.done.fetch_or(ended.is_err(), Ordering::AcqRel);
        }
        race.done.store(true, Ordering::Release);
        readers
            .into_iter()
            .try_for_each(|reader| reader.join().expect("no panic"))
            .and(ended)
    })
}

/// Copies from the region that is shown and counts the complete copies.
fn read_on(device: &Device, race: &Race, local: &Buffer) -> Result<(), String> {
    while !race.done.load(Ordering::Acquire) {
        local.clear();
        let cookie = race.shown.load(Ordering::Acquire);
        let outcome = match Inline::read(cookie, &[local.segment()]).run(device) {
            SUCCESS => local.matches("copy", 1),
            Err(Errno::EINVAL) => continue,
            answer => Err(format!("{answer:?}")),
        };
        race.done.fetch_or(outcome.is_err(), Ordering::AcqRel);
        outcome?;
        race.complete.fetch_add(1, Ordering::Relaxed);
    }
    Ok(())
}
