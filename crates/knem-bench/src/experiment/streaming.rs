// SPDX-License-Identifier: BSD-3-Clause

//! Stores that go past the caches: how long the copy lasts, and how long until who received the
//! bytes has read them.

use std::hint::black_box;

use super::arena::Arena;
use super::duel::{duel, Way};
use super::{wide, Record, Setting, Trial};
use crate::failure::Result;

/// Nobody reads, or the receiver does.
const WHAT: [(&str, bool); 2] = [("copy", false), ("copy-and-read", true)];

pub fn measure(setting: &Setting<'_>) -> Result<Vec<Record>> {
    let mut records = Vec::new();
    for (what, reads) in WHAT {
        for &bytes in &setting.args.sizes {
            let mut arena = Arena::new(bytes, false)?;
            let take =
                |way| arena.verified(what, |from, to| Ok(once(setting, way, reads, from, to)));
            records.push(Record {
                trial: Trial::Streaming,
                what,
                bytes,
                unit: setting.args.unit.into(),
                figures: duel(setting.args.repeat, take)?,
            });
        }
    }
    Ok(records)
}

fn once(setting: &Setting<'_>, way: Way, reads: bool, from: &[u8], to: &mut [u8]) -> u64 {
    setting.clock.take(|| {
        match way {
            Way::Without => wide::string(from, to),
            Way::With => wide::streaming(from, to),
        }
        if reads {
            black_box(wide::read(to));
        }
    })
}
