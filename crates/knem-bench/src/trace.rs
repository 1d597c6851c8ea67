// SPDX-License-Identifier: BSD-3-Clause

use std::io;

use knem::Device;
use knem_abi::Info;

use crate::buffer::Buffer;
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

/// Calls before any is recorded, so that all is as it usually is.
const WARM: u64 = 100;
/// Instructions that are recorded of one subject, about, and calls at least and at most.
const RECORDED: u64 = 300_000;
const LEAST: u64 = 8;
const MOST: u64 = 64;

/// Has every subject recorded by the host, which gets its name, then the addresses at which a call
/// begins and ends, then the instructions of the shortest one by the clock, and the clock's own.
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
        let source = prepare_owner(&mut owner, bytes, 1)?;
        let device = Device::open()?;
        let methods = match subject.what {
            What::Copy(method) => vec![method],
            _ => Vec::new(),
        };
        let mut memory = Memory::new(bytes, subject.huge, Some(&device), &methods, source)?;
        // As the benchmarks of these calls have it: what is huge is one page.
        let made = Buffer::private(bytes, 0, subject.huge);
        let region = doing("have that much memory", made)?;
        let mut call = match subject.what {
            What::GetInfo => Call::Info(requests::info(&device)),
            What::Create => Call::Begin(Life::of(&device, &region)),
            What::Destroy => Call::End(Life::of(&device, &region)),
            What::CreateDestroy => Call::Whole(Life::of(&device, &region)),
            What::Copy(method) => Call::Copy(memory.operation(method, Some(&device), &ring)?),
        };
        doing("carry out a call", record(&mut tracer, subject, &mut call))?;
    }
    Ok(())
}

fn record(tracer: &mut Tracer, subject: &Subject, call: &mut Call<'_>) -> io::Result<()> {
    let clock = Clock::new(Unit::Instructions);
    let mut least_of = |times: u64| -> io::Result<u64> {
        (0..times).try_fold(u64::MAX, |least, _| Ok(call.take(&clock)?.min(least)))
    };
    let usual = least_of(WARM)?;
    let times = (RECORDED / usual.max(1)).clamp(LEAST, MOST);
    tracer.record(|| {
        let least = least_of(times)?;
        let [begin, end] = stamp::addresses();
        let own = clock.own();
        Ok(format!("{subject} {begin:016x} {end:016x} {least} {own}"))
    })
}

/// A call that is to be recorded.
enum Call<'m> {
    Info(Prepared<'m, Info>),
    Begin(Life<'m>),
    End(Life<'m>),
    Whole(Life<'m>),
    Copy(Operation<'m>),
}

impl Call<'_> {
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
