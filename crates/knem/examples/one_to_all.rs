// SPDX-License-Identifier: BSD-3-Clause

//! A collective: all peers copy from one region at once, and each copies its part of the answer into
//! another.

mod common;

use std::process::ExitCode;

use common::{cookie, hear, pattern, tell, Peer, Result};
use knem::{CopyFlags, Device, Memory, Protection, RegionOptions};

const PEERS: usize = 4;
const LENGTH: usize = 1 << 20;
const PART: usize = LENGTH / PEERS;

fn main() -> ExitCode {
    common::exit(match common::role() {
        None => root(),
        Some(rank) => peer(&rank),
    })
}

fn root() -> Result<()> {
    let device = Device::open()?;
    let options = RegionOptions::default();
    let question = Memory::new(LENGTH)?;
    question.write(0, &pattern(0, LENGTH));
    let question = device.declare(question, Protection::Read, options)?;
    let answer = device.declare(Memory::new(LENGTH)?, Protection::Write, options)?;
    let ranks = 0..PEERS;
    let mut peers = ranks
        .map(|rank| Peer::start(&rank.to_string()))
        .collect::<std::io::Result<Vec<_>>>()?;
    for peer in &mut peers {
        peer.tell(&question.cookie().get().to_ne_bytes())?;
        peer.tell(&answer.cookie().get().to_ne_bytes())?;
    }
    for mut peer in peers {
        let [_done] = peer.hear()?;
        peer.finish()?;
    }
    let answer = answer.finish()?.to_vec();
    for (rank, part) in answer.chunks_exact(PART).enumerate() {
        assert_eq!(part, pattern(rank + 1, PART), "the part of rank {rank}");
    }
    println!("{PEERS} peers took {LENGTH} bytes each, and gave {PART}");
    Ok(())
}

fn peer(rank: &str) -> Result<()> {
    let rank: usize = rank.parse()?;
    let device = Device::open()?;
    let (question, answer) = (cookie(hear()?)?, cookie(hear()?)?);
    let mut own = vec![0; LENGTH];
    device.read(question, 0, &mut own, CopyFlags::NONE)?;
    assert_eq!(own, pattern(0, LENGTH));
    let part = pattern(rank + 1, PART);
    let copied = device.write_counted(answer, (rank * PART) as u64, &part, CopyFlags::NONE)?;
    assert_eq!(copied as usize, PART);
    tell(&[1])?;
    Ok(())
}
