// SPDX-License-Identifier: BSD-3-Clause

use std::io;

use crate::{
    Cookie, CopyFlags, Device, Error, Memory, ProcessMemory, Promised, Region, Result, Segment,
};

/// Where a peer's memory is, in both ways of saying it. It travels as [32 bytes](Remote::to_bytes).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Remote {
    /// The region, where the peer could declare one.
    pub region: Option<Cookie>,
    /// The process, and the address of the memory's first byte there.
    pub process: ProcessMemory,
    /// Bytes.
    pub length: u64,
}

impl Remote {
    /// The form in which it travels between processes of one machine: cookie or 0, address, length,
    /// process, each as 64 bits of the machine's order.
    pub fn to_bytes(&self) -> [u8; 32] {
        let words = [
            self.region.map_or(0, Cookie::get),
            self.process.address,
            self.length,
            self.process.pid as u64,
        ];
        let mut bytes = [0; 32];
        for (place, word) in bytes.chunks_exact_mut(8).zip(words) {
            place.copy_from_slice(&word.to_ne_bytes());
        }
        bytes
    }

    /// What [`Remote::to_bytes`] gave.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        let word = |index: usize| {
            let mut word = [0; 8];
            word.copy_from_slice(&bytes[8 * index..8 * index + 8]);
            u64::from_ne_bytes(word)
        };
        Self {
            region: Cookie::new(word(0)),
            process: ProcessMemory {
                pid: word(3) as i32,
                address: word(1),
            },
            length: word(2),
        }
    }

    /// The caller's places as far as the memory reaches from `offset` on.
    pub(crate) fn clip(&self, offset: u64, local: &[Segment]) -> Vec<Segment> {
        let mut rest = self.length.saturating_sub(offset);
        let mut clip = |segment: &Segment| {
            let length = segment.length().min(rest);
            rest -= length;
            segment.first(length)
        };
        local.iter().map(&mut clip).collect()
    }

    /// The segments are those of a [`crate::Target`] that is borrowed meanwhile.
    pub(crate) fn read_from_region(
        &self,
        device: &Device,
        offset: u64,
        to: &[Segment],
    ) -> Result<u64> {
        let (region, flags) = (self.region.ok_or(Error::NoRegion)?, CopyFlags::NONE);
        // SAFETY: The caller of the transport promised it, by `Target`.
        let promised = unsafe { Promised::new(to) };
        match device.read_counted(region, offset, promised, flags) {
            // Such a module copies as much as the peer said that there is.
            Err(Error::Unsupported { .. }) => device
                .read(region, offset, promised, flags)
                .map(|()| sum(to)),
            counted => counted,
        }
    }

    /// The segments are those of a [`crate::Source`] that is borrowed meanwhile.
    pub(crate) fn write_to_region(
        &self,
        device: &Device,
        offset: u64,
        from: &[Segment],
    ) -> Result<u64> {
        let (region, flags) = (self.region.ok_or(Error::NoRegion)?, CopyFlags::NONE);
        // SAFETY: The caller of the transport promised it, by `Source`.
        let promised = unsafe { Promised::new(from) };
        match device.write_counted(region, offset, promised, flags) {
            // As above.
            Err(Error::Unsupported { .. }) => device
                .write(region, offset, promised, flags)
                .map(|()| sum(from)),
            counted => counted,
        }
    }

    pub(crate) fn read_by_address(&self, offset: u64, to: &[Segment]) -> Result<u64> {
        // SAFETY: The caller of the transport promised it, by `Target`.
        self.process.read(offset, unsafe { Promised::new(to) })?;
        Ok(sum(to))
    }

    pub(crate) fn write_by_address(&self, offset: u64, from: &[Segment]) -> Result<u64> {
        if self.process.is_own() {
            let source = io::Error::other("the memory is this process's own");
            let action = "copy to another process";
            return Err(Error::Io { action, source });
        }
        // SAFETY: The caller of the transport promised it, by `Source`; the memory is another
        // process's.
        unsafe { self.process.write(offset, Promised::new(from)) }?;
        Ok(sum(from))
    }
}

fn sum(segments: &[Segment]) -> u64 {
    segments.iter().map(Segment::length).sum()
}

/// Memory that peers may use, by whichever transport, for as long as this lives.
#[derive(Debug)]
pub enum Offer {
    /// As a region.
    Region(Region),
    /// By its address; whoever may trace this process may use it, whatever its protection.
    Address(Memory),
}

impl Offer {
    /// What to tell the peers.
    pub fn remote(&self) -> Remote {
        let memory = self.memory();
        let region = match self {
            Offer::Region(region) => Some(region.cookie()),
            Offer::Address(_) => None,
        };
        Remote {
            region,
            process: ProcessMemory {
                // Process numbers fit.
                pid: std::process::id() as i32,
                address: memory.address() as u64,
            },
            length: memory.len() as u64,
        }
    }

    /// The memory.
    pub fn memory(&self) -> &Memory {
        match self {
            Offer::Region(region) => region.memory(),
            Offer::Address(memory) => memory,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn travels_as_bytes() {
        for region in [None, Cookie::new(0x0123_4567_89ab_cdef)] {
            let remote = Remote {
                region,
                process: ProcessMemory {
                    pid: 4_194_304,
                    address: 0x7fff_1234_5678_9000,
                },
                length: 1 << 40,
            };
            assert_eq!(Remote::from_bytes(remote.to_bytes()), remote);
        }
    }
}
