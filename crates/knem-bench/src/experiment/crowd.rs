// SPDX-License-Identifier: BSD-3-Clause

//! Copies on every CPU at once, each in two halves or not: where processes exchange messages, there
//! is one for each CPU, and none of these has nothing to do.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};

use super::arena::Arena;
use super::desk::{Closing, Desk};
use super::duel::{duel, Way};
use super::{wide, Setting};
use crate::cpu;
use crate::failure::{doing, Result};

/// What the records call it.
pub const WHAT: &str = "every-cpu-busy";

/// Two threads copy, each on its CPU; in halves, each has a helper on the other's.
pub fn measure(setting: &Setting<'_>, bytes: usize) -> Result<(u64, u64)> {
    let (mut own, mut other) = (Arena::new(bytes, false)?, Arena::new(bytes, false)?);
    let halved = AtomicBool::new(false);
    // Nobody waits awake: the helper of the other may need the CPU.
    let [colleague, helper, other_helper] = [const { Desk::new(0, 0) }; 3];
    let settle = |place| cpu::settle(setting.places.of(place));
    let copy = |helper: &Desk, from: &[u8], to: &mut [u8]| -> io::Result<()> {
        if halved.load(Ordering::Relaxed) {
            return helper.halve(from, to);
        }
        wide::string(from, to);
        Ok(())
    };
    std::thread::scope(|scope| {
        scope.spawn(|| {
            settle(1);
            helper.serve(wide::string)
        });
        scope.spawn(|| {
            settle(0);
            other_helper.serve(wide::string)
        });
        scope.spawn(|| {
            settle(1);
            // What fails here is seen by the bytes.
            colleague.serve(|from, to| drop(copy(&other_helper, from, to)))
        });
        let _closing = [&colleague, &helper, &other_helper].map(Closing);
        duel(setting.args.repeat, |way| {
            halved.store(way == Way::With, Ordering::Relaxed);
            own.verified(WHAT, |from, to| {
                other.verified(WHAT, |other_from, other_to| {
                    let (mut said, mut told) = (Ok(()), Ok(()));
                    let taken = setting.clock.take(|| {
                        said = colleague.beside(other_from, other_to, || {
                            told = copy(&helper, from, to);
                        });
                    });
                    doing("copy on every CPU", said.and(told)).map(|()| taken)
                })
            })
        })
    })
}
