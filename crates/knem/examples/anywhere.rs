// SPDX-License-Identifier: BSD-3-Clause

//! A program that works with the module and without: it says by what its copies go, and why.

mod common;

use std::process::ExitCode;

use common::{hear, pattern, tell, Peer, Result};
use knem::{Fallback, Memory, Protection, Remote, Transport};

const LENGTH: usize = 1 << 20;

fn main() -> ExitCode {
    common::exit(match common::role() {
        None => owner(),
        Some(_) => copier(),
    })
}

fn owner() -> Result<()> {
    let transport = Transport::open(Fallback::CrossMemoryAttach)?;
    println!("copies go by {transport}");
    let memory = Memory::new(LENGTH)?;
    memory.write(0, &pattern(3, LENGTH));
    let offer = transport.offer(memory, Protection::ReadWrite)?;
    let mut peer = Peer::start("copier")?;
    peer.tell(&offer.remote().to_bytes())?;
    let [_done] = peer.hear()?;
    peer.finish()?;
    assert_eq!(offer.memory().to_vec(), pattern(4, LENGTH));
    println!("{LENGTH} bytes went there and came back");
    Ok(())
}

fn copier() -> Result<()> {
    let transport = Transport::open(Fallback::CrossMemoryAttach)?;
    let remote = Remote::from_bytes(hear()?);
    let mut bytes = vec![0; LENGTH];
    assert_eq!(transport.read(&remote, 0, &mut bytes)?, LENGTH as u64);
    assert_eq!(bytes, pattern(3, LENGTH));
    let answer = pattern(4, LENGTH);
    assert_eq!(transport.write(&remote, 0, &answer)?, LENGTH as u64);
    tell(&[1])?;
    Ok(())
}
