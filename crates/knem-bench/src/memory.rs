// SPDX-License-Identifier: BSD-3-Clause

use knem::{Device, Protection, Region, RegionOptions, Segment};

use crate::buffer::{self, Buffer};
use crate::channel::Source;
use crate::failure::{doing, Failure, Result};
use crate::method::Method;
use crate::operation::{Attached, Operation};
use crate::requests;
use crate::ring::Ring;

/// A region that ends when it is used.
pub const ONCE: RegionOptions = RegionOptions {
    single_use: true,
    any_user: false,
};

/// The memory of all sides for one size.
pub struct Memory {
    // The fields are dropped in this order: the region ends before its memory.
    /// The copier's own memory as a region.
    target: Option<Region<()>>,
    /// The copier's own memory, which is copied to or from.
    pub own: Buffer,
    /// Other memory of the copier's, where bytes come from that.
    pub local: Option<Buffer>,
    /// The owner's memory.
    pub owner: Source,
    /// Into how many segments a vector copy goes.
    pieces: usize,
}

/// As many as it is unless told.
const PIECES: usize = 8;

impl Memory {
    /// All that a method takes: memory of a side's own, the other side's being there.
    pub fn new(
        bytes: usize,
        huge: bool,
        device: Option<&Device>,
        methods: &[Method],
        owner: Source,
    ) -> Result<Self> {
        let memory = |skew| {
            let made = Buffer::private(bytes, skew, huge);
            doing("have that much memory", made)
        };
        let own = memory(buffer::COPIER)?;
        let wants_local = methods.iter().any(|method| method.local());
        let local = wants_local.then(|| memory(buffer::OWNER)).transpose()?;
        let protection = if methods.contains(&Method::PingPong) {
            Some(Protection::ReadWrite)
        } else {
            let copied_to = methods.contains(&Method::RegionCopy);
            copied_to.then_some(Protection::Write)
        };
        let target = match (device, protection) {
            (Some(device), Some(protection)) => {
                let segments = [Segment::from(&*own)];
                let options = RegionOptions::default();
                // SAFETY: The region ends before its memory, of which nothing is relied on during
                // copies.
                Some(unsafe { device.create_region(&segments, protection, options, ()) }?)
            }
            _ => None,
        };
        Ok(Self {
            target,
            own,
            local,
            owner,
            pieces: PIECES,
        })
    }

    /// The same, vector copies going into so many segments.
    pub fn in_pieces(mut self, pieces: usize) -> Self {
        self.pieces = pieces;
        self
    }

    /// The copier's own memory as a region, where there is one.
    pub fn target(&self) -> Option<u64> {
        self.target.as_ref().map(|region| region.cookie().get())
    }

    /// A copy by some method, with all that can be prepared for it.
    pub fn operation<'m>(
        &'m mut self,
        method: Method,
        device: Option<&'m Device>,
        ring: &'m Ring,
    ) -> Result<Operation<'m>> {
        let device = || device.ok_or_else(missing);
        let Memory {
            target,
            own,
            local,
            owner: Source {
                cookie, process, ..
            },
            pieces,
        } = self;
        let whole = [Segment::from(&mut **own)];
        let local = || local.as_deref().ok_or_else(missing);
        let attached = |number| {
            // SAFETY: As below.
            Operation::Attached(unsafe { Attached::new(number, *process, whole[0]) })
        };
        // SAFETY: The operation has the memory for as long as it is there; what is read from or written
        // to beside it belongs to the owner, who made it for this. A region for a single use is read
        // from, and ends with that.
        Ok(unsafe {
            match method {
                Method::Memcpy => Operation::Within {
                    from: local()?,
                    to: own,
                },
                Method::ProcessVmReadv => attached(libc::SYS_process_vm_readv),
                Method::ProcessVmWritev => attached(libc::SYS_process_vm_writev),
                Method::ShmDoubleCopy => Operation::Ring { ring, to: own },
                Method::InlineCopy => {
                    Operation::Inline(requests::inline(device()?, *cookie, &whole, 0))
                }
                Method::InlineWrite => {
                    Operation::Inline(requests::inline(device()?, *cookie, &whole, 1))
                }
                Method::VectorCopy => {
                    let pieces = segments(own, *pieces);
                    Operation::Inline(requests::inline(device()?, *cookie, &pieces, 0))
                }
                Method::RegionCopy => {
                    let target = target.as_ref().ok_or_else(missing)?.cookie().get();
                    let length = own.len() as u64;
                    Operation::Regions(requests::copy(device()?, *cookie, target, length))
                }
                Method::PingPong => {
                    let back = requests::inline(device()?, *cookie, &whole, 0);
                    Operation::PingPong(ring, back)
                }
                Method::CreateCopyDestroy => {
                    let create = requests::create(device()?, local()?, Protection::Read, ONCE);
                    Operation::Once(create, requests::inline(device()?, 0, &whole, 0))
                }
            }
        })
    }
}

fn missing() -> Failure {
    Failure::Peer("it has not what this method takes".into())
}

/// Memory as so many segments of one length, the last one aside; fewer where it is too small.
fn segments(memory: &mut [u8], count: usize) -> Vec<Segment> {
    let length = memory.len().div_ceil(count);
    memory.chunks_mut(length).map(Segment::from).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_are_the_whole() {
        for length in [1, 7, 8, 9, 4096, 65_537] {
            let mut memory = vec![0; length];
            let pieces = segments(&mut memory, PIECES);
            let sum: u64 = pieces.iter().map(Segment::length).sum();
            assert_eq!(sum, length as u64);
            assert!((1..=PIECES).contains(&pieces.len()));
        }
    }
}
