// SPDX-License-Identifier: BSD-3-Clause

//! W21, §17.1: after a fork, whoever writes first, a region stays with the memory of its creator;
//! and a region over untouched memory sees what its owner writes later.

use knem_check::file;
use knem_check::memory::HUGE;
use knem_check::prelude::*;
use knem_check::reserve::Reserve;
use std::os::fd::AsRawFd;

fn main() -> ExitCode {
    tap::run(env!("CARGO_BIN_NAME"), check)
}

const LENGTH: usize = 4 * PAGE;

fn check(tap: &mut Tap) {
    let device = Device::open();
    // Regions keep theirs to the end. Where there is no reserve, huge pages of it are left out.
    let reserve = Reserve::of(32);
    for protection in [READ, READ_WRITE] {
        for (text, make) in kinds(reserve.is_some()) {
            let text = format!("{text}, protection {protection}");
            untouched(tap, &device, &text, &make(), protection);
            parent_first(tap, &device, &text, &make(), protection);
            child_first(tap, &device, &text, &make(), protection);
            child_owner(tap, &device, &text, &make(), protection);
        }
    }
    let file = file::in_memory(LENGTH);
    let of_file = Buffer::of_file(file.as_raw_fd(), LENGTH, true).expect("files can be mapped");
    shared(tap, &device, "shared memory", &Buffer::shared(LENGTH));
    shared(tap, &device, "a shared file", &of_file);
}

type Make = fn() -> Buffer;

fn kinds(reserved: bool) -> Vec<(&'static str, Make)> {
    let huge = || {
        let memory = Buffer::with(Layout {
            length: HUGE,
            alignment: HUGE,
            ..Layout::default()
        });
        let _ = memory.advise(0, HUGE, libc::MADV_HUGEPAGE);
        memory
    };
    let of_file = || {
        let file = file::in_memory(LENGTH);
        Buffer::of_file(file.as_raw_fd(), LENGTH, false).expect("files can be mapped")
    };
    let from_reserve = || Buffer::of_huge_pages(HUGE).expect("the reserve has enough");
    let mut kinds: Vec<(&str, Make)> = vec![
        ("small pages", || Buffer::new(LENGTH)),
        ("huge pages", huge),
        ("a private mapping of a file", of_file),
    ];
    if reserved {
        kinds.push(("huge pages of the reserve", from_reserve));
    }
    kinds
}

/// What a reader gets from a region.
fn region_matches(device: &Device, cookie: Cookie, length: usize, seed: u64) -> Result<(), String> {
    let local = Buffer::new(length);
    match Inline::read(cookie, &[local.segment()]).run(device) {
        SUCCESS => local.matches("region", seed),
        answer => Err(format!("reading answered {answer:?}")),
    }
}

fn untouched(tap: &mut Tap, device: &Device, text: &str, memory: &Buffer, protection: u32) {
    let cookie = region::whole(device, memory.segment(), protection);
    memory.fill(1);
    tap.proves("6.1.read-pin");
    let outcome = region_matches(device, cookie, memory.len(), 1);
    tap.holds(
        &format!("{text}: untouched memory, written after the creation"),
        outcome,
    );
}

/// Parent creates, forks, and writes before the child does anything.
fn parent_first(tap: &mut Tap, device: &Device, text: &str, memory: &Buffer, protection: u32) {
    memory.fill(1);
    let cookie = region::whole(device, memory.segment(), protection);
    let mut peer = Peer::spawn(|channel| {
        let _: u64 = channel.hear();
        channel.tell(u64::from(memory.matches("child", 1).is_ok()));
        memory.fill(3);
        channel.tell(1);
    });
    memory.fill(2);
    tap.proves("17.1.copy-on-write");
    tap.holds(
        &format!("{text}: the parent's write is seen"),
        region_matches(device, cookie, memory.len(), 2),
    );
    peer.tell(1);
    tap.equal(
        &format!("{text}: the child keeps what it had"),
        peer.hear::<u64>(),
        1,
    );
    let _: u64 = peer.hear();
    tap.holds(
        &format!("{text}: the child's write is not seen"),
        region_matches(device, cookie, memory.len(), 2),
    );
    peer.join();
}

/// Parent creates and forks; the child writes first.
fn child_first(tap: &mut Tap, device: &Device, text: &str, memory: &Buffer, protection: u32) {
    memory.fill(1);
    let cookie = region::whole(device, memory.segment(), protection);
    in_child(|| {
        memory.fill(3);
        0_u64
    });
    tap.holds(
        &format!("{text}: a child that writes first changes nothing"),
        region_matches(device, cookie, memory.len(), 1),
    );
    memory.fill(2);
    tap.holds(
        &format!("{text}: the parent writes after it"),
        region_matches(device, cookie, memory.len(), 2),
    );
    if protection & WRITE != 0 {
        let source = Buffer::filled(memory.len(), 5);
        let answer = Inline::write(cookie, &[source.segment()]).run(device);
        tap.works(&format!("{text}: written to after a fork"), answer);
        tap.holds(
            &format!("{text}: the parent sees it"),
            memory.matches("parent", 5),
        );
    }
}

/// The child creates a region over memory that it shares with its parent until somebody writes.
fn child_owner(tap: &mut Tap, device: &Device, text: &str, memory: &Buffer, protection: u32) {
    memory.fill(1);
    let mut peer = Peer::spawn(|channel| {
        let cookie = region::whole(device, memory.segment(), protection);
        channel.tell(cookie);
        let _: u64 = channel.hear();
        memory.fill(4);
        channel.tell(1);
        let _: u64 = channel.hear();
    });
    tap.proves("17.1.fork");
    tap.proves("17.1.copy-on-write");
    let cookie: Cookie = peer.hear();
    memory.fill(2);
    tap.holds(
        &format!("{text}: a child's region does not see its parent write"),
        region_matches(device, cookie, memory.len(), 1),
    );
    peer.tell(1);
    let _: u64 = peer.hear();
    tap.holds(
        &format!("{text}: it sees the child write"),
        region_matches(device, cookie, memory.len(), 4),
    );
    tap.holds(
        &format!("{text}: the parent has its own"),
        memory.matches("parent", 2),
    );
    peer.tell(1);
    peer.join();
    tap.holds(
        &format!("{text}: and outlives the child"),
        region_matches(device, cookie, memory.len(), 4),
    );
}

/// Memory that both share is the same for everybody.
fn shared(tap: &mut Tap, device: &Device, text: &str, memory: &Buffer) {
    let cookie = region::whole(device, memory.segment(), READ);
    in_child(|| {
        memory.fill(1);
        0_u64
    });
    tap.holds(
        &format!("{text}: the child's write is seen"),
        region_matches(device, cookie, LENGTH, 1),
    );
    memory.fill(2);
    tap.holds(
        &format!("{text}: the parent's write is seen"),
        region_matches(device, cookie, LENGTH, 2),
    );
}
