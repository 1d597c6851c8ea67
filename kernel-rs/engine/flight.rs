// SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause

//! A copy by DMA channels.
//!
//! Whoever drives a flight, the call or a thread, gives pieces to the channels as long as these have
//! room, copies what is not for them, and sleeps until transfers land. Each transfer calls when it
//! has; each channel is started once for all that it was given in one go.

use super::{
    channels::{Channels, Choice, Strandable},
    completion::{By, Outcome},
    copy,
    counters::Sum,
    request::Request,
};
use crate::{
    host::{
        dmaengine::{Channel, Refusal},
        params, task,
        wait::{Sleep, Woken},
        *,
    },
    logic::{
        cursor::Position,
        dma::{Cutter, Piece, MOST_CHANNELS},
    },
};

/// The most transfers of one copy at once.
const PLACES: usize = 64;

/// The most bytes that are under way at once: a copy that is given up waits for as many.
const UNDER_WAY: u64 = 16 << 20;

/// How many milliseconds pass until channels that had no room are asked again.
const NAP: u32 = 1;

/// How many times an idle channel is asked that has no room.
const ATTEMPTS: u32 = 20;

/// What a flight needs, allocated early.
pub(super) struct Runway {
    channels: Arc<Channels>,
    transfers: KBox<Strandable>,
}

impl Runway {
    /// For a copy by these channels.
    ///
    /// # Errors
    ///
    /// [`ENOMEM`].
    pub(super) fn new(channels: &Arc<Channels>) -> Result<Self> {
        Ok(Self {
            channels: channels.clone(),
            transfers: Strandable::new(PLACES)?,
        })
    }

    /// A flight that was not started yet, if all memory of the request is pinned.
    pub(super) fn flight(mut self, request: Request<'_>, length: u64) -> Option<Flight> {
        self.transfers.transfers.keep(request.detach()?);
        let mut choice = Choice::default();
        let count = self.channels.choose(length, &mut choice);
        let cutter = Cutter::new(self.channels.limits, params::dma_small(), length, count);
        Some(Flight {
            channels: self.channels,
            transfers: Some(self.transfers),
            choice,
            out_of_service: [false; MOST_CHANNELS],
            next: 0,
            cutter,
            length,
            given: 0,
            under_way: 0,
            by_cpu: 0,
            by_dma: 0,
            naps: 0,
            halted: false,
        })
    }
}

/// A copy by DMA channels, in any state.
pub(super) struct Flight {
    channels: Arc<Channels>,
    /// [`None`] if they had to be left behind.
    transfers: Option<KBox<Strandable>>,
    choice: Choice,
    /// Which of them take nothing any more.
    out_of_service: [bool; MOST_CHANNELS],
    /// Whose turn it is.
    next: usize,
    cutter: Cutter,
    length: u64,
    /// How many bytes are copied, or given to channels.
    given: u64,
    /// How many bytes the channels have.
    under_way: u64,
    by_cpu: u64,
    by_dma: u64,
    /// How often it waited for channels that have nothing of it, and no room.
    naps: u32,
    /// Nothing further is copied.
    halted: bool,
}

impl Flight {
    /// Starts without waiting, and tells whether it is over already.
    pub(super) fn start(&mut self, given_up: impl Fn() -> bool) -> bool {
        self.advance(&given_up);
        self.is_over()
    }

    /// Carries it out to its end. Even if it is given up it ends only with its last transfer.
    pub(super) fn finish(&mut self, given_up: impl Fn() -> bool) {
        while !self.is_over() {
            self.halted |= given_up();
            self.advance(&given_up);
            if !self.is_over() {
                self.wait();
            }
        }
    }

    /// How it ended, and who copied how much, its driver being in this place.
    pub(super) fn outcome(&self, place: Sum) -> (By, Outcome) {
        let outcome = Outcome::new(self.by_cpu + self.by_dma, self.length);
        (By::Dma(self.by_dma, place), outcome)
    }

    fn is_over(&self) -> bool {
        self.is_idle() && (self.halted || self.given == self.length)
    }

    /// Whether the channels have nothing of it.
    fn is_idle(&self) -> bool {
        let transfers = self.transfers.as_ref();
        transfers.is_none_or(|own| own.transfers.count() == 0)
    }

    /// Settles what has landed, and gives the channels what they have room for.
    fn advance(&mut self, given_up: &impl Fn() -> bool) {
        let Some(own) = &mut self.transfers else {
            return;
        };
        let landed = own.transfers.settle();
        self.under_way -= landed.arrived + landed.broken;
        self.by_dma += landed.arrived;
        self.halted |= landed.broken > 0;
        let mut touched = [false; MOST_CHANNELS];
        while !self.halted && self.given < self.length && self.under_way < UNDER_WAY {
            if !self.give(&mut touched, given_up) {
                break;
            }
            task::reschedule();
        }
        for (channel, touched) in self.choice.iter().zip(touched) {
            if let (Some(channel), true) = (channel, touched) {
                channel.issue();
            }
        }
    }

    /// Copies the next piece or gives it to a channel; false if there is no room.
    fn give(&mut self, touched: &mut [bool], given_up: &impl Fn() -> bool) -> bool {
        let kept = self.transfers.as_ref().and_then(|own| own.transfers.kept());
        let Some((source, target)) = kept.and_then(|request| request.positions(self.given)) else {
            self.halted = true;
            return false;
        };
        let ahead = source.ahead().min(target.ahead());
        let ahead = ahead.min(self.length - self.given);
        match self.cutter.next(source.address(), target.address(), ahead) {
            Piece::Channel(bytes) => self.give_to_channel(bytes, touched),
            Piece::Cpu(bytes) => {
                let copied = copy::between(source, target, bytes, given_up);
                self.by_cpu += copied;
                self.given += copied;
                self.halted |= copied < bytes;
                true
            }
        }
    }

    /// Gives so many bytes to the first channel that has room; false if none has.
    fn give_to_channel(&mut self, bytes: u64, touched: &mut [bool]) -> bool {
        let Some(own) = &mut self.transfers else {
            return false;
        };
        let mut full = false;
        for turn in 0..self.choice.len() {
            let index = (self.next + turn) % self.choice.len();
            let Some(channel) = &self.choice[index] else {
                continue;
            };
            if self.out_of_service[index] {
                continue;
            }
            let given = self.given;
            let answer = own
                .transfers
                .submit(channel, bytes, |request| request.positions(given));
            match answer {
                Ok(()) => {
                    self.given += bytes;
                    self.under_way += bytes;
                    self.next = index + 1;
                    self.naps = 0;
                    touched[index] = true;
                    return true;
                }
                Err(Refusal::NoRoom) => full = true,
                Err(Refusal::OutOfService) => self.out_of_service[index] = true,
                Err(Refusal::Unwanted) => break,
            }
        }
        // Nobody takes it, nor ever will.
        self.halted |= !full;
        false
    }

    /// Waits for a sign of life of the channels.
    fn wait(&mut self) {
        // What is under way must land even if the caller is to die.
        let sleep = if self.halted || task::is_dying() {
            Sleep::Idle
        } else {
            Sleep::Killable
        };
        let Some(own) = &self.transfers else {
            return;
        };
        let count = own.transfers.count();
        if count == 0 {
            own.transfers.wait(1, sleep, NAP);
            self.naps += 1;
            self.halted |= self.naps > self.most_naps();
            return;
        }
        let landings = |channel: &Option<Arc<Channel>>| channel.as_ref().map(|one| one.landings());
        let before = self.choice.each_ref().map(landings);
        // Half of them, if more is to be given then.
        let enough = if self.halted || self.given == self.length {
            count
        } else {
            count.div_ceil(2)
        };
        if own.transfers.wait(enough, sleep, params::dma_patience()) == Woken::Time {
            for (index, before) in before.into_iter().enumerate() {
                if landings(&self.choice[index]) == before {
                    self.doubt(index);
                }
            }
        }
    }

    /// How often to wait for channels that have no room: longer if others use them.
    fn most_naps(&self) -> u32 {
        let channels = self.choice.iter().flatten();
        if channels.into_iter().any(|channel| channel.is_busy()) {
            params::dma_patience() / NAP
        } else {
            ATTEMPTS
        }
    }

    /// A channel has given no sign of life for too long: if it has something of this copy, nobody uses
    /// it any more.
    #[cold]
    fn doubt(&mut self, index: usize) {
        let (Some(own), Some(channel)) = (&mut self.transfers, &self.choice[index]) else {
            return;
        };
        if !own.transfers.are_with(channel) {
            return;
        }
        if !own.transfers.ask(channel) && channel.retire() {
            pr_warn!("DMA channel {channel:?} gives no sign of life and is not used any more\n");
        }
        if channel.is_lost() {
            // For the caller the copy is over; its memory stays for the hardware.
            self.halted = true;
            if let Some(own) = self.transfers.take() {
                self.channels.strand(own);
            }
        }
    }
}
