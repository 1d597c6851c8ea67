// SPDX-License-Identifier: BSD-3-Clause

//! One process: it shows regions to others, and copies from theirs in all ways.

use knem_check::prelude::*;
use knem_check::random::Random;
use knem_check::{events, old};

use crate::board::{Board, Offer, Tally, SHOWN, WORKERS};

/// The most bytes of a region.
const LONGEST: u64 = 256 << 10;
/// Slots that are used.
const SLOTS: u64 = 64;

/// What a copy comes to.
enum End {
    /// The bytes should be right now.
    Copied,
    /// The region is gone, there is no room, or the administrator forbids it.
    Refused,
    /// That must not be.
    Wrong(String),
}

/// A process at work.
struct Worker<'a> {
    board: &'a Board,
    number: usize,
    random: Random,
    device: Device,
    array: Array,
    /// The regions that are shown.
    own: [Option<(Buffer, Cookie)>; SHOWN],
    local: Buffer,
}

/// Works until it is killed.
pub fn work(board: &Board, number: usize, seed: u64) -> ! {
    let device = Device::open();
    let mut worker = Worker {
        array: Array::new(&device),
        local: Buffer::new(LONGEST as usize),
        random: Random::new(seed),
        own: [const { None }; SHOWN],
        board,
        number,
        device,
    };
    loop {
        worker.step();
    }
}

impl Worker<'_> {
    fn step(&mut self) {
        match self.random.below(16) {
            0 => self.renew(),
            1 => self.write_and_read(),
            2 => self.once(),
            _ => self.read_another(),
        }
    }

    /// Shows another region in the place of one.
    fn renew(&mut self) {
        let place = self.random.below(SHOWN as u64) as usize;
        if let Some((memory, cookie)) = self.own[place].take() {
            self.expect("destroy", region::destroy(&self.device, cookie));
            // Others may still copy from its pages, which are not written any more.
            drop(memory);
        }
        let (seed, length) = (self.random.any(), 1 + self.random.below(LONGEST));
        let memory = Buffer::filled(length as usize, seed);
        match region::create(&self.device, &[memory.segment()], READ, 0) {
            Ok(cookie) => {
                self.own[place] = Some((memory, cookie));
                let offer = Offer {
                    cookie,
                    seed,
                    length,
                };
                self.board.show(self.number, place, offer);
            }
            Err(Errno::ENOMEM) => self.board.count(Tally::Refused, 1),
            Err(error) => self.wrong(&format!("create: {error:?}")),
        }
    }

    /// Reads a part of what somebody shows.
    fn read_another(&mut self) {
        let worker = self.random.below(WORKERS as u64) as usize;
        let place = self.random.below(SHOWN as u64) as usize;
        let Some(offer) = self.board.look(worker, place) else {
            return;
        };
        let offset = self.random.below(offer.length);
        let length = 1 + self.random.below(offer.length - offset);
        let segments = self.pieces(length as usize);
        let read = Inline::read(offer.cookie, &segments)
            .offset(offset)
            .bound(length);
        let end = self.carry_out(read);
        self.judge("read", end, offer, offset as usize, length as usize);
    }

    /// The first bytes of the local buffer, in one piece or in some.
    fn pieces(&mut self, length: usize) -> Vec<Iovec> {
        let (mut pieces, mut at) = (Vec::new(), 0);
        let step = if self.random.one_in(2) {
            length
        } else {
            length.div_ceil(1 + self.random.below(40) as usize)
        };
        while at < length {
            let bytes = step.min(length - at);
            pieces.push(self.local.part(at, bytes));
            at += bytes;
        }
        pieces
    }

    /// Has a copy made in one of the ways that there are.
    fn carry_out(&mut self, copy: Inline<'_>) -> End {
        let slot = self.random.below(SLOTS) as u32;
        let thread = copy.flags(flag::MEMCPY_THREAD).slot(slot);
        match self.random.below(5) {
            0 => self.wait(thread, slot, false),
            1 => self.wait(
                thread.flags(flag::MEMCPY_THREAD | flag::NOTIFY_FD),
                slot,
                true,
            ),
            2 => ended(copy.flags(flag::PIN_LOCAL).run(&self.device)),
            _ => ended(copy.run(&self.device)),
        }
    }

    /// Waits for the end of a copy in the thread.
    fn wait(&self, copy: Inline<'_>, slot: u32, event: bool) -> End {
        match copy.run(&self.device) {
            PENDING => {
                let status = self.array.wait(slot as usize);
                let told = if event {
                    events::read(&self.device, 1)
                } else {
                    Ok(vec![slot])
                };
                match told {
                    Ok(told) if told == [slot] => ended(Ok(status)),
                    told => End::Wrong(format!("slot {slot}, but the events are {told:?}")),
                }
            }
            answer => ended(answer),
        }
    }

    /// Writes to a region of its own, and has it copied back through another.
    fn write_and_read(&mut self) {
        let (seed, length) = (self.random.any(), 1 + self.random.below(LONGEST) as usize);
        let source = Buffer::filled(length, seed);
        let [there, back] = [(); 2].map(|()| Buffer::new(length));
        let make = |memory: &Buffer| {
            region::create(&self.device, &[memory.segment()], READ_WRITE, 0).unwrap_or(0)
        };
        let (one, two) = (make(&there), make(&back));
        if one != 0 && two != 0 {
            let written = Inline::write(one, &[source.segment()]).run(&self.device);
            let copied = Between::new(one, two).run(&self.device);
            let right = back.matches("back", seed).is_ok();
            if (written, copied, right) == (SUCCESS, SUCCESS, true) {
                self.board.count(Tally::Copies, 2);
                self.board.count(Tally::Bytes, 2 * length as u64);
            } else {
                self.wrong(&format!("to and fro: {written:?}, {copied:?}, {right}"));
            }
        }
        for cookie in [one, two].into_iter().filter(|&cookie| cookie != 0) {
            self.expect("destroy", region::destroy(&self.device, cookie));
        }
    }

    /// Offers memory in the old way, and takes it once.
    fn once(&mut self) {
        let (seed, length) = (self.random.any(), 1 + self.random.below(LONGEST));
        let memory = Buffer::filled(length as usize, seed);
        let Ok(cookie) = old::send(&self.device, &[memory.segment()], 0) else {
            return self.board.count(Tally::Refused, 1);
        };
        let segments = [self.local.part(0, length as usize)];
        let end = ended(old::receive(&self.device, cookie, &segments, 0));
        let offer = Offer {
            cookie,
            seed,
            length,
        };
        self.judge("once", end, offer, 0, length as usize);
        let again = region::destroy(&self.device, cookie);
        if again != refused(Errno::EINVAL) {
            self.wrong(&format!("once more: {again:?}"));
        }
    }

    /// Verifies and counts.
    fn judge(&self, what: &str, end: End, offer: Offer, offset: usize, length: usize) {
        match end {
            End::Copied => {
                let all = pattern::bytes(offer.seed, offset + length);
                let got = self.local.bytes_at(0, length);
                match pattern::same(what, &got, &all[offset..]) {
                    Ok(()) => {
                        self.board.count(Tally::Copies, 1);
                        self.board.count(Tally::Bytes, length as u64);
                    }
                    Err(reason) => self.wrong(&reason),
                }
            }
            End::Refused => self.board.count(Tally::Refused, 1),
            End::Wrong(reason) => self.wrong(&format!("{what}: {reason}")),
        }
    }

    fn expect(&self, what: &str, answer: Result<(), Errno>) {
        if let Err(error) = answer {
            self.wrong(&format!("{what}: {error:?}"));
        }
    }

    fn wrong(&self, reason: &str) {
        println!("# worker {}: {reason}", self.number);
        self.board.count(Tally::Wrong, 1);
    }
}

/// How a copy ended, of what may be gone at any moment.
fn ended(answer: Outcome) -> End {
    match answer {
        SUCCESS => End::Copied,
        Err(Errno::EINVAL | Errno::EBUSY | Errno::ENOMEM) => End::Refused,
        answer => End::Wrong(format!("{answer:?}")),
    }
}
