// SPDX-License-Identifier: BSD-3-Clause

//! §14: with `statsverbose` the text lists contexts and regions: to whom, in which order, of any
//! length, of one instant, and with no number from which a cookie can be told.

use knem_check::module::Setting;
use knem_check::prelude::*;
use knem_check::userfault::Parked;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

fn main() -> ExitCode {
    tap::run(env!("CARGO_BIN_NAME"), check)
}

fn check(tap: &mut Tap) {
    let plain = statistics::text();
    tap.check(
        "without the parameter nothing is listed",
        !plain.contains("Listed"),
    );
    let _setting = Setting::new("statsverbose", "1");
    format(tap);
    ended(tap);
    visibility(tap);
    numbers(tap);
    pieces(tap);
}

/// What is listed, behind the counters.
fn listing(text: &str) -> Vec<String> {
    let lines = text.lines().skip_while(|line| !is_first(line));
    lines.map(str::to_string).collect()
}

fn is_first(line: &str) -> bool {
    line.starts_with(" Pid ") || line.starts_with(" Listed ")
}

/// The number of a context and of its process: ` Pid N (#n)`.
fn numbers_of(line: &str) -> Option<(u64, u64)> {
    let (pid, number) = line.strip_prefix(" Pid ")?.split_once(" (#")?;
    Some((pid.parse().ok()?, number.strip_suffix(')')?.parse().ok()?))
}

fn format(tap: &mut Tap) {
    tap.proves("14.verbose");
    let none = listing(&statistics::text());
    tap.equal("no context", none, vec![" Listed 0 pids".to_string()]);
    let memory = Buffer::filled(PAGE, 1);
    let (one, two) = (Device::open(), Device::open());
    let make = |flags| region::create(&one, &[memory.segment()], READ, flags).unwrap_or(0);
    let cookies = [0, flag::SINGLE_USE, 0, flag::SINGLE_USE].map(make);
    let lines = listing(&statistics::text());
    let ids: Vec<_> = lines.iter().filter_map(|line| numbers_of(line)).collect();
    let own = u64::from(std::process::id());
    let pids: Vec<u64> = ids.iter().map(|(pid, _)| *pid).collect();
    tap.equal("two contexts of this process", pids, vec![own, own]);
    let (first, second) = (ids[0].1, ids[1].1);
    tap.equal("in the order of opening", second, first + 1);
    let expected = |regions: &[&str]| {
        let mut lines = vec![format!(" Pid {own} (#{first})")];
        lines.extend(regions.iter().map(|region| format!("  Region {region}")));
        lines.push(format!("  Listed {} regions", regions.len()));
        lines.push(format!(" Pid {own} (#{second})"));
        lines.push("  Listed 0 regions".to_string());
        lines.push(" Listed 2 pids".to_string());
        lines
    };
    let four = [
        "00000001",
        "00000002 SingleUse",
        "00000003",
        "00000004 SingleUse",
    ];
    tap.equal("four regions in order", lines, expected(&four));
    let local = Buffer::new(64);
    let read = Inline::read(cookies[1], &[local.segment()]).run(&two);
    tap.works("one is consumed", read);
    let gone = region::destroy(&one, cookies[0]);
    tap.equal("one is destroyed", gone, Ok(()));
    let lines = listing(&statistics::text());
    let left = ["00000003", "00000004 SingleUse"];
    tap.equal("they are not listed", lines, expected(&left));
    let fifth = make(0);
    let lines = listing(&statistics::text());
    let five = ["00000003", "00000004 SingleUse", "00000005"];
    tap.equal("numbers are not used again", lines, expected(&five));
    tap.proves("14.no-cookies");
    let words: Vec<String> = [cookies[2], cookies[3], fifth]
        .iter()
        .flat_map(|cookie| {
            [
                format!("{:08x}", cookie >> 32),
                format!("{:08x}", *cookie as u32),
            ]
        })
        .collect();
    let text = statistics::text();
    let shown = words.iter().any(|word| text.contains(word.as_str()));
    tap.check("no half of a cookie is in the text", !shown);
}

/// Who sees whose contexts.
/// A region that has ended is not listed, although a copy still uses its memory.
fn ended(tap: &mut Tap) {
    let device = Device::open();
    let memory = Buffer::filled(PAGE, 1);
    for flags in [0, flag::SINGLE_USE] {
        let parked = Parked::new(PAGE).expect("userfaultfd can be had");
        let cookie = region::create(&device, &[memory.segment()], READ, flags).unwrap_or(0);
        let segments = [parked.memory().segment()];
        let copy = Inline::read(cookie, &segments);
        let (answer, lines) = thread::scope(|scope| {
            let copying = scope.spawn(|| copy.run(&device));
            assert!(parked.wait_for_touch(10), "the copy starts");
            if flags == 0 {
                tap.equal("destroyed", region::destroy(&device, cookie), Ok(()));
            }
            let lines = listing(&statistics::text());
            parked
                .release(&Buffer::filled(PAGE, 2))
                .expect("the memory can be filled");
            (copying.join().expect("no panic"), lines)
        });
        tap.works(&format!("flags {flags:#x}: a copy"), answer);
        let regions = lines.iter().filter(|line| line.starts_with("  Region"));
        tap.equal("whose region had ended", regions.count(), 0);
    }
}

fn visibility(tap: &mut Tap) {
    let open = |uid| {
        Peer::spawn(move |channel| {
            knem_check::user::become_user(uid);
            let device = Device::open();
            let _second = Device::open();
            let memory = Buffer::new(64);
            channel.tell(region::whole(&device, memory.segment(), READ));
            let _: u64 = channel.hear();
        })
    };
    let root = Device::open();
    let mut peers = [open(ALICE), open(BOB), open(BOB)];
    for peer in &mut peers {
        let _: u64 = peer.hear();
    }
    tap.proves("14.verbose");
    for (text, uid, own, hidden) in [
        ("Alice", ALICE, 2_u64, 5_u64),
        ("Bob", BOB, 4, 3),
        ("somebody else", 4321, 0, 7),
    ] {
        let told = as_user(uid, || told_at_the_end(&statistics::text()));
        let expected = (own << 32) | hidden;
        tap.equal(
            &format!("{text} sees {own}, {hidden} hidden"),
            told,
            expected,
        );
    }
    let told = told_at_the_end(&statistics::text());
    tap.equal("root sees all", told, 7 << 32);
    let dropped = in_child(|| {
        // Only the effective user changes: the real one counts, without the capability.
        knem_check::user::become_ids(0, ALICE);
        told_at_the_end(&statistics::text())
    });
    tap.equal("the real user counts", dropped, (1 << 32) | 6);
    peers.iter_mut().for_each(|peer| peer.tell(1_u64));
    peers.into_iter().for_each(Peer::join);
    drop(root);
}

/// From ` Listed N pids (M hidden)`: N in the upper half, M in the lower one; and N is as many as
/// there are lines.
fn told_at_the_end(text: &str) -> u64 {
    let shown = text
        .lines()
        .filter(|line| numbers_of(line).is_some())
        .count() as u64;
    let last = text.lines().last().unwrap_or_default();
    let rest = last.strip_prefix(" Listed ").unwrap_or_default();
    let (listed, hidden) = match rest.split_once(" pids (") {
        Some((listed, hidden)) => (listed, hidden.strip_suffix(" hidden)").unwrap_or("?")),
        None => (rest.strip_suffix(" pids").unwrap_or("?"), "0"),
    };
    match (listed.parse::<u64>(), hidden.parse::<u64>()) {
        (Ok(listed), Ok(hidden)) if listed == shown => (listed << 32) | hidden,
        _ => u64::MAX,
    }
}

/// Numbers count, and do not tell of anything else: each context counts its own regions.
fn numbers(tap: &mut Tap) {
    let memory = Buffer::new(64);
    let devices = [Device::open(), Device::open()];
    for _ in 0..3 {
        for device in &devices {
            region::whole(device, memory.segment(), READ);
        }
    }
    let lines = listing(&statistics::text());
    let regions: Vec<String> = lines
        .into_iter()
        .filter(|line| line.starts_with("  Region"))
        .collect();
    let expected = ["00000001", "00000002", "00000003"].map(|number| format!("  Region {number}"));
    tap.proves("14.no-cookies");
    tap.check(
        "each context counts from 1",
        regions[..3] == expected && regions[3..] == expected,
    );
}

/// A long text, read in small pieces while regions come and go, is of one instant.
fn pieces(tap: &mut Tap) {
    const REGIONS: usize = 4000;
    let memory = Buffer::new(64);
    let device = Device::open();
    let cookies: Vec<Cookie> = (0..REGIONS)
        .map(|_| region::whole(&device, memory.segment(), READ))
        .collect();
    let done = AtomicBool::new(false);
    let outcome = thread::scope(|scope| {
        scope.spawn(|| {
            let mut cookies = cookies.into_iter();
            while !done.load(Ordering::Acquire) {
                if let Some(cookie) = cookies.next() {
                    let _ = region::destroy(&device, cookie);
                }
                region::whole(&device, memory.segment(), READ);
                thread::yield_now();
            }
        });
        let outcome = (0..5).try_for_each(|_| one_instant());
        done.store(true, Ordering::Release);
        outcome
    });
    tap.proves("14.pieces");
    tap.holds("5 long texts are each of one instant", outcome);
}

/// Reads all of the text in pieces of 100 bytes: numbers rise, and their count is right.
fn one_instant() -> Result<(), String> {
    let view = Device::open_with(libc::O_RDONLY).expect("the statistics open");
    let mut text = Vec::new();
    let mut piece = [0; 100];
    while let Ok(count @ 1..) = view.read(&mut piece) {
        text.extend_from_slice(&piece[..count]);
    }
    let text = String::from_utf8_lossy(&text).into_owned();
    if text.len() < 65_536 {
        return Err(format!("only {} bytes", text.len()));
    }
    let numbers: Vec<u32> = text
        .lines()
        .filter_map(|line| u32::from_str_radix(line.strip_prefix("  Region ")?, 16).ok())
        .collect();
    let rising = numbers.windows(2).all(|pair| pair[0] < pair[1]);
    let count = text.lines().rev().nth(1) == Some(&format!("  Listed {} regions", numbers.len()));
    if rising && count {
        Ok(())
    } else {
        Err(format!(
            "rising {rising}, count {count} of {}",
            numbers.len()
        ))
    }
}
