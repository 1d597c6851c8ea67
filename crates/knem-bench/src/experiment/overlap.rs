// SPDX-License-Identifier: BSD-3-Clause

//! Regions for a single use, from a process that declares them when it is asked to: one of the whole
//! memory, or one piece after the other while the reader copies those before.

use std::io;

use knem::{Device, Protection, Segment};

use super::arena::check;
use super::duel::{duel, Way};
use super::stage::{Stage, PIECES};
use super::{Record, Setting, Trial};
use crate::buffer::{self, Buffer};
use crate::cpu;
use crate::failure::{doing, Failure, Result};
use crate::memory::ONCE;
use crate::pattern::Pattern;
use crate::requests;
use crate::signal::LOOKS;

/// Bytes of the pieces.
const WHAT: [(&str, usize); 2] = [("pieces-512k", 512 << 10), ("pieces-2m", 2 << 20)];

pub fn measure(setting: &Setting<'_>) -> Result<Vec<Record>> {
    let device = Device::open()?;
    let mut records = Vec::new();
    for &bytes in &setting.args.sizes {
        let owner = Owner::start(setting, bytes)?;
        let mut reader = Reader {
            device: &device,
            stage: &owner.stage,
            memory: memory(bytes, buffer::COPIER)?,
        };
        for (what, piece) in WHAT {
            if bytes <= piece || bytes > piece * PIECES {
                continue;
            }
            let figures = duel(setting.args.repeat, |way| {
                let piece = match way {
                    Way::Without => bytes,
                    Way::With => piece,
                };
                reader.round(setting, what, piece)
            })?;
            records.push(Record {
                trial: Trial::Overlap,
                what,
                bytes,
                unit: setting.args.unit.into(),
                figures,
            });
        }
    }
    Ok(records)
}

fn memory(bytes: usize, skew: usize) -> Result<Buffer> {
    let made = Buffer::private(bytes, skew, false);
    doing("have that much memory", made)
}

/// What the owner's memory holds, always.
fn pattern(bytes: usize) -> Pattern {
    Pattern::new(bytes, 1)
}

struct Reader<'s> {
    device: &'s Device,
    stage: &'s Stage,
    memory: Buffer,
}

impl Reader<'_> {
    /// From asking for the regions to the end of the last copy.
    fn round(&mut self, setting: &Setting<'_>, what: &'static str, piece: usize) -> Result<u64> {
        self.memory.fill(0);
        let before = self.stage.declared();
        let pieces = self.memory.chunks_mut(piece);
        let mut copies: Vec<_> = pieces
            .map(|piece| {
                let local = [Segment::from(piece)];
                // SAFETY: The memory is this reader's, which does not look at it meanwhile.
                unsafe { requests::inline(self.device, 0, &local, 0) }
            })
            .collect();
        let mut said = Ok(());
        let taken = setting.clock.take(|| {
            self.stage.begin(piece);
            said = copies
                .iter_mut()
                .enumerate()
                .try_for_each(|(number, copy)| {
                    let cookie = self.stage.region(before, number)?;
                    let told = copy.of(cookie).issue();
                    copy.outcome(told)
                });
        });
        doing("copy from regions as they come", said)?;
        let pattern = pattern(self.memory.len());
        check(what, pattern, 1, &self.memory).map(|()| taken)
    }
}

/// The process that owns the memory.
struct Owner {
    pid: i32,
    stage: Stage,
}

impl Owner {
    fn start(setting: &Setting<'_>, bytes: usize) -> Result<Self> {
        let looks = if setting.two() { LOOKS } else { 0 };
        let stage = doing("share memory", Stage::new(looks))?;
        // SAFETY: There is one thread, so that the child may go on as it is.
        match unsafe { libc::fork() } {
            -1 => doing("start another process", Err(io::Error::last_os_error())),
            0 => {
                // SAFETY: If the reader is killed, so is this process.
                unsafe { libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL) };
                cpu::settle(setting.places.of(1));
                let failed = own(&stage, bytes);
                if let Err(failure) = &failed {
                    eprintln!("the owner of the regions: {failure}");
                }
                // SAFETY: The child ends here, without undoing what is the parent's.
                unsafe { libc::_exit(i32::from(failed.is_err())) }
            }
            pid => Ok(Self { pid, stage }),
        }
    }
}

impl Drop for Owner {
    fn drop(&mut self) {
        self.stage.begin(0);
        // SAFETY: It is this process's child, and is waited for once.
        unsafe { libc::waitpid(self.pid, std::ptr::null_mut(), 0) };
    }
}

/// The owner's life.
fn own(stage: &Stage, bytes: usize) -> Result<()> {
    let device = Device::open()?;
    let mut memory = memory(bytes, buffer::OWNER)?;
    pattern(bytes).fill(&mut memory);
    for round in 0.. {
        let piece = doing("wait for the reader", stage.next(round))?;
        if piece == 0 {
            break;
        }
        for (number, piece) in memory.chunks(piece).enumerate() {
            // SAFETY: Others only read from the region.
            let mut create = unsafe { requests::create(&device, piece, Protection::Read, ONCE) };
            let told = crate::syscall::told(create.issue());
            doing("declare a region", told)?;
            stage.declare(number, create.argument().cookie);
        }
    }
    Ok::<(), Failure>(())
}
