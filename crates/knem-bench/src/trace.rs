// SPDX-License-Identifier: BSD-3-Clause

use std::io;

use knem::Device;
use knem_abi::Info;

use crate::clock::{Clock, Unit};
use crate::copier::prepare_owner;
use crate::failure::{doing, Result};
use crate::life::Life;
use crate::memory::Memory;
use crate::operation::Operation;
use crate::peer::{Peer, Role, Start};
use crate::requests::{self, Prepared};
use crate::ring::Ring;
use crate::stamp;
use crate::subject::{Subject, What};
use crate::syscall::told;
use crate::tracer::Tracer;

/// Calls before any is counted.
const WARM: usize = 100;
/// Calls that are counted, so that the least of them was not disturbed.
const COUNTED: usize = 100;
/// Instructions that are recorded of one subject, about, and calls at least and at most.
const RECORDED: u64 = 300_000;
const LEAST: u64 = 8;
const MOST: u64 = 64;

/// Has every subject recorded by the host, which gets its name, then the addresses at which a call
/// begins and ends, then how many instructions it is to be and how many belong to the clock.
pub fn trace_all(subjects: &[Subject]) -> Result<()> {
    let mut tracer = doing("ask for traces", Tracer::open())?;
    for subject in subjects {
        let start = Start {
            role: Role::Owner,
            huge: subject.huge,
            use_device: true,
            cpu: None,
        };
        let ring = doing("share memory", Ring::new(0))?;
        let mut owner = Peer::start(&ring, start)?;
        let bytes = subject.bytes.max(1);
        let source = prepare_owner(&mut owner, bytes)?;
        let device = Device::open()?;
        let methods = match subject.what {
            What::Copy(method) => vec![method],
            _ => Vec::new(),
        };
        let mut memory = Memory::new(bytes, subject.huge, Some(&device), &methods, source)?;
        let mut call = Call::new(subject.what, &device, &ring, &mut memory)?;
        doing("carry out a call", record(&mut tracer, subject, &mut call))?;
    }
    Ok(())
}

fn record(tracer: &mut Tracer, subject: &Subject, call: &mut Call<'_>) -> io::Result<()> {
    let clock = Clock::new(Unit::Instructions);
    for _ in 0..WARM {
        call.take(&clock)?;
    }
    let mut least = u64::MAX;
    for _ in 0..COUNTED {
        least = least.min(call.take(&clock)?);
    }
    let [begin, end] = stamp::addresses();
    let own = clock.own();
    let times = (RECORDED / least.max(1)).clamp(LEAST, MOST);
    let name = format!("{subject} {begin:016x} {end:016x} {least} {own}");
    tracer.record(&name, || {
        (0..times).try_for_each(|_| call.take(&clock).map(drop))
    })?
}

/// A call that is to be recorded.
enum Call<'m> {
    Info(Prepared<'m, Info>),
    Begin(Life<'m>),
    End(Life<'m>),
    Whole(Life<'m>),
    Copy(Operation<'m>),
}

impl<'m> Call<'m> {
    fn new(what: What, device: &'m Device, ring: &'m Ring, memory: &'m mut Memory) -> Result<Self> {
        Ok(match what {
            What::GetInfo => Self::Info(requests::info(device)),
            What::Create => Self::Begin(Life::of(device, &memory.own)),
            What::Destroy => Self::End(Life::of(device, &memory.own)),
            What::CreateDestroy => Self::Whole(Life::of(device, &memory.own)),
            What::Copy(method) => Self::Copy(memory.operation(method, Some(device), ring)?),
        })
    }

    /// Carries it out once and tells what it took; what has to be done around it is not in that.
    fn take(&mut self, clock: &Clock) -> io::Result<u64> {
        let mut said = 0;
        let taken = match self {
            Call::Info(request) => clock.take(|| said = request.issue()),
            Call::Copy(copy) => {
                let (taken, said) = copy.take(clock);
                return copy.outcome(said).map(|()| taken);
            }
            Call::Begin(life) => {
                let taken = clock.take(|| said = life.begin());
                told(said).and_then(|_| told(life.end()))?;
                taken
            }
            Call::End(life) => {
                told(life.begin())?;
                clock.take(|| said = life.end())
            }
            Call::Whole(life) => clock.take(|| said = life.whole()),
        };
        told(said).map(|_| taken)
    }
}
