// SPDX-License-Identifier: BSD-3-Clause

use knem::{Device, ProcessMemory};

use crate::args::Args;
use crate::calls;
use crate::channel::{Reply, Request, Source};
use crate::clock::{Clock, Unit};
use crate::cpu::{self, Places};
use crate::failure::{doing, Failure, Result};
use crate::memory::Memory;
use crate::method::Method;
use crate::operation::Operation;
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
const COPY: &str = "copy";

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
                method: Method::InlineCopy.name(),
                bytes,
                round: 0,
                byte,
            })?;
            all.push(overlap);
        }
        Ok(all)
    }

    fn prepare(&mut self, bytes: usize, args: &Args) -> Result<Memory> {
        // Each of several writers has a part for itself.
        let parts = if args.methods.contains(&Method::InlineWrite) {
            args.readers
        } else {
            1
        };
        let owner = prepare_owner(&mut self.owner, bytes, parts)?;
        for reader in &mut self.readers {
            reader.ask(Request::Prepare { bytes, parts: 1 })?;
        }
        let device = self.device.as_ref();
        let memory = Memory::new(bytes, args.huge, device, &args.methods, owner)?;
        Ok(memory.in_pieces(args.pieces))
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
                method: case.method.name(),
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
        if method == Method::ShmDoubleCopy {
            self.owner.ask(Request::Send {
                times: times as u64,
            })?;
        }
        if let (Method::PingPong, Some(cookie)) = (method, memory.target()) {
            let times = times as u64;
            self.owner.ask(Request::Return { times, cookie })?;
        }
        let requests = requests(case, memory, times);
        if method.needs_device() {
            self.requests += (times * readers * method.copies()) as u64;
        }
        let mut operation = memory.operation(method, self.device.as_ref(), &self.ring)?;
        let readers = &mut self.readers[..readers - 1];
        match self.clock.unit() {
            Unit::Instructions => {
                for (reader, request) in readers.iter_mut().zip(requests) {
                    reader.ask(request)?;
                }
                count(&self.clock, &mut operation, times)
            }
            Unit::Time => {
                let mut result = Ok(());
                let copy_all = || result = copy_at_once(&mut operation, readers, &requests, times);
                let taken = self.clock.take(copy_all);
                result.map(|()| taken)
            }
        }
    }
}

/// Has the owner make its memory ready, so many times as much, and tells where it is.
pub fn prepare_owner(owner: &mut Peer, bytes: usize, parts: usize) -> Result<Source> {
    let reply = owner.ask(Request::Prepare { bytes, parts })?;
    let Reply::Ready { cookie, address } = reply else {
        return Err(Failure::Peer("it did not say where its memory is".into()));
    };
    let pid = owner.pid();
    let process = ProcessMemory { pid, address };
    let offset = 0;
    Ok(Source {
        cookie,
        process,
        offset,
    })
}

/// The instructions of one of several copies, at least.
fn count(clock: &Clock, operation: &mut Operation<'_>, times: usize) -> Result<u64> {
    let mut least = u64::MAX;
    for _ in 0..times {
        let (taken, said) = operation.take(clock);
        least = least.min(taken);
        doing(COPY, operation.outcome(said))?;
    }
    Ok(least)
}

/// Copies while others do.
fn copy_at_once(
    operation: &mut Operation<'_>,
    readers: &mut [Peer],
    requests: &[Request],
    times: usize,
) -> Result<()> {
    for (reader, &request) in readers.iter_mut().zip(requests) {
        reader.begin(request)?;
    }
    for _ in 0..times {
        let said = operation.carry_out();
        doing(COPY, operation.outcome(said))?;
    }
    for reader in readers {
        reader.end()?;
    }
    Ok(())
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

fn wrong(reply: Reply) -> Option<crate::pattern::Mismatch> {
    match reply {
        Reply::Wrong(byte) => Some(byte),
        _ => None,
    }
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
