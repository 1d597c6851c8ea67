// SPDX-License-Identifier: BSD-3-Clause

//! Reliability §2: requests full of garbage, from several threads, while others change the blocks and
//! take away the pages that the kernel reads and writes, do no harm: no crash, no page left pinned, and
//! the device still works.

use knem_check::file;
use knem_check::prelude::*;
use knem_check::random::Random;
use std::os::fd::AsRawFd;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

fn main() -> ExitCode {
    tap::run(env!("CARGO_BIN_NAME"), check)
}

const SPAN: Duration = Duration::from_secs(3);
const ARENA: usize = 64 * PAGE;
/// From here on, addresses are the kernel's.
const KERNEL: u64 = 0xffff_8000_0000_0000;
/// Requests that copy, create and destroy; any other number comes from time to time.
const REQUESTS: [u32; 18] = [
    knem_abi::request::GET_INFO,
    knem_abi::request::CREATE_REGION,
    knem_abi::request::CREATE_REGION,
    knem_abi::request::DESTROY_REGION,
    knem_abi::request::COPY,
    knem_abi::request::INLINE_COPY,
    knem_abi::request::COPY_BOUNDED,
    knem_abi::request::INLINE_COPY_BOUNDED,
    knem_abi::request::BIND_OFFLOAD,
    knem_abi::request::INIT_SEND,
    knem_abi::request::INIT_ASYNC_RECV,
    knem_abi::request::SYNC_RECV,
    knem_abi::request::COPY_COUNTED,
    knem_abi::request::INLINE_COPY_COUNTED,
    knem_abi::request::DESTROY_REGION_WAIT,
    knem_abi::request::GET_STATISTICS,
    // Once more, to make up for what fails early.
    knem_abi::request::INLINE_COPY,
    knem_abi::request::COPY,
];

fn check(tap: &mut Tap) {
    let base = pins::outstanding();
    let seed = Random::seed();
    tap.note(&format!("seed {seed:#x}"));
    // In a child: whatever happens to its memory stays there.
    let mut peer = Peer::spawn(|channel| channel.tell(storm(seed)));
    let calls: u64 = peer.hear();
    tap.equal(
        "the process that made the calls ended by itself",
        peer.wait(),
        End::Exited(0),
    );
    tap.check("it made thousands of calls", calls > 2000);
    tap.note(&format!("{calls} calls"));
    tap.equal("nothing stays pinned", pins::settle(base), base);
    let (memory, local) = (Buffer::filled(PAGE, 1), Buffer::new(PAGE));
    let device = Device::open();
    let cookie = region::whole(&device, memory.segment(), READ);
    tap.works(
        "the device works",
        Inline::read(cookie, &[local.segment()]).run(&device),
    );
    tap.holds("as ever", local.matches("local", 1));
}

/// Memory that is seen at two places: from one it can always be changed, and at the other its pages
/// come and go.
struct Arena {
    firm: Buffer,
    shaky: Buffer,
}

impl Arena {
    fn new() -> Arena {
        let file = file::in_memory(ARENA);
        let map = || Buffer::of_file(file.as_raw_fd(), ARENA, true).expect("memory can be mapped");
        let (firm, shaky) = (map(), map());
        Arena { firm, shaky }
    }

    /// What the kernel is told of a place.
    fn address(&self, random: &mut Random, at: u64) -> u64 {
        random.pick(&[&self.firm, &self.shaky]).address() + at
    }

    /// Makes a page unreadable, read-only, empty or gone from the tables; mostly usable again.
    fn shake(&self, random: &mut Random) {
        let at = random.below((ARENA / PAGE) as u64) as usize * PAGE;
        match random.below(8) {
            0 => self.shaky.protect(at, PAGE, libc::PROT_NONE),
            1 => self.shaky.protect(at, PAGE, libc::PROT_READ),
            2 => self.advise(at, libc::MADV_DONTNEED),
            3 => self.advise(at, libc::MADV_REMOVE),
            _ => self
                .shaky
                .protect(at, PAGE, libc::PROT_READ | libc::PROT_WRITE),
        }
    }

    /// The kernel may refuse: a page that must not be written cannot be emptied.
    fn advise(&self, at: usize, advice: i32) {
        let _ = self.shaky.advise(at, PAGE, advice);
    }
}

/// Three threads that call, and two that change everything under them; answers how many calls.
fn storm(seed: u64) -> u64 {
    let arena = Arena::new();
    let devices = [Device::open(), Device::open()];
    // With arrays, so that requests are queued as well.
    let _arrays = devices.each_ref().map(Array::new);
    devices
        .iter()
        .for_each(|device| device.set_nonblocking(true));
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        let (arena, done) = (&arena, &done);
        let callers: Vec<_> = (1..=3)
            .map(|i| {
                let device = &devices[i % 2];
                scope.spawn(move || calls(device, arena, Random::new(seed + i as u64)))
            })
            .collect();
        scope.spawn(move || {
            let mut random = Random::new(seed);
            while !done.load(Ordering::Acquire) {
                arena
                    .firm
                    .put(place(&mut random), &random.any().to_ne_bytes()[..4]);
            }
        });
        scope.spawn(move || {
            let mut random = Random::new(!seed);
            while !done.load(Ordering::Acquire) {
                arena.shake(&mut random);
            }
        });
        let count = callers
            .into_iter()
            .map(|caller| caller.join().expect("no panic"))
            .sum();
        done.store(true, Ordering::Release);
        count
    })
}

fn place(random: &mut Random) -> usize {
    random.below(ARENA as u64 / 8) as usize * 8
}

/// Puts blocks of half-sensible words into the arena and gives them to the device.
fn calls(device: &Device, arena: &Arena, mut random: Random) -> u64 {
    let start = Instant::now();
    let mut cookies = [0; 8];
    let mut count = 0;
    while start.elapsed() < SPAN {
        let at = place(&mut random).min(ARENA - 64);
        for word in 0..8 {
            let value = word_of(&mut random, arena, &cookies);
            arena.firm.put(at + 8 * word, &value.to_ne_bytes());
        }
        let request = if random.one_in(20) {
            random.any() as u32
        } else {
            random.pick(&REQUESTS)
        };
        let address = if random.one_in(30) {
            word_of(&mut random, arena, &cookies)
        } else {
            arena.address(&mut random, at as u64)
        };
        let answer = device.call_at(request, address);
        if answer.is_ok() && request == knem_abi::request::CREATE_REGION {
            let bytes = [0, 1, 2, 3, 4, 5, 6, 7].map(|i| arena.firm.byte(at + 24 + i));
            cookies[random.below(8) as usize] = u64::from_ne_bytes(bytes);
        }
        if random.one_in(16) {
            // Events go anywhere, too.
            let to = place(&mut random) as u64 + 1;
            let _ = device.read_at(arena.address(&mut random, to), 256);
        }
        count += 1;
    }
    count
}

/// An address, of the kernel, too, a length, a cookie, a small number, or anything.
fn word_of(random: &mut Random, arena: &Arena, cookies: &[Cookie]) -> u64 {
    match random.below(9) {
        0 | 1 => {
            let at = random.below(ARENA as u64);
            arena.address(random, at)
        }
        2 => random.pick(cookies),
        3 => random.below(5) | (random.below(4) << 32),
        4 => random.below(ARENA as u64),
        5 => random.below(64) | (random.below(0xb2) << 32),
        6 => u64::MAX - random.below(4096),
        7 => KERNEL + random.below(1 << 40),
        _ => random.any(),
    }
}
