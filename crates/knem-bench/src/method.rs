// SPDX-License-Identifier: BSD-3-Clause

/// A way to get bytes from one place to another, most of them between two processes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// A copy within one process: the limit.
    Memcpy,
    /// The kernel's cross-memory attach, from the owner.
    ProcessVmReadv,
    /// The same, to the owner.
    ProcessVmWritev,
    /// The owner copies into shared memory while the copier copies out of it.
    ShmDoubleCopy,
    /// KNEM: the copier reads from the owner's region.
    InlineCopy,
    /// KNEM: the copier writes to the owner's region.
    InlineWrite,
    /// KNEM: a region for a single use is declared and read from, which ends it.
    CreateCopyDestroy,
    /// KNEM: from the owner's region to one of the copier.
    RegionCopy,
    /// KNEM: the copier reads from the owner's region into several segments.
    VectorCopy,
    /// KNEM: the owner reads from the copier's region, then the copier from the owner's: one copy
    /// is half of that.
    PingPong,
}

impl Method {
    /// All of them.
    pub const ALL: [Method; 10] = [
        Method::Memcpy,
        Method::ProcessVmReadv,
        Method::ProcessVmWritev,
        Method::ShmDoubleCopy,
        Method::InlineCopy,
        Method::InlineWrite,
        Method::CreateCopyDestroy,
        Method::RegionCopy,
        Method::VectorCopy,
        Method::PingPong,
    ];

    /// Those that are measured unless told otherwise.
    pub const USUAL: [Method; 4] = [
        Method::InlineCopy,
        Method::InlineWrite,
        Method::ProcessVmReadv,
        Method::ShmDoubleCopy,
    ];

    /// Those that several processes may use at once.
    pub const SHARED: [Method; 3] = [
        Method::ProcessVmReadv,
        Method::InlineCopy,
        Method::InlineWrite,
    ];

    /// Its name, in options and in reports.
    pub const fn name(self) -> &'static str {
        match self {
            Method::Memcpy => "memcpy",
            Method::ProcessVmReadv => "process_vm_readv",
            Method::ProcessVmWritev => "process_vm_writev",
            Method::ShmDoubleCopy => "shm-double-copy",
            Method::InlineCopy => "inline-copy",
            Method::InlineWrite => "inline-write",
            Method::CreateCopyDestroy => "create-copy-destroy",
            Method::RegionCopy => "region-copy",
            Method::VectorCopy => "vector-copy",
            Method::PingPong => "ping-pong",
        }
    }

    /// The method of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|method| method.name() == name)
    }

    /// Whether it goes through the module.
    pub const fn needs_device(self) -> bool {
        matches!(
            self,
            Method::InlineCopy
                | Method::InlineWrite
                | Method::CreateCopyDestroy
                | Method::RegionCopy
                | Method::VectorCopy
                | Method::PingPong
        )
    }

    /// Whether the bytes come from other memory of the copier itself.
    pub const fn local(self) -> bool {
        matches!(self, Method::Memcpy | Method::CreateCopyDestroy)
    }

    /// Whether the bytes go from the copier to the owner, at first.
    pub const fn writes(self) -> bool {
        matches!(
            self,
            Method::InlineWrite | Method::ProcessVmWritev | Method::PingPong
        )
    }

    /// How many copies one turn of it makes.
    pub const fn copies(self) -> usize {
        match self {
            Method::PingPong => 2,
            _ => 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lead_back() {
        for method in Method::ALL {
            assert_eq!(Method::named(method.name()), Some(method));
        }
        assert_eq!(Method::named("memmove"), None);
    }
}
