// SPDX-License-Identifier: BSD-3-Clause

//! Copies that go on while the program does something else, under tokio.

mod common;

use std::process::ExitCode;
use std::time::{Duration, Instant};

use common::{cookie, hear, pattern, Peer, Result};
use knem::tokio::Driver;
use knem::{Device, Engine, Memory, Protection, Queue, RegionOptions};

const LENGTH: usize = 8 << 20;
const PARTS: usize = 16;

#[tokio::main]
async fn main() -> ExitCode {
    common::exit(match common::role() {
        None => owner(),
        Some(_) => copier().await,
    })
}

fn owner() -> Result<()> {
    let device = Device::open()?;
    let memory = Memory::new(LENGTH)?;
    memory.write(0, &pattern(5, LENGTH));
    let region = device.declare(memory, Protection::Read, RegionOptions::default())?;
    let mut peer = Peer::start("copier")?;
    peer.tell(&region.cookie().get().to_ne_bytes())?;
    peer.finish()?;
    println!("{LENGTH} bytes went over in the background, in {PARTS} parts");
    Ok(())
}

async fn copier() -> Result<()> {
    let region = cookie(hear()?)?;
    let queue = Queue::new(Device::open()?)?;
    let _driver = Driver::spawn(&queue)?;
    let memory = Memory::new(LENGTH)?;
    let part = LENGTH / PARTS;
    let copies = (0..PARTS).map(|index| {
        let to = memory.slice(index * part..(index + 1) * part);
        queue.read(region, (index * part) as u64, to, Engine::Thread)
    });
    let copies: Vec<_> = copies.collect::<knem::Result<_>>()?;
    let busy = std::thread::spawn(work);
    for copy in copies {
        assert_eq!(copy.await? as usize, part);
    }
    busy.join().map_err(|_| "the work failed")?;
    assert_eq!(memory.to_vec(), pattern(5, LENGTH));
    Ok(())
}

/// What the program has to do besides.
fn work() {
    let start = Instant::now();
    while start.elapsed() < Duration::from_millis(5) {
        std::hint::spin_loop();
    }
}
