// SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause

//! Which regions belong to a context.
//!
//! A context owns its regions as long as they can be found: from their creation until they are
//! retired. Their memory is unpinned when the last copy that uses it is over.

use super::{
    counters::{Counters, Sum},
    region::Region,
    Engine,
};
use crate::{
    host::{
        batch::SpareRoom,
        params,
        rcu::RcuOwner,
        task::{self, Kuid, Process},
        wait::{Sleep, WaitQueue},
        *,
    },
    logic::shelf::{Place, Shelf},
};

/// How many places for regions there are at first.
const FIRST: usize = 16;

/// The regions of one context, and whose they are.
#[pin_data]
pub(crate) struct Ownership {
    engine: Arc<Engine>,
    /// Counts the contexts since the module was loaded.
    number: u64,
    process: Option<Process>,
    /// The real user id of the thread that opened the context. It is that of all its regions, and
    /// does not follow later changes.
    uid: Kuid,
    spare_room: SpareRoom,
    #[pin]
    regions: Mutex<Regions>,
    /// Woken up when a region has ended.
    #[pin]
    ended: WaitQueue,
}

/// The regions that can be found.
struct Regions {
    shelf: Shelf<KVVec<Place<RcuOwner<Region>>>>,
    /// How many there are.
    live: usize,
    /// How many were created.
    created: u64,
}

impl Ownership {
    /// Owns nothing, on behalf of the calling thread.
    pub(super) fn new(engine: Arc<Engine>, number: u64) -> Result<Arc<Self>> {
        let regions = Regions {
            shelf: Shelf::new(KVVec::new()),
            live: 0,
            created: 0,
        };
        Arc::pin_init(
            pin_init!(Self {
                engine,
                number,
                process: Process::of_caller(),
                uid: task::uid(),
                spare_room: SpareRoom::new(),
                regions <- new_mutex!(regions, "Ownership::regions"),
                ended <- WaitQueue::new(),
            }),
            for_caller(),
        )
    }

    /// The engine of the context.
    pub(crate) fn engine(&self) -> &Engine {
        &self.engine
    }

    /// The counters of the engine.
    pub(super) fn counters(&self) -> &Counters {
        &self.engine.counters
    }

    /// The number of the context.
    pub(crate) fn number(&self) -> u64 {
        self.number
    }

    /// The user to whom the regions belong.
    pub(super) fn uid(&self) -> Kuid {
        self.uid
    }

    /// Memory in which pages are pinned.
    pub(super) fn spare_room(&self) -> &SpareRoom {
        &self.spare_room
    }

    /// The process that opened the context, as the caller sees it; 0 if it does not see it.
    pub(super) fn process_number(&self) -> i32 {
        self.process.as_ref().map_or(0, Process::number)
    }

    /// Adds a new region, which can be found from now on.
    ///
    /// # Errors
    ///
    /// [`ENOMEM`] also if the context has as many as it may have.
    pub(super) fn add(&self, region: RcuOwner<Region>) -> Result {
        let mut regions = self.regions.lock();
        if regions.live >= params::most_regions() {
            return Err(ENOMEM);
        }
        let place = match regions.shelf.free() {
            Some(place) => place,
            None => regions.extend()?,
        };
        regions.created += 1;
        regions.live += 1;
        self.counters().add(Sum::RegionsCreated, 1);
        region.place.enter(regions.created, place);
        regions.shelf.put(region).map_err(|_| EINVAL)
    }

    /// From now on a region of this context cannot be found any more. Of several callers, one is
    /// told so.
    pub(super) fn retire(&self, region: &Region) -> bool {
        let retired = {
            let mut regions = self.regions.lock();
            let place = region.place.find();
            place.and_then(|place| regions.take(place))
        };
        // What this gives up is given up after the lock is released.
        retired.is_some()
    }

    /// Retires all regions. Nobody adds any more.
    pub(super) fn retire_all(&self) {
        let places = self.regions.lock().shelf.places();
        for place in 0..places {
            let retired = self.regions.lock().take(place);
            drop(retired);
            task::reschedule();
        }
    }

    /// Numbers of the regions that can be found, in the order of their creation, and whether they are
    /// for a single use.
    pub(super) fn list(&self) -> Result<KVVec<(u64, bool)>> {
        let regions = self.regions.lock();
        let mut list = KVVec::new();
        for region in regions.shelf.things() {
            let entry = (region.place.number(), region.flags.single_use());
            list.push(entry, for_caller())?;
        }
        drop(regions);
        list.sort_unstable();
        Ok(list)
    }

    /// A region of this context has ended.
    pub(super) fn tell_end(&self) {
        self.counters().add(Sum::RegionsEnded, 1);
        self.ended.wake();
    }

    /// Waits until a region of this context has ended, as `ended` says.
    ///
    /// # Errors
    ///
    /// [`EINTR`] if a signal came first.
    pub(super) fn wait_for_end(&self, ended: impl FnMut() -> bool) -> Result {
        self.ended.sleep(Sleep::Interruptible, ended)
    }
}

impl Regions {
    /// Makes the shelf larger, and tells the first free place.
    fn extend(&mut self) -> Result<usize> {
        let places = self.shelf.places();
        let mut larger = KVVec::new();
        for _ in 0..places.saturating_mul(2).max(FIRST) {
            larger.push(Place::default(), for_caller())?;
        }
        drop(self.shelf.move_to(larger));
        Ok(places)
    }

    /// Takes out the region in a place: it can be found no more.
    fn take(&mut self, place: usize) -> Option<RcuOwner<Region>> {
        let region = self.shelf.take(place)?;
        region.place.leave();
        self.live -= 1;
        Some(region)
    }
}
