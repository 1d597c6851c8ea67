// SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause

//! Which flags take effect, and which requests they forbid.

use crate::abi::flag;

/// The module parameters that decide about flags.
#[derive(Clone, Copy, Debug)]
pub struct Switches {
    /// Whether the kernel thread may be used.
    pub thread: bool,
    /// Whether the DMA engine may be used.
    pub dma: bool,
    /// Whether the local memory of inline copies is always pinned.
    pub pinlocal: bool,
    /// Whether every request is synchronous.
    pub sync: bool,
    /// Further flags to add to every request.
    pub forceflags: u32,
    /// Further flags to drop from every request.
    pub ignoreflags: u32,
}

/// The flags that the module adds to and drops from every request.
///
/// # Invariants
///
/// No flag is both forced and ignored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Masks {
    forced: u32,
    ignored: u32,
}

impl Masks {
    /// Combines the switches; [`None`] if a flag would be both forced and ignored.
    pub const fn new(switches: Switches) -> Option<Self> {
        let mut forced = switches.forceflags;
        let mut ignored = switches.ignoreflags;
        if !switches.thread {
            ignored |= flag::THREAD_MASK;
        }
        if !switches.dma {
            ignored |= flag::DMA;
        }
        if switches.sync {
            ignored |= flag::ASYNC_MASK;
        }
        if switches.pinlocal {
            forced |= flag::PIN_LOCAL;
        }
        if forced & ignored != 0 {
            return None;
        }
        // INVARIANT: Checked just above.
        Some(Self { forced, ignored })
    }

    /// The flags added to every request.
    pub const fn forced(self) -> u32 {
        self.forced
    }

    /// The flags dropped from every request.
    pub const fn ignored(self) -> u32 {
        self.ignored
    }

    /// What takes effect of the flags of a new region; bits without a meaning there are dropped.
    pub const fn on_region(self, given: u32) -> RegionFlags {
        RegionFlags((given | self.forced) & !self.ignored & flag::CREATE_MASK)
    }

    /// What takes effect of the flags of a copy; bits without a meaning there are dropped.
    pub const fn on_copy(self, given: u32) -> CopyFlags {
        CopyFlags((given | self.forced) & !self.ignored & flag::COPY_MASK)
    }
}

/// The effective flags of a region.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RegionFlags(u32);

impl RegionFlags {
    /// Whether the first use consumes the region.
    pub const fn single_use(self) -> bool {
        self.0 & flag::SINGLE_USE != 0
    }

    /// Whether every user may use the region.
    pub const fn any_user_access(self) -> bool {
        self.0 & flag::ANY_USER_ACCESS != 0
    }
}

/// The effective flags of a copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CopyFlags(u32);

impl CopyFlags {
    /// Whether the local memory is to be pinned.
    pub const fn pin_local(self) -> bool {
        self.0 & flag::PIN_LOCAL != 0
    }

    /// Whether these flags can be honoured by a context whose status array has `slots` slots, 0 if
    /// there is none, for the slot `index`.
    ///
    /// An asynchronous flag asks for a valid slot even if the copy then runs synchronously. An
    /// event tells the end of work done in the thread, and cannot be told by the DMA engine.
    pub const fn possible(self, slots: u64, index: u32) -> bool {
        let asynchronous = self.0 & flag::ASYNC_MASK != 0;
        if asynchronous && index as u64 >= slots {
            return false;
        }
        let thread = self.0 & flag::THREAD_MASK != 0;
        let by_hardware = self.0 & flag::ASYNC_DMA_COMPLETE != 0;
        self.0 & flag::NOTIFY_FD == 0 || thread && !by_hardware
    }
}
