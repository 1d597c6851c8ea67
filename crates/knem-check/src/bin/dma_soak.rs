// SPDX-License-Identifier: BSD-3-Clause

//! Copies by DMA and by the CPU at once, of all kinds and sizes, all verified, by processes of which
//! some are killed at any moment.

use std::thread;
use std::time::{Duration, Instant};

use knem_check::prelude::*;
use knem_check::random::Random;

fn main() -> ExitCode {
    tap::run(env!("CARGO_BIN_NAME"), check)
}

const SPAN: Duration = Duration::from_secs(12);
/// Machines that look for faults need longer until some were killed, and some not.
const LONGEST: Duration = Duration::from_secs(60);
const LENGTH: usize = 1 << 20;
/// How many processes copy at once.
const PEERS: usize = 4;

fn check(tap: &mut Tap) {
    let base = pins::outstanding();
    let seed = Random::seed();
    tap.note(&format!("seed {seed}"));
    let mut random = Random::new(seed);
    let (mut peers, mut killed, mut ended) = (Vec::new(), 0, 0);
    let start = Instant::now();
    let mut wrong = Vec::new();
    loop {
        let past = start.elapsed();
        let goes_on = past < SPAN || (past < LONGEST && (killed == 0 || ended == 0));
        while goes_on && peers.len() < PEERS {
            peers.push((copier(random.any()), random.one_in(2)));
        }
        if peers.is_empty() {
            break;
        }
        thread::sleep(Duration::from_millis(random.below(200)));
        let (mut peer, is_victim) = peers.swap_remove(random.below(peers.len() as u64) as usize);
        if is_victim {
            peer.signal(libc::SIGKILL);
        }
        match peer.wait() {
            End::Exited(0) => ended += 1,
            End::Signaled(libc::SIGKILL) if is_victim => killed += 1,
            end => wrong.push(end),
        }
    }
    tap.proves("16.soak");
    tap.equal("no copy went wrong", wrong, vec![]);
    tap.check("some processes ended by themselves", ended > 0);
    tap.check("and some were killed", killed > 0);
    tap.note(&format!("{ended} ended, {killed} were killed"));
    tap.equal("nothing stays pinned", pins::settle(base), base);
    let bed = Bed::new(LENGTH);
    tap.works("the engine works as ever", bed.dma(0).run(&bed.device));
    tap.holds("with every byte", bed.arrived());
}

/// A process that copies a number of times, from and to what it fills and looks at.
fn copier(seed: u64) -> Peer {
    Peer::spawn(move |_| {
        let mut random = Random::new(seed);
        let bed = Bed::new(LENGTH);
        for round in 0..random.below(40) + 10 {
            if let Err(why) = one(&bed, &mut random, round) {
                panic!("round {round} of seed {seed}: {why}");
            }
        }
    })
}

fn one(bed: &Bed, random: &mut Random, round: u64) -> Result<(), String> {
    let length = random.below(LENGTH as u64 / 2) as usize + 1;
    let (from, to) = (random.below(5000), random.below(5000) as usize);
    let write = random.below(2) as u32;
    let (source, target) = if write == 1 {
        (&bed.local, &bed.source)
    } else {
        (&bed.source, &bed.local)
    };
    source.fill(seed_of(round));
    target.clear();
    let segments = [bed.local.part(to, length)];
    let flags = random.pick(&[
        0,
        flag::DMA,
        flag::DMA,
        flag::DMA | flag::MEMCPY_THREAD,
        flag::DMA | flag::DMA_THREAD,
        flag::DMA | flag::ASYNC_DMA_COMPLETE,
        flag::DMA | flag::DMA_THREAD | flag::ASYNC_DMA_COMPLETE,
        flag::MEMCPY_THREAD,
    ]);
    let copy = Inline {
        write,
        ..Inline::read(bed.cookie, &segments).offset(from)
    };
    let answer = copy.flags(flags).slot(3).run(&bed.device);
    let end = match answer {
        PENDING => bed.array.wait(3),
        Ok(status) => status,
        Err(error) => return Err(format!("flags {flags:#x}: {error:?}")),
    };
    if end != Status::SUCCESS {
        return Err(format!("flags {flags:#x}: {end:?}"));
    }
    let (there, here) = if write == 1 {
        (from as usize, to)
    } else {
        (to, from as usize)
    };
    let (got, sent) = (target.bytes(), source.bytes());
    let inside = got[there..there + length] == sent[here..here + length];
    let outside = got[..there].iter().chain(&got[there + length..]);
    if !inside || outside.into_iter().any(|&byte| byte != 0) {
        return Err(format!(
            "flags {flags:#x}, {length} bytes from {from} to {to}"
        ));
    }
    Ok(())
}

fn seed_of(round: u64) -> u64 {
    round + 1
}
