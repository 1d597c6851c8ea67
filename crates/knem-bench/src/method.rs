// SPDX-License-Identifier: BSD-3-Clause

/// A way to get bytes from one process to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// KNEM: the copier reads from the owner's region.
    InlineCopy,
    /// KNEM: the copier writes to the owner's region.
    InlineWrite,
    /// The kernel's cross-memory attach, from the owner.
    ProcessVmReadv,
    /// The same, to the owner.
    ProcessVmWritev,
    /// The owner copies into shared memory while the copier copies out of it.
    ShmDoubleCopy,
}

impl Method {
    /// All of them.
    pub const ALL: [Method; 5] = [
        Method::InlineCopy,
        Method::InlineWrite,
        Method::ProcessVmReadv,
        Method::ProcessVmWritev,
        Method::ShmDoubleCopy,
    ];

    /// Those that are measured unless told otherwise.
    pub const USUAL: [Method; 4] = [
        Method::InlineCopy,
        Method::InlineWrite,
        Method::ProcessVmReadv,
        Method::ShmDoubleCopy,
    ];

    /// Its name, in options and in reports.
    pub const fn name(self) -> &'static str {
        match self {
            Method::InlineCopy => "inline-copy",
            Method::InlineWrite => "inline-write",
            Method::ProcessVmReadv => "process_vm_readv",
            Method::ProcessVmWritev => "process_vm_writev",
            Method::ShmDoubleCopy => "shm-double-copy",
        }
    }

    /// The method of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|method| method.name() == name)
    }

    /// Whether it goes through the module.
    pub const fn needs_device(self) -> bool {
        matches!(self, Method::InlineCopy | Method::InlineWrite)
    }

    /// Whether the bytes go from the copier to the owner.
    pub const fn writes(self) -> bool {
        matches!(self, Method::InlineWrite | Method::ProcessVmWritev)
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
        assert_eq!(Method::named("memcpy"), None);
    }
}
