// SPDX-License-Identifier: BSD-3-Clause

//! What a copy takes of its caller's processor: all of it if that copies, next to nothing if a DMA
//! engine does.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use knem::{CopyFlags, Device, RegionOptions};

use crate::buffer::{self, Buffer};
use crate::failure::{doing, Failure, Result};
use crate::method::Method;
use crate::pattern::Pattern;

/// Bytes of the copy.
const BYTES: usize = 64 << 20;
/// Of so many rounds, the quickest counts.
const ROUNDS: u64 = 5;

/// One way to copy.
struct Way {
    name: &'static str,
    flags: CopyFlags,
}

const WAYS: [Way; 2] = [
    Way {
        name: "cpu",
        flags: CopyFlags::NONE,
    },
    Way {
        name: "dma",
        flags: CopyFlags::DMA,
    },
];

/// What a copy took: from its start to its end, and of the caller's processor.
#[derive(Clone, Copy)]
struct Took {
    wall: Duration,
    own: Duration,
}

/// Copies both ways, and tells what they took as one JSON document or as text.
pub fn measure(json: bool) -> Result<String> {
    let device = Device::open()?;
    let memory = |skew| doing("have that much memory", Buffer::private(BYTES, skew, true));
    let (mut source, mut target) = (memory(buffer::OWNER)?, memory(buffer::COPIER)?);
    let mut text = String::from(if json { "{\"overlap\":[" } else { "" });
    for (index, way) in WAYS.iter().enumerate() {
        let rounds = (0..ROUNDS).map(|round| {
            let pattern = Pattern::new(BYTES, 10 * round + index as u64);
            copy(&device, way, pattern, &mut source, &mut target)
        });
        let all = rounds.collect::<Result<Vec<_>>>()?;
        let best = all.into_iter().min_by_key(|took| took.wall);
        let Took { wall, own } = best.expect("there are rounds");
        let (wall, own) = (wall.as_secs_f64(), own.as_secs_f64());
        let separator = if index > 0 { "," } else { "" };
        let written = if json {
            let way = way.name;
            write!(
                text,
                "{separator}{{\"by\":\"{way}\",\"bytes\":{BYTES},\"wall\":{wall},\"own\":{own}}}"
            )
        } else {
            let (wall, own, left) = (wall * 1e3, own * 1e3, 100.0 * (1.0 - own / wall));
            writeln!(
                text,
                "64 MiB by {}: {wall:.1} ms, {own:.1} ms of the caller's processor: {left:.0} % left",
                way.name
            )
        };
        written.expect("a string takes everything");
    }
    Ok(text + if json { "]}\n" } else { "" })
}

fn copy(
    device: &Device,
    way: &Way,
    pattern: Pattern,
    source: &mut Buffer,
    target: &mut Buffer,
) -> Result<Took> {
    pattern.fill(source);
    let took = device.scope(|scope| {
        let region = scope.expose(source, RegionOptions::default())?;
        let (wall, own) = (Instant::now(), own_time());
        device.read(region, 0, &mut target[..], way.flags)?;
        Ok(Took {
            wall: wall.elapsed(),
            own: own_time().saturating_sub(own),
        })
    })?;
    pattern.check(target).map_err(|byte| Failure::Mismatch {
        method: Method::InlineCopy.name(),
        bytes: BYTES,
        round: 0,
        byte,
    })?;
    Ok(took)
}

/// The processor's time that this thread has had.
fn own_time() -> Duration {
    let mut time = libc::timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    // SAFETY: The time is borrowed for the call, which knows this clock on every Linux.
    unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &mut time) };
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}
