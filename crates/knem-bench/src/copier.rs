// SPDX-License-Identifier: BSD-3-Clause

use knem::{Cookie, CopyFlags, Device, ProcessMemory, Protection, Region, RegionOptions, Segment};

use crate::args::Args;
use crate::buffer::{self, Buffer};
use crate::calls;
use crate::channel::{Reply, Request, Source};
use crate::clock::{Clock, Unit};
use crate::cpu::{self, Places};
use crate::failure::{doing, Failure, Result};
use crate::method::{Method, PIECES};
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
    let use_device = args.calls || args.methods.iter().any(|method| method.needs_device());
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
    Ok(Report {
        results,
        calls,
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
                let times = self.times(case.method, bytes);
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
                Unit::Time => self.times(case.method, bytes) * case.readers,
                Unit::Instructions => 1,
            };
            Measurement::new(shape, copies, self.clock.unit(), taken)
        };
        Ok(cases.iter().zip(taken).map(measurement).collect())
    }

    /// How many copies make a round.
    fn times(&self, method: Method, bytes: usize) -> usize {
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

    fn prepare(&mut self, bytes: usize, args: &Args) -> Result<Memory> {
        let memory = |skew| {
            let made = Buffer::private(bytes, skew, args.huge);
            doing("have that much memory", made)
        };
        let own = memory(buffer::COPIER)?;
        let wants_local = args.methods.iter().any(|method| method.local());
        let local = wants_local.then(|| memory(buffer::OWNER)).transpose()?;
        let target = match &self.device {
            Some(device) if args.methods.contains(&Method::RegionCopy) => {
                Some(declare(device, &own, Protection::Write, false)?)
            }
            _ => None,
        };
        let reply = self.owner.ask(Request::Prepare { bytes })?;
        let Reply::Ready { cookie, address } = reply else {
            return Err(Failure::Peer("it did not say where its memory is".into()));
        };
        for reader in &mut self.readers {
            reader.ask(Request::Prepare { bytes })?;
        }
        let pid = self.owner.pid();
        let process = ProcessMemory { pid, address };
        let owner = Source { cookie, process };
        Ok(Memory {
            target,
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
            (method, _) if method.writes() => pattern.fill(&mut memory.own),
            (method, Some(local)) if method.local() => pattern.fill(local),
            _ => self.owner.ask(Request::Fill(pattern)).map(drop)?,
        }
        let time = self.copy_together(case, memory, times)?;
        let first = if case.method.writes() {
            wrong(self.owner.ask(Request::Check(pattern))?)
        } else {
            pattern.check(&memory.own).err()
        };
        let mut wrongs = vec![first];
        for reader in &mut self.readers[..case.readers - 1] {
            wrongs.push(wrong(reader.ask(Request::Check(pattern))?));
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
        let request = Request::Copy {
            method,
            times: times as u64,
            source: memory.owner,
        };
        let mut result = Ok(());
        let taken = match clock.unit() {
            Unit::Instructions => {
                for reader in &mut self.readers[..readers - 1] {
                    reader.ask(request)?;
                }
                let mut least = u64::MAX;
                for _ in 0..times {
                    least = least.min(clock.take(|| result = self.copy(method, memory)));
                    std::mem::replace(&mut result, Ok(()))?;
                }
                least
            }
            Unit::Time => clock.take(|| result = self.copy_at_once(case, request, memory, times)),
        };
        result?;
        if method.needs_device() {
            self.requests += (times * readers) as u64;
        }
        Ok(taken)
    }

    fn copy_at_once(
        &mut self,
        case: Case,
        request: Request,
        memory: &mut Memory,
        times: usize,
    ) -> Result<()> {
        for reader in &mut self.readers[..case.readers - 1] {
            reader.begin(request)?;
        }
        for _ in 0..times {
            self.copy(case.method, memory)?;
        }
        for reader in &mut self.readers[..case.readers - 1] {
            reader.end()?;
        }
        Ok(())
    }

    /// One copy.
    fn copy(&self, method: Method, memory: &mut Memory) -> Result<()> {
        let Memory {
            target,
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
                        let (pieces, count) = pieces(own);
                        // SAFETY: The segments lie in memory that is borrowed for writing.
                        unsafe {
                            device.read_segments(region, 0, &pieces[..count], CopyFlags::NONE)?;
                        }
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

/// Memory as segments of one length, the last one aside; without an allocation, which would count.
fn pieces(memory: &mut [u8]) -> ([Segment; PIECES], usize) {
    let length = memory.len().div_ceil(PIECES);
    let mut pieces = [Segment::new(std::ptr::null(), 0); PIECES];
    let mut count = 0;
    for (place, piece) in pieces.iter_mut().zip(memory.chunks_mut(length)) {
        *place = Segment::from(piece);
        count += 1;
    }
    (pieces, count)
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
            let (pieces, count) = pieces(&mut memory);
            let sum: u64 = pieces[..count].iter().map(Segment::length).sum();
            assert_eq!(sum, length as u64);
            assert!((1..=PIECES).contains(&count));
        }
    }
}
