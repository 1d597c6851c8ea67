// SPDX-License-Identifier: BSD-3-Clause

//! The state that the contract says: files, regions, memory, slots, events, counters.

use std::collections::VecDeque;

use knem_abi::{status, Cookie, Counter, Statistics, SIZE_BUCKETS};

use super::arena::{self, Memory, Movement, Segment};
use super::call::{FileId, Handle, Mode, Request};
use super::pending::{Pending, Queue};
use super::plan::{Fate, Order, Plan};
use crate::memory::PAGE;
use crate::user::ALICE;

/// The real users of the actors.
pub const USERS: [u32; arena::ACTORS] = [0, ALICE, ALICE];

/// A descriptor.
pub struct Descriptor {
    /// Who has it.
    pub actor: usize,
    /// What it leads to.
    pub file: FileId,
    /// Whether it is open.
    pub open: bool,
}

/// An event that is queued, or is going to be.
pub struct Event {
    /// What a reader gets.
    pub index: u32,
    /// The serial number of the queued copy that it tells of.
    pub copy: Option<u64>,
}

/// A status array.
pub struct Array {
    /// What the slots hold, or are going to hold.
    pub slots: Vec<u8>,
    /// Who has it mapped.
    pub mapped: Option<usize>,
    /// What was not read yet.
    pub events: VecDeque<Event>,
    /// How many of the events are there for sure.
    pub certain: usize,
}

/// An open file.
pub struct File {
    /// How it was opened.
    pub mode: Mode,
    /// By whom.
    pub uid: u32,
    /// Whether a request was given.
    pub requested: bool,
    /// Descriptors that lead to it.
    pub descriptors: usize,
    /// Its status array.
    pub array: Option<Array>,
    /// Whether anything still refers to it.
    pub alive: bool,
}

/// A region.
pub struct Region {
    /// Its name, as soon as it is known.
    pub cookie: Cookie,
    /// The context.
    pub file: FileId,
    /// Whose memory.
    pub actor: usize,
    /// The memory.
    pub segments: Vec<Segment>,
    /// What others may do.
    pub protection: u32,
    /// Consumed by the first use.
    pub single_use: bool,
    /// Open to all users.
    pub any_user: bool,
    /// Whether it can be found.
    pub alive: bool,
    /// Whether a copy in a thread may still use it.
    pub lingers: bool,
}

/// Everything.
pub struct World {
    /// All bytes.
    pub memory: Memory,
    /// All files ever opened.
    pub files: Vec<File>,
    /// All descriptors ever had.
    pub descriptors: Vec<Descriptor>,
    /// All regions ever created.
    pub regions: Vec<Region>,
    /// Copies in threads.
    pub queue: Queue,
    /// Whether a thread may still have to count something.
    pub unsettled: bool,
    /// The statistics that the module shows if all is settled; gauges are added when compared.
    tally: Statistics,
    /// The gauges at the start.
    gauges: Statistics,
}

impl World {
    /// Nothing happened yet, and the statistics show this.
    pub fn new(start: Statistics) -> World {
        World {
            memory: Memory::default(),
            files: Vec::new(),
            descriptors: Vec::new(),
            regions: Vec::new(),
            queue: Queue::default(),
            unsettled: false,
            tally: start,
            gauges: start,
        }
    }

    /// Who an actor is.
    pub fn uid(&self, actor: usize) -> u32 {
        USERS[actor]
    }

    /// The region that a cookie names.
    pub fn find(&self, cookie: Cookie) -> Option<usize> {
        self.regions
            .iter()
            .position(|region| region.alive && region.cookie == cookie)
    }

    /// The descriptors that are open.
    pub fn open_descriptors(&self) -> Vec<Handle> {
        (0..self.descriptors.len())
            .filter(|&handle| self.descriptors[handle].open)
            .collect()
    }

    /// The files whose status array somebody has mapped.
    pub fn mapped_files(&self) -> Vec<FileId> {
        let is_mapped = |file: &File| {
            file.array
                .as_ref()
                .is_some_and(|array| array.mapped.is_some())
        };
        (0..self.files.len())
            .filter(|&id| is_mapped(&self.files[id]))
            .collect()
    }

    /// A new descriptor of a file.
    pub(super) fn add_descriptor(&mut self, actor: usize, file: FileId) {
        self.files[file].descriptors += 1;
        self.descriptors.push(Descriptor {
            actor,
            file,
            open: true,
        });
    }

    /// Ends a file to which nothing refers any more: by then everything queued has been executed.
    pub(super) fn release_unused(&mut self, file: FileId) {
        let mapped = self.mapped_files().contains(&file);
        if self.files[file].descriptors > 0 || mapped || !self.files[file].alive {
            return;
        }
        self.files[file].alive = false;
        for region in &mut self.regions {
            region.alive &= region.file != file;
        }
        self.queue.finish(file, u64::MAX);
    }

    /// Does what a copy does; of one that fails, all but the copying.
    pub(super) fn carry_out(&mut self, file: FileId, order: &Order, plan: &Plan) {
        for &counter in &plan.counters {
            self.tally.counters[counter as usize] += 1;
        }
        self.tally.failed_busy += u64::from(plan.busy);
        for &region in &plan.consumed {
            self.regions[region].alive = false;
        }
        if let (Some((slot, value)), Some(array)) = (plan.slot, &mut self.files[file].array) {
            array.slots[slot] = value;
        }
        let queued = plan.fate == Ok(Fate::Queued);
        let copy = queued.then(|| self.enqueue(file, plan));
        if plan.event {
            self.add_event(file, order.index, copy);
        }
        match (plan.fate, &plan.movement) {
            (Ok(Fate::Failed) | Err(_), _) | (_, None) => (),
            (_, Some(movement)) => self.end(movement, queued),
        }
    }

    fn enqueue(&mut self, file: FileId, plan: &Plan) -> u64 {
        self.unsettled = true;
        for &region in &plan.regions {
            self.regions[region].lingers = true;
        }
        let movement = plan.movement.as_ref();
        self.queue.add(Pending {
            serial: 0,
            shared: false,
            file,
            slot: plan.slot.map_or(0, |(slot, _)| slot),
            reads: movement.map(Movement::reads).unwrap_or_default(),
            writes: movement.map(Movement::writes).unwrap_or_default(),
            regions: plan.regions.clone(),
        })
    }

    fn add_event(&mut self, file: FileId, index: u32, copy: Option<u64>) {
        if let Some(array) = &mut self.files[file].array {
            // An event that is there for sure never comes after one that is not: see `must_wait`.
            array.certain += usize::from(copy.is_none());
            array.events.push_back(Event { index, copy });
        }
    }

    /// Moves the bytes of a copy, and counts it as ended.
    pub(super) fn end(&mut self, movement: &Movement, queued: bool) {
        self.memory.copy(movement);
        let bytes = if queued {
            &mut self.tally.bytes_thread
        } else {
            &mut self.tally.bytes_call
        };
        *bytes += movement.count;
        self.tally.copy_sizes[bucket(movement.count)] += 1;
    }

    /// A region is there.
    pub(super) fn count_region(&mut self) {
        self.tally.regions_created += 1;
    }

    /// The statistics are cleared.
    pub(super) fn clear_statistics(&mut self) {
        self.tally = Statistics::default();
    }

    /// All bytes have arrived and are counted. Slots and events may still lag behind: what proves
    /// them is in [`World::prove`].
    pub fn settle(&mut self) {
        self.queue.arrive();
        self.unsettled = false;
        for region in self.regions.iter_mut().filter(|region| !region.alive) {
            region.lingers = false;
        }
    }

    /// A copy in a thread is over: its slot is final, and that of all earlier ones of its context,
    /// and their events are there. So is its own if `told`.
    pub(super) fn prove(&mut self, file: FileId, serial: u64, told: bool) {
        self.queue.finish(file, serial);
        if let Some(array) = &mut self.files[file].array {
            let before = |event: &&Event| {
                let earlier = |copy| copy < serial || told && copy == serial;
                event.copy.is_none_or(earlier)
            };
            let proven = array.events.iter().take_while(before).count();
            array.certain = array.certain.max(proven);
        }
    }

    /// All copies that use a region are over.
    pub(super) fn prove_unused(&mut self, region: usize) {
        for (file, serial) in self.queue.users(region) {
            self.prove(file, serial, false);
        }
    }

    /// Whether some of the slots of a context still show copies that are not over.
    pub fn shows_running(&self, file: FileId, slots: &[u8]) -> bool {
        self.queue
            .of(file)
            .any(|copy| slots.get(copy.slot) == Some(&status::PENDING))
    }

    /// How many events a context has, if some may not be there yet.
    pub fn uncertain_events(&self, file: FileId) -> Option<usize> {
        let array = self.files[file].array.as_ref()?;
        let count = array.events.len();
        (count > array.certain).then_some(count)
    }

    /// Bytes that were copied in calls.
    pub fn bytes_call(&self) -> u64 {
        self.tally.bytes_call
    }

    /// The counters of the text.
    pub fn counters(&self) -> [u64; Counter::ALL.len()] {
        self.tally.counters
    }

    /// What the statistics show when all is settled.
    pub fn statistics(&self) -> Statistics {
        let contexts = self
            .files
            .iter()
            .filter(|file| file.alive && file.mode != Mode::Read);
        let regions = || self.regions.iter().filter(|region| region.alive);
        let pages: u64 = regions().map(|region| arena::pages(&region.segments)).sum();
        Statistics {
            contexts: self.gauges.contexts + contexts.count() as u64,
            regions: self.gauges.regions + regions().count() as u64,
            queued: self.gauges.queued,
            pinned_bytes: self.gauges.pinned_bytes + pages * PAGE as u64,
            ..self.tally
        }
    }

    /// Compares all that cannot be otherwise whatever the threads are doing.
    ///
    /// # Errors
    /// What differs.
    pub fn compare_statistics(&self, got: &Statistics) -> Result<(), String> {
        let expected = self.statistics();
        let (bytes_thread, copy_sizes) = if self.unsettled {
            (got.bytes_thread, got.copy_sizes)
        } else {
            (expected.bytes_thread, expected.copy_sizes)
        };
        // Memory may be unpinned a moment after the call that ended its use.
        same_statistics(
            got,
            &Statistics {
                bytes_thread,
                copy_sizes,
                contexts: got.contexts,
                regions: got.regions,
                queued: got.queued,
                pinned_bytes: got.pinned_bytes,
                ..expected
            },
        )
    }
}

/// Compares statistics.
///
/// # Errors
/// Every value that differs.
pub fn same_statistics(got: &Statistics, expected: &Statistics) -> Result<(), String> {
    let counters = (0..Counter::ALL.len()).map(|i| {
        let label = Counter::ALL[i].label().to_string();
        (label, got.counters[i], expected.counters[i])
    });
    let sizes = (0..SIZE_BUCKETS).map(|i| {
        let label = format!("copy_sizes[{i}]");
        (label, got.copy_sizes[i], expected.copy_sizes[i])
    });
    let values = |all: &Statistics| {
        [
            ("failed_busy", all.failed_busy),
            ("regions_created", all.regions_created),
            ("bytes_call", all.bytes_call),
            ("bytes_thread", all.bytes_thread),
            ("bytes_dma", all.bytes_dma),
            ("contexts", all.contexts),
            ("regions", all.regions),
            ("queued", all.queued),
            ("pinned_bytes", all.pinned_bytes),
        ]
    };
    let others = values(got).into_iter().zip(values(expected));
    let others = others.map(|((label, got), (_, expected))| (label.to_string(), got, expected));
    let wrong: Vec<_> = counters
        .chain(sizes)
        .chain(others)
        .filter(|(_, got, expected)| got != expected)
        .map(|(label, got, expected)| format!("{label} is {got}, expected {expected}"))
        .collect();
    if wrong.is_empty() {
        Ok(())
    } else {
        Err(wrong.join("; "))
    }
}

/// Where a copy of so many bytes is counted.
fn bucket(bytes: u64) -> usize {
    ((u64::BITS - bytes.leading_zeros()) as usize).min(SIZE_BUCKETS - 1)
}

/// Whether a request gets as far as a file that only shows the statistics.
pub(super) fn is_for_all_modes(request: &Request) -> bool {
    matches!(
        request,
        Request::Statistics(..) | Request::BadBlock(knem_abi::request::GET_STATISTICS)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_fall_between_powers_of_two() {
        let sizes = [0, 1, 2, 3, 4, 1 << 62, u64::MAX];
        assert_eq!(sizes.map(bucket), [0, 1, 2, 2, 3, 63, 63]);
    }

    #[test]
    fn differences_are_told_by_name() {
        let expected = Statistics::default();
        let mut got = expected;
        assert_eq!(same_statistics(&got, &expected), Ok(()));
        got.copy_sizes[3] = 1;
        got.pinned_bytes = 4096;
        let told = same_statistics(&got, &expected).unwrap_err();
        assert!(told.contains("copy_sizes[3] is 1, expected 0"), "{told}");
        assert!(told.contains("pinned_bytes is 4096"), "{told}");
    }
}
