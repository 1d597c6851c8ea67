// SPDX-License-Identifier: BSD-3-Clause

//! Two processes: one declares a region and sends the cookie, the other copies from it, answers into
//! it, and both check every byte.

mod common;

use std::process::ExitCode;

use common::{cookie, hear, pattern, tell, Peer, Result};
use knem::{CopyFlags, Device, Memory, Protection, RegionOptions};

const LENGTH: usize = 3 << 20;

fn main() -> ExitCode {
    common::exit(match common::role() {
        None => owner(),
        Some(_) => copier(),
    })
}

fn owner() -> Result<()> {
    let device = Device::open()?;
    let memory = Memory::huge(LENGTH)?;
    memory.write(0, &pattern(1, LENGTH));
    let region = device.declare(memory, Protection::ReadWrite, RegionOptions::default())?;
    let mut peer = Peer::start("copier")?;
    peer.tell(&region.cookie().get().to_ne_bytes())?;
    let [_done] = peer.hear()?;
    peer.finish()?;
    // Nobody copies any more once the region is finished.
    let memory = region.finish()?;
    assert_eq!(memory.to_vec(), pattern(2, LENGTH), "the answer");
    println!("{LENGTH} bytes went there and came back");
    Ok(())
}

fn copier() -> Result<()> {
    let device = Device::open()?;
    let region = cookie(hear()?)?;
    let mut question = vec![0; LENGTH];
    let copied = device.read_counted(region, 0, &mut question, CopyFlags::NONE)?;
    assert_eq!(copied, LENGTH as u64);
    assert_eq!(question, pattern(1, LENGTH), "the question");
    device.write(region, 0, &pattern(2, LENGTH), CopyFlags::NONE)?;
    tell(&[1])?;
    Ok(())
}
