// SPDX-License-Identifier: BSD-3-Clause

use std::time::{Duration, Instant};

use knem::{Cookie, CopyFlags, Device, ProcessMemory};

use crate::args::Args;
use crate::buffer::{self, Buffer};
use crate::channel::{Reply, Request};
use crate::cpu;
use crate::failure::{doing, Failure, Result};
use crate::method::Method;
use crate::owner::Owner;
use crate::pattern::Pattern;
use crate::report::{Measurement, Report};
use crate::ring::Ring;
use crate::signal::LOOKS;
use crate::size;

/// The process that copies and takes the time.
struct Copier {
    device: Option<Device>,
    ring: Ring,
    owner: Owner,
    round: u64,
    requests: u64,
}

/// The memory of both sides for one size.
struct Pair {
    own: Buffer,
    region: Option<Cookie>,
    remote: ProcessMemory,
}

/// Measures every size by every method.
pub fn measure_all(args: &Args) -> Result<Report> {
    let use_device = args.methods.iter().any(|method| method.needs_device());
    let (own_cpu, other_cpu) = cpu::places(args.apart);
    let looks = if own_cpu == other_cpu { 0 } else { LOOKS };
    let ring = doing("share memory", Ring::new(looks))?;
    // The owner has a device of its own; here it is opened first, for the clearer error.
    let device = use_device.then(Device::open).transpose()?;
    let owner = Owner::start(&ring, args.huge, use_device, other_cpu)?;
    cpu::settle(own_cpu);
    let mut copier = Copier {
        device,
        ring,
        owner,
        round: 0,
        requests: 0,
    };
    let mut results = Vec::new();
    for bytes in size::sweep(args.min, args.max) {
        let mut pair = copier.prepare(bytes, args.huge)?;
        for &method in &args.methods {
            results.push(copier.measure(method, &mut pair, args)?);
        }
    }
    Ok(Report {
        results,
        cpus: if own_cpu == other_cpu { 1 } else { 2 },
        requests: copier.requests,
    })
}

impl Copier {
    fn prepare(&mut self, bytes: usize, huge: bool) -> Result<Pair> {
        let own = doing(
            "have that much memory",
            Buffer::private(bytes, buffer::COPIER, huge),
        )?;
        let Reply::Ready { cookie, address } = self.owner.ask(Request::Prepare { bytes })? else {
            return Err(Failure::Peer("it did not say where its memory is".into()));
        };
        let pid = self.owner.pid();
        Ok(Pair {
            own,
            region: Cookie::new(cookie),
            remote: ProcessMemory { pid, address },
        })
    }

    /// One copy that is not counted, then those that are.
    fn measure(&mut self, method: Method, pair: &mut Pair, args: &Args) -> Result<Measurement> {
        let mut times = Vec::with_capacity(args.repeat);
        for round in 0..=args.repeat {
            let time = self.copy_and_verify(method, pair, round)?;
            if round > 0 {
                times.push(time);
            }
        }
        Ok(Measurement::new(method, pair.own.len(), args.huge, times))
    }

    fn copy_and_verify(&mut self, method: Method, pair: &mut Pair, at: usize) -> Result<Duration> {
        self.round += 1;
        let bytes = pair.own.len();
        let pattern = Pattern::new(bytes, self.round);
        if method.writes() {
            pattern.fill(&mut pair.own);
        } else {
            self.owner.ask(Request::Fill(pattern))?;
        }
        let time = self.copy(method, pair)?;
        let wrong = if method.writes() {
            match self.owner.ask(Request::Check(pattern))? {
                Reply::Wrong(byte) => Some(byte),
                _ => None,
            }
        } else {
            pattern.check(&pair.own).err()
        };
        match wrong {
            None => Ok(time),
            Some(byte) => Err(Failure::Mismatch {
                method,
                bytes,
                round: at,
                byte,
            }),
        }
    }

    /// The part of which the time is taken.
    fn copy(&mut self, method: Method, pair: &mut Pair) -> Result<Duration> {
        if method == Method::ShmDoubleCopy {
            self.owner.ask(Request::Send)?;
        }
        let module = match (&self.device, pair.region) {
            (Some(device), Some(region)) if method.needs_device() => Some((device, region)),
            _ => None,
        };
        let begin = Instant::now();
        match (method, module) {
            (Method::InlineCopy, Some((device, region))) => {
                device.read(region, 0, &mut pair.own, CopyFlags::NONE)?;
            }
            (Method::InlineWrite, Some((device, region))) => {
                device.write(region, 0, &pair.own, CopyFlags::NONE)?;
            }
            (Method::ProcessVmReadv, _) => pair.remote.read(0, &mut pair.own)?,
            // SAFETY: The memory is the owner's, which made it for this.
            (Method::ProcessVmWritev, _) => unsafe { pair.remote.write(0, &pair.own)? },
            (Method::ShmDoubleCopy, _) => {
                let received = self.ring.receive(&mut pair.own);
                doing("receive through shared memory", received)?;
            }
            (Method::InlineCopy | Method::InlineWrite, None) => {
                return Err(Failure::Peer("it declared no region".into()));
            }
        }
        let time = begin.elapsed();
        self.requests += u64::from(method.needs_device());
        Ok(time)
    }
}
