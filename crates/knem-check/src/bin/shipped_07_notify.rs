// SPDX-License-Identifier: BSD-3-Clause

//! §20.7: 4096 copies of 128 KiB are queued and the next is EBUSY; blocking reads are exact, others
//! partial or EAGAIN; poll wakes; events come in order, and slots are final then.

use knem_check::events;
use knem_check::prelude::*;

fn main() -> ExitCode {
    tap::run(env!("CARGO_BIN_NAME"), check)
}

const SLOTS: usize = PAGE;

fn check(tap: &mut Tap) {
    let bed = Bed::new(128 << 10);
    tap.proves("20.7");
    let taken = (0..SLOTS).filter(|&slot| bed.notify(slot as u32).run(&bed.device) == PENDING);
    tap.equal("4096 copies are queued", taken.count(), SLOTS);
    let over = bed.notify(0).run(&bed.device);
    tap.refuses("one more is EBUSY", over, Errno::EBUSY);
    let mut next = 0;
    let mut outcome = Ok(());
    for count in [1, 10, 100, 1000] {
        outcome = outcome.and(events::read(&bed.device, count).map_or_else(
            |error| Err(format!("{error:?}")),
            |events| {
                if events.len() == count {
                    in_order(&bed, &mut next, &events)
                } else {
                    Err(format!("{} of {count} events", events.len()))
                }
            },
        ));
    }
    tap.holds("blocking reads give what was asked for", outcome);
    bed.device.set_nonblocking(true);
    let mut partial = 0;
    let outcome = (0..).try_for_each(|_| {
        if next == SLOTS {
            return Err(None);
        }
        match events::read(&bed.device, 300) {
            Ok(events) => {
                partial += usize::from(events.len() < 300);
                in_order(&bed, &mut next, &events).map_err(Some)
            }
            Err(Errno::EAGAIN) => match bed.device.poll_within(libc::POLLIN, 20_000) {
                Ok(libc::POLLIN) => Ok(()),
                other => Err(Some(format!("poll: {other:?}"))),
            },
            Err(error) => Err(Some(format!("{error:?}"))),
        }
    });
    tap.equal("others what there is, all in order", outcome, Err(None));
    tap.note(&format!("{partial} reads were partial"));
    let answer = events::read(&bed.device, 1);
    tap.refuses("then nothing is left", answer, Errno::EAGAIN);
    tap.holds("all bytes are there", bed.arrived());
}

/// These events are the next ones, and their slots are final.
fn in_order(bed: &Bed, next: &mut usize, events: &[u32]) -> Result<(), String> {
    events.iter().try_for_each(|&event| {
        let slot = bed.array.slot(event as usize);
        if event as usize != *next || slot != Status::SUCCESS {
            return Err(format!("event {event} for {next}, slot {slot:?}"));
        }
        *next += 1;
        Ok(())
    })
}
