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
    /// Those that the kernel cannot honour; they are dropped, and nobody is told.
    unsupported: u32,
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
        Some(Self {
            forced,
            ignored,
            unsupported: 0,
        })
    }

    /// The same, for a kernel without DMA engines.
    pub const fn without_dma(self) -> Self {
        Self {
            unsupported: flag::DMA,
            ..self
        }
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

    /// What becomes of a copy with the flags `given`, whose slot is the one at `index` of a status
    /// array with `slots` slots, 0 if there is none; [`None`] if such a copy is refused. Bits without
    /// a meaning for copies are dropped.
    ///
    /// An asynchronous flag asks for a valid slot even if the copy then runs synchronously. An event
    /// tells the end of what was meant for the thread, even if the module makes it synchronous, and
    /// not the end of what the DMA engine tells by itself.
    #[inline(always)]
    pub fn on_copy(
        self,
        given: u32,
        kind: Kind,
        slots: impl FnOnce() -> u64,
        index: u32,
    ) -> Option<Plan> {
        let wanted = given | self.forced;
        let effective = wanted & !(self.ignored | self.unsupported) & flag::COPY_MASK;
        let special = flag::ASYNC_MASK | flag::NOTIFY_FD | flag::DMA;
        if effective & special == 0 && !matches!(kind, Kind::OldAsynchronous) {
            return Some(Plan {
                pin_local: effective & flag::PIN_LOCAL != 0,
                ..Plan::PLAIN
            });
        }
        let plan = Plan::special(wanted, effective, kind)?;
        (!plan.slot || u64::from(index) < slots()).then_some(plan)
    }
}

/// The effective flags of a region.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RegionFlags(u32);

impl RegionFlags {
    /// The same, but the first use consumes the region, whatever the module ignores.
    pub const fn once(self) -> Self {
        Self(self.0 | flag::SINGLE_USE)
    }

    /// Whether the first use consumes the region.
    pub const fn single_use(self) -> bool {
        self.0 & flag::SINGLE_USE != 0
    }

    /// Whether every user may use the region.
    pub const fn any_user_access(self) -> bool {
        self.0 & flag::ANY_USER_ACCESS != 0
    }
}

/// The kinds of copies, which differ in how they are told about their end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The result is in the reply, or if the flags say so in a slot.
    Current,
    /// Deprecated: the result is always in a slot.
    OldAsynchronous,
    /// Deprecated: the result is always in the reply.
    OldSynchronous,
}

/// What becomes of a copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plan {
    /// It is made in the call by the CPU, and nothing but the reply tells its result.
    pub plain: bool,
    /// It counts as pending from its submission on, as its slot says.
    pub pending: bool,
    /// It is given to DMA channels.
    pub dma: bool,
    /// It is left to the kernel thread.
    pub in_thread: bool,
    /// It is started in the call, which does not wait for its end.
    pub by_itself: bool,
    /// Its result is stored in a slot.
    pub slot: bool,
    /// Its end is told by an event.
    pub event: bool,
    /// Its local memory is pinned.
    pub pin_local: bool,
}

impl Plan {
    /// That of a copy without flags.
    const PLAIN: Self = Self {
        plain: true,
        pending: false,
        dma: false,
        in_thread: false,
        by_itself: false,
        slot: false,
        event: false,
        pin_local: false,
    };

    /// That of any other, if these flags go together: those that are wanted, and of them those that
    /// take effect.
    #[cold]
    fn special(wanted: u32, effective: u32, kind: Kind) -> Option<Self> {
        let asynchronous = match kind {
            Kind::OldSynchronous => false,
            Kind::OldAsynchronous | Kind::Current => effective & flag::ASYNC_MASK != 0,
        };
        let hardware = effective & flag::ASYNC_DMA_COMPLETE != 0;
        let event = effective & flag::NOTIFY_FD != 0;
        let event_possible = match kind {
            Kind::Current => wanted & flag::THREAD_MASK != 0 && !hardware,
            Kind::OldAsynchronous => !hardware,
            Kind::OldSynchronous => false,
        };
        if event && !event_possible {
            return None;
        }
        let dma = effective & flag::DMA != 0;
        // With DMA, it is its own flag that lets the thread do it.
        let thread = if dma {
            flag::DMA_THREAD
        } else {
            flag::MEMCPY_THREAD
        };
        let in_thread = asynchronous && effective & thread != 0;
        let slot = asynchronous || event || matches!(kind, Kind::OldAsynchronous);
        Some(Self {
            plain: !slot && !dma,
            pending: asynchronous,
            dma,
            in_thread,
            by_itself: asynchronous && dma && hardware && !in_thread,
            slot,
            event,
            pin_local: dma || effective & flag::PIN_LOCAL != 0,
        })
    }
}
