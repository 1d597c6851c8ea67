// SPDX-License-Identifier: BSD-3-Clause

use std::io;

use knem::{ProcessMemory, Segment};
use knem_abi::{CopyBounded, CreateRegion, InlineCopy};

use crate::clock::Clock;
use crate::requests::Prepared;
use crate::ring::Ring;
use crate::syscall;

/// A copy with everything prepared, to be carried out any number of times: what is measured is the
/// way of copying, and not what a program does before it.
pub enum Operation<'m> {
    /// Within one process.
    Within { from: &'m [u8], to: &'m mut [u8] },
    /// Through the kernel's cross-memory attach.
    Attached(Attached),
    /// Through shared memory.
    Ring { ring: &'m Ring, to: &'m mut [u8] },
    /// Between a region and local memory.
    Inline(Prepared<'m, InlineCopy>),
    /// A ball played, which the other side answers with a copy, then one from its region.
    PingPong(&'m Ring, Prepared<'m, InlineCopy>),
    /// Between two regions.
    Regions(Prepared<'m, CopyBounded>),
    /// From a region that is declared for it and ends with it.
    Once(Prepared<'m, CreateRegion>, Prepared<'m, InlineCopy>),
}

impl Operation<'_> {
    /// Copies; what the kernel says is negative for an error.
    pub fn carry_out(&mut self) -> isize {
        match self {
            Operation::Within { from, to } => within(from, to),
            Operation::Attached(call) => call.carry_out(),
            Operation::Ring { ring, to } => receive(ring, to),
            Operation::Inline(request) => request.issue(),
            Operation::PingPong(ring, back) => play(ring, back),
            Operation::Regions(request) => request.issue(),
            Operation::Once(create, copy) => once(create, copy),
        }
    }

    /// Copies, and tells what that takes, less the way to it; then what the kernel says.
    pub fn take(&mut self, clock: &Clock) -> (u64, isize) {
        let mut said = 0;
        let taken = match self {
            Operation::Within { from, to } => clock.take(|| said = within(from, to)),
            Operation::Attached(call) => clock.take(|| said = call.carry_out()),
            Operation::Ring { ring, to } => clock.take(|| said = receive(ring, to)),
            Operation::Inline(request) => clock.take(|| said = request.issue()),
            Operation::PingPong(ring, back) => clock.take(|| said = play(ring, back)),
            Operation::Regions(request) => clock.take(|| said = request.issue()),
            Operation::Once(create, copy) => clock.take(|| said = once(create, copy)),
        };
        (taken, said)
    }

    /// What the last one ended with, from what the kernel said.
    pub fn outcome(&self, said: isize) -> io::Result<()> {
        match self {
            Operation::Within { .. } | Operation::Ring { .. } => syscall::told(said).map(drop),
            Operation::Attached(call) => call.outcome(said),
            Operation::Inline(request)
            | Operation::PingPong(_, request)
            | Operation::Once(_, request) => request.outcome(said),
            Operation::Regions(request) => request.outcome(said),
        }
    }
}

#[inline(always)]
fn within(from: &[u8], to: &mut [u8]) -> isize {
    to.copy_from_slice(from);
    0
}

#[inline(always)]
fn receive(ring: &Ring, to: &mut [u8]) -> isize {
    negative(ring.receive(to))
}

#[inline(always)]
fn play(ring: &Ring, back: &mut Prepared<'_, InlineCopy>) -> isize {
    match negative(ring.play()) {
        0 => back.issue(),
        said => said,
    }
}

/// An error as the kernel says it.
fn negative(result: io::Result<()>) -> isize {
    match result {
        Ok(()) => 0,
        Err(error) => -(error.raw_os_error().unwrap_or(libc::EIO) as isize),
    }
}

#[inline(always)]
fn once(create: &mut Prepared<'_, CreateRegion>, copy: &mut Prepared<'_, InlineCopy>) -> isize {
    match create.issue() {
        0 => copy.of(create.argument().cookie).issue(),
        said => said,
    }
}

/// A call of the kernel's cross-memory attach, of less than 2 GiB.
pub struct Attached {
    number: libc::c_long,
    process: i32,
    local: Box<Segment>,
    there: Box<Segment>,
}

impl Attached {
    /// Reads from a process, or writes to it with `SYS_process_vm_writev`.
    ///
    /// # Safety
    /// The memory must be this caller's to overwrite, or to read, whenever this is carried out.
    pub unsafe fn new(number: libc::c_long, process: ProcessMemory, local: Segment) -> Self {
        let ProcessMemory { pid, address } = process;
        let there = Segment::new(address as *const u8, local.length() as usize);
        Self {
            number,
            process: pid,
            local: Box::new(local),
            there: Box::new(there),
        }
    }

    #[inline(always)]
    fn carry_out(&self) -> isize {
        let [local, there]: [*const Segment; 2] = [&*self.local, &*self.there];
        let process = self.process as usize;
        let arguments = [process, local as usize, 1, there as usize, 1, 0];
        // SAFETY: A segment is an iovec to the kernel; whoever made this answers for the memory.
        unsafe { syscall::call(self.number, arguments) }
    }

    fn outcome(&self, said: isize) -> io::Result<()> {
        if syscall::told(said)? as u64 == self.local.length() {
            return Ok(());
        }
        Err(io::ErrorKind::UnexpectedEof.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_from_a_process_and_says_what_is_short() {
        let from = [1, 2, 3, 4];
        let mut to = [0; 4];
        let mut attached = |pid| {
            let address = from.as_ptr() as u64;
            let process = ProcessMemory { pid, address };
            let local = Segment::from(&mut to[..]);
            // SAFETY: The memory lives on, and nobody else looks at it meanwhile.
            Operation::Attached(unsafe {
                Attached::new(libc::SYS_process_vm_readv, process, local)
            })
        };
        let mut own = attached(std::process::id() as i32);
        let said = own.carry_out();
        own.outcome(said).unwrap();
        assert!(own.outcome(3).is_err());
        let mut nobody = attached(i32::MAX);
        let said = nobody.carry_out();
        let error = nobody.outcome(said).unwrap_err();
        assert_eq!(error.raw_os_error(), Some(libc::ESRCH));
        assert_eq!(to, from);
    }
}
