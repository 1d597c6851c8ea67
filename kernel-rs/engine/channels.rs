// SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause

//! The DMA channels.

use core::fmt;

use super::request::Request;
use crate::{
    host::{
        dmaengine::{self, Channel, Transfers},
        ordering::Relaxed,
        *,
    },
    logic::dma::{self, Limits},
};

/// The most channels taken from one node.
const MOST_PER_NODE: usize = 8;

/// The most channels taken.
const MOST: usize = 32;

/// Some channels.
#[pin_data(PinnedDrop)]
pub(super) struct Channels {
    list: KVec<Arc<Channel>>,
    /// What all of them can do.
    pub(super) limits: Limits,
    /// Where the next copy starts to choose.
    turn: Atomic<usize>,
    /// Copies that are over for their callers, but not for hardware that cannot be stopped.
    #[pin]
    stranded: Mutex<Option<KBox<Strandable>>>,
}

/// The transfers of a copy, which may have to outlast it.
pub(super) struct Strandable {
    pub(super) transfers: Transfers<Request<'static>>,
    next: Option<KBox<Strandable>>,
}

impl Strandable {
    /// No transfers yet, and at most so many at once.
    pub(super) fn new(places: usize) -> Result<KBox<Self>> {
        let transfers = Transfers::new(places)?;
        let next = None;
        Ok(KBox::new(Self { transfers, next }, for_caller())?)
    }
}

/// The channels of one copy.
pub(super) type Choice = [Option<Arc<Channel>>; dma::MOST_CHANNELS];

impl Channels {
    /// Takes channels of every node.
    ///
    /// # Errors
    ///
    /// [`ENODEV`] if there are none, [`ENOMEM`].
    pub(super) fn take() -> Result<Arc<Self>> {
        let mut list: KVec<Arc<Channel>> = KVec::new();
        while list.len() < MOST {
            let few = |node| list.iter().filter(|one| one.node() == node).count() < MOST_PER_NODE;
            let Some(channel) = Channel::request(few)? else {
                break;
            };
            list.push(channel, GFP_KERNEL)?;
        }
        let limits = list.iter().map(|channel| channel.limits());
        let limits = limits.reduce(Limits::strictest).ok_or(ENODEV)?;
        Arc::pin_init(
            pin_init!(Self {
                list,
                limits,
                turn: Atomic::new(0),
                stranded <- new_mutex!(None, "Channels::stranded"),
            }),
            GFP_KERNEL,
        )
    }

    /// Whether one is in service.
    pub(super) fn any(&self) -> bool {
        self.list.iter().any(|channel| channel.in_service())
    }

    /// Chooses channels for a copy of so many bytes, near ones if there are any, and tells how many.
    pub(super) fn choose(&self, length: u64, choice: &mut Choice) -> usize {
        let here = dmaengine::node();
        let is_near = |channel: &Channel| dma::is_near(channel.node(), here);
        let serving = || self.list.iter().filter(|channel| channel.in_service());
        let any_near = serving().any(|channel| is_near(channel));
        let eligible = || serving().filter(|channel| !any_near || is_near(channel));
        let there = eligible().count();
        let wanted = dma::channels_for(length, there);
        let start = self.turn.fetch_add(wanted, Relaxed) % there.max(1);
        let twice = (0..2).flat_map(|_| eligible()).skip(start);
        let mut chosen = 0;
        for (place, channel) in choice.iter_mut().zip(twice.take(wanted)) {
            *place = Some(channel.clone());
            chosen += 1;
        }
        chosen
    }

    /// Keeps the transfers of a copy until all channels are given back.
    pub(super) fn strand(&self, mut transfers: KBox<Strandable>) {
        let mut stranded = self.stranded.lock();
        transfers.next = stranded.take();
        *stranded = Some(transfers);
    }
}

/// The names of those in service, each after a blank.
impl fmt::Display for Channels {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for channel in self.list.iter().filter(|channel| channel.in_service()) {
            write!(out, " {channel:?}")?;
        }
        Ok(())
    }
}

#[pinned_drop]
impl PinnedDrop for Channels {
    fn drop(self: Pin<&mut Self>) {
        // Their drivers end what is under way; only then does the memory go.
        for channel in self.list.iter() {
            channel.release();
        }
        let mut stranded = self.stranded.lock().take();
        while let Some(mut first) = stranded {
            stranded = first.next.take();
        }
    }
}
