// SPDX-License-Identifier: BSD-3-Clause

use knem::{Cookie, CopyFlags, Device, ProcessMemory, Protection, Region, RegionOptions, Segment};

use crate::args::Args;
use crate::buffer::{self, Buffer};
use crate::calls;
use crate::channel::{Reply, Request, Source};
use crate::clock::{Clock, Unit};
use crate::cpu::{self, Places};
use crate::failure::{doing, Failure, Result};
use crate::method::Method;
use crate::overlap::{Overlap, Thread};
use crate::pattern::Pattern;
use crate::peer::{Peer, Role, Start};
use crate::report::{Measurement, Report, Shape};
use crate::ring::Ring;
use crate::signal::LOOKS;
use crate::spinner::Spinner;

/// Bytes that are copied, by several copies if they are small, before the clock is looked at again:
/// looking at it may cost as much as a system call.
const BATCH: usize = 16 << 20;
/// Copies in a row at most.
const LONGEST: usize = 64;
/// Copies in a row where each is counted by itself: those after the first one find all as it usually is.
const COUNTED: usize = 5;

/// The process that copies and takes the time.
struct Copier {
    device: Option<Device>,
    clock: Clock,
    ring: Ring,
    owner: Peer,
    readers: Vec<Peer>,
    round: u64,
    requests: u64,
}

/// The memory of all sides for one size.
struct Memory {
    // The fields are dropped in this order: the region ends before its memory.
    /// The copier's own memory as a region.
    target: Option<Region<'static>>,
    /// That memory as segments of one length, the last one aside.
    pieces: Vec<Segment>,
    /// The copier's own memory, which is copied to or from.
    own: Buffer,
    /// Other memory of the copier's, where bytes come from that.
    local: Option<Buffer>,
    owner: Source,
}

/// One way to copy, and by how many at once.
#[derive(Clone, Copy, Debug)]
struct Case {
    method: Method,
    readers: usize,
}

/// Measures every size by every method, and the calls.
pub fn measure_all(args: &Args) -> Result<Report> {
    let use_device =
        args.calls || args.overlap || args.methods.iter().any(|method| method.needs_device());
    let places = cpu::places(args.apart);
    // The owner has a device of its own; here it is opened first, for the clearer error.
    let device = use_device.then(Device::open).transpose()?;
    let mut copier = Copier::start(args, device, &places)?;
    let used = 2.max(args.readers);
    let _busy: Vec<_> = places
        .others(used)
        .map(|cpu| Spinner::start(Some(cpu)))
        .collect();
    cpu::settle(places.of(0));
    let mut results = Vec::new();
    for &bytes in &args.sizes {
        results.extend(copier.measure(bytes, args)?);
    }
    let calls = match &copier.device {
        Some(device) if args.calls => calls::measure_all(device, &copier.clock, args.repeat)?,
        _ => Vec::new(),
    };
    let overlaps = if args.overlap {
        copier.overlaps(args)?
    } else {
        Vec::new()
    };
    Ok(Report {
        results,
        calls,
        overlaps,
        cpus: 1 + places.others(used).count(),
        requests: copier.requests,
    })
}

impl Copier {
    fn start(args: &Args, device: Option<Device>, places: &Places) -> Result<Self> {
        let looks = if places.others(2).count() == 0 {
            0
        } else {
            LOOKS
        };
        let ring = doing("share memory", Ring::new(looks))?;
        let peer = |role, place| {
            let (huge, use_device) = (args.huge, device.is_some());
            let cpu = places.of(place);
            let start = Start {
                role,
                huge,
                use_device,
                cpu,
            };
            Peer::start(&ring, start)
        };
        let owner = peer(Role::Owner, 1)?;
        let readers = (1..args.readers).map(|place| peer(Role::Reader, place));
        let readers = readers.collect::<Result<_>>()?;
        Ok(Self {
            device,
            clock: Clock::new(args.unit),
            ring,
            owner,
            readers,
            round: 0,
            requests: 0,
        })
    }

    /// All cases of one size. They take turns, so that what disturbs one round disturbs all alike;
    /// a round that is not counted comes first.
    fn measure(&mut self, bytes: usize, args: &Args) -> Result<Vec<Measurement>> {
        let mut memory = self.prepare(bytes, args)?;
        let cases: Vec<Case> = args
            .methods
            .iter()
            .flat_map(|&method| cases(method, args))
            .collect();
        let mut taken = vec![Vec::with_capacity(args.repeat); cases.len()];
        for round in 0..=args.repeat {
            for (case, taken) in cases.iter().zip(&mut taken) {
                let times = self.times(case.method, bytes, args);
                let time = self.copy_and_verify(*case, &mut memory, times, round)?;
                if round > 0 {
                    taken.push(time);
                }
            }
        }
        let measurement = |(case, taken): (&Case, Vec<u64>)| {
            let shape = Shape {
                method: case.method,
                bytes,
                huge: args.huge,
                readers: case.readers,
            };
            let copies = match self.clock.unit() {
                Unit::Time => {
                    self.times(case.method, bytes, args) * case.readers * case.method.copies()
                }
                Unit::Instructions => 1,
            };
            Measurement::new(shape, copies, self.clock.unit(), taken)
        };
        Ok(cases.iter().zip(taken).map(measurement).collect())
    }

    /// How many copies make a round.
    fn times(&self, method: Method, bytes: usize, args: &Args) -> usize {
        if args.each {
            return 1;
        }
        let batch = match method {
            // It is slow, and each copy of it waits for another process anyway.
            Method::ShmDoubleCopy => BATCH / 8,
            _ => BATCH,
        };
        let most = match self.clock.unit() {
            Unit::Time => LONGEST,
            Unit::Instructions => COUNTED,
        };
        (batch / bytes).clamp(1, most)
    }

    /// How much of copies in a kernel thread is hidden, for each size.
    fn overlaps(&mut self, args: &Args) -> Result<Vec<Overlap>> {
        let thread = Thread::start()?;
        let mut all = Vec::new();
        for &bytes in &args.sizes {
            let mut memory = self.prepare(bytes, args)?;
            self.round += 1;
            let pattern = Pattern::new(bytes, self.round);
            self.owner.ask(Request::Fill(pattern))?;
            let (cookie, own) = (memory.owner.cookie, &mut memory.own);
            let (overlap, copies) = thread.measure(&self.clock, cookie, own, args)?;
            self.requests += copies;
            pattern.check(own).map_err(|byte| Failure::Mismatch {
                method: Method::InlineCopy,
                bytes,
                round: 0,
                byte,
            })?;
            all.push(overlap);
        }
        Ok(all)
    }

    fn prepare(&mut self, bytes: usize, args: &Args) -> Result<Memory> {
        let memory = |skew| {
            let made = Buffer::private(bytes, skew, args.huge);
            doing("have that much memory", made)
        };
        let own = memory(buffer::COPIER)?;
        let wants_local = args.methods.iter().any(|method| method.local());
        let local = wants_local.then(|| memory(buffer::OWNER)).transpose()?;
        let has = |method| args.methods.contains(&method);
        let target = match &self.device {
            Some(device) if has(Method::PingPong) => {
                Some(declare(device, &own, Protection::ReadWrite, false)?)
            }
            Some(device) if has(Method::RegionCopy) => {
                Some(declare(device, &own, Protection::Write, false)?)
            }
            _ => None,
        };
        // Each of several writers has a part for itself.
        let parts = if has(Method::InlineWrite) {
            args.readers
        } else {
            1
        };
        let reply = self.owner.ask(Request::Prepare { bytes, parts })?;
        let Reply::Ready { cookie, address } = reply else {
            return Err(Failure::Peer("it did not say where its memory is".into()));
        };
        for reader in &mut self.readers {
            reader.ask(Request::Prepare { bytes, parts: 1 })?;
        }
        let pid = self.owner.pid();
        let process = ProcessMemory { pid, address };
        let offset = 0;
        let owner = Source {
            cookie,
            process,
            offset,
        };
        let mut own = own;
        let pieces = pieces(&mut own, args.pieces);
        Ok(Memory {
            target,
            pieces,
            own,
            local,
            owner,
        })
    }

    /// Copies so many times in a row, and looks at what the last copy left.
    fn copy_and_verify(
        &mut self,
        case: Case,
        memory: &mut Memory,
        times: usize,
        round: usize,
    ) -> Result<u64> {
        self.round += 1;
        let bytes = memory.own.len();
        let pattern = Pattern::new(bytes, self.round);
        match (case.method, &mut memory.local) {
            (method, _) if method.writes() => {
                pattern.fill(&mut memory.own);
                for writer in &mut self.readers[..case.readers - 1] {
                    writer.ask(Request::Fill(pattern))?;
                }
            }
            (method, Some(local)) if method.local() => pattern.fill(local),
            _ => self.owner.ask(Request::Fill(pattern)).map(drop)?,
        }
        let time = self.copy_together(case, memory, times)?;
        let mut wrongs = vec![pattern.check(&memory.own).err()];
        if case.method.writes() {
            let parts = case.readers;
            wrongs.push(wrong(self.owner.ask(Request::Check { pattern, parts })?));
        }
        for reader in &mut self.readers[..case.readers - 1] {
            wrongs.push(wrong(reader.ask(Request::Check { pattern, parts: 1 })?));
        }
        match wrongs.into_iter().flatten().next() {
            None => Ok(time),
            Some(byte) => Err(Failure::Mismatch {
                method: case.method,
                bytes,
                round,
                byte,
            }),
        }
    }

    /// Takes how long it lasts until all have copied. Instructions are those of one copy of the
    /// copier's own, when the others have done theirs.
    fn copy_together(&mut self, case: Case, memory: &mut Memory, times: usize) -> Result<u64> {
        let Case { method, readers } = case;
        let clock = self.clock;
        if method == Method::ShmDoubleCopy {
            self.owner.ask(Request::Send {
                times: times as u64,
            })?;
        }
        if let (Method::PingPong, Some(target)) = (method, &memory.target) {
            self.owner.ask(Request::Return {
                times: times as u64,
                cookie: target.cookie().into(),
            })?;
        }
        let requests = requests(case, memory, times);
        let mut result = Ok(());
        let taken = match clock.unit() {
            Unit::Instructions => {
                for (reader, &request) in self.readers.iter_mut().zip(&requests) {
                    reader.ask(request)?;
                }
                let mut least = u64::MAX;
                for _ in 0..times {
                    least = least.min(clock.take(|| result = self.copy(method, memory)));
                    std::mem::replace(&mut result, Ok(()))?;
                }
                least
            }
            Unit::Time => {
                clock.take(|| result = self.copy_at_once(method, &requests, memory, times))
            }
        };
        result?;
        if method.needs_device() {
            self.requests += (times * readers * method.copies()) as u64;
        }
        Ok(taken)
    }

    fn copy_at_once(
        &mut self,
        method: Method,
        requests: &[Request],
        memory: &mut Memory,
        times: usize,
    ) -> Result<()> {
        for (reader, &request) in self.readers.iter_mut().zip(requests) {
            reader.begin(request)?;
        }
        for _ in 0..times {
            self.copy(method, memory)?;
        }
        for reader in &mut self.readers[..requests.len()] {
            reader.end()?;
        }
        Ok(())
    }

    /// One copy.
    fn copy(&self, method: Method, memory: &mut Memory) -> Result<()> {
        let Memory {
            target,
            pieces,
            own,
            local,
            owner,
        } = memory;
        match method {
            Method::Memcpy => own.copy_from_slice(local.as_ref().ok_or_else(missing)?),
            Method::ProcessVmReadv => owner.process.read(0, own)?,
            // SAFETY: The memory is the owner's, which made it for this.
            Method::ProcessVmWritev => unsafe { owner.process.write(0, own)? },
            Method::ShmDoubleCopy => {
                doing("receive through shared memory", self.ring.receive(own))?;
            }
            _ => {
                let device = self.device.as_ref().ok_or_else(missing)?;
                let region = Cookie::new(owner.cookie).ok_or_else(missing)?;
                match method {
                    Method::InlineWrite => device.write(region, 0, own, CopyFlags::NONE)?,
                    Method::RegionCopy => {
                        let target = target.as_ref().ok_or_else(missing)?.cookie();
                        let length = own.len() as u64;
                        device.copy((region, 0), (target, 0), length, CopyFlags::NONE)?;
                    }
                    Method::VectorCopy => {
                        // SAFETY: The segments are this memory, which is borrowed for writing.
                        unsafe { device.read_segments(region, 0, pieces, CopyFlags::NONE)? };
                    }
                    Method::PingPong => {
                        doing("play ping-pong", self.ring.play())?;
                        device.read(region, 0, own, CopyFlags::NONE)?;
                    }
                    Method::CreateCopyDestroy => {
                        let local = local.as_ref().ok_or_else(missing)?;
                        let once = declare(device, local, Protection::Read, true)?;
                        device.read(once.cookie(), 0, own, CopyFlags::NONE)?;
                        // It ended when it was used.
                        std::mem::forget(once);
                    }
                    _ => device.read(region, 0, own, CopyFlags::NONE)?,
                }
            }
        }
        Ok(())
    }
}

fn missing() -> Failure {
    Failure::Peer("it has not what this method takes".into())
}

fn wrong(reply: Reply) -> Option<crate::pattern::Mismatch> {
    match reply {
        Reply::Wrong(byte) => Some(byte),
        _ => None,
    }
}

fn declare(
    device: &Device,
    memory: &Buffer,
    protection: Protection,
    single_use: bool,
) -> Result<Region<'static>> {
    let options = RegionOptions {
        single_use,
        ..RegionOptions::default()
    };
    // SAFETY: The callers end the region before its memory, and rely on none of it during copies.
    let region = unsafe { device.create_region(&[Segment::from(&**memory)], protection, options) };
    Ok(region?)
}

/// Memory as so many segments of one length, the last one aside; fewer where it is too small.
fn pieces(memory: &mut [u8], count: usize) -> Vec<Segment> {
    let length = memory.len().div_ceil(count);
    memory.chunks_mut(length).map(Segment::from).collect()
}

/// What each process beside the copier is asked for: a reader reads all of the owner's memory, a
/// writer writes its own part of it.
fn requests(case: Case, memory: &Memory, times: usize) -> Vec<Request> {
    let Case { method, readers } = case;
    let part = |number: usize| match method.writes() {
        true => (number * memory.own.len()) as u64,
        false => 0,
    };
    let request = |number| Request::Copy {
        method,
        times: times as u64,
        source: Source {
            offset: part(number),
            ..memory.owner
        },
    };
    (1..readers).map(request).collect()
}

/// A method with one reader and, where several may use it, with more.
fn cases(method: Method, args: &Args) -> impl Iterator<Item = Case> {
    let most = if Method::SHARED.contains(&method) {
        args.readers
    } else {
        1
    };
    (1..=most).map(move |readers| Case { method, readers })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_are_the_whole() {
        for length in [1, 7, 8, 9, 4096, 65_537] {
            let mut memory = vec![0; length];
            let pieces = pieces(&mut memory, 8);
            let sum: u64 = pieces.iter().map(Segment::length).sum();
            assert_eq!(sum, length as u64);
            assert!((1..=8).contains(&pieces.len()));
        }
    }
}
