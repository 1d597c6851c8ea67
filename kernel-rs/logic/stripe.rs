// SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause

//! References that are counted in several places.
//!
//! A count that many CPUs change is as fast as its cache line travels between them. A stripe is one of
//! several counts, for some of the CPUs only. Which reference is the last one, only a single count can
//! tell: so in the end stripes are closed, and the references that are counted there move to that one.

/// A number that several CPUs change. Whoever changes it sees all that was done by those who changed it
/// before, before they did.
pub trait Number {
    /// What is there now.
    fn load(&self) -> u32;

    /// Adds, and tells what was there before.
    fn fetch_add(&self, value: u32) -> u32;

    /// Subtracts, and tells what was there before.
    fn fetch_sub(&self, value: u32) -> u32;
}

/// More references than are ever counted in [`STRIPES`] stripes.
const MANY: u32 = 1 << 28;

/// How many stripes there are.
pub const STRIPES: usize = 16;

/// A stripe with so many references takes no more, but for those that are being taken: as many as there
/// are tasks, of which Linux has at most 2^22.
const FULL: u32 = MANY / STRIPES as u32 - (1 << 22);

/// Added to a stripe to close it.
const CLOSED: u32 = 1 << 31;

/// Takes a reference; not from a stripe that is closed, or full.
#[inline]
pub fn take(stripe: &impl Number) -> bool {
    if stripe.load() >= FULL {
        return false;
    }
    let open = stripe.fetch_add(1) < CLOSED;
    if !open {
        // Closed a moment ago: this reference counts nowhere.
        stripe.fetch_sub(1);
    }
    open
}

/// Gives back a reference that was taken here. [`false`] if the stripe was closed meanwhile: then the
/// reference is to be given back to the single count.
#[inline]
#[must_use]
pub fn give_back(stripe: &impl Number) -> bool {
    stripe.fetch_sub(1) < CLOSED
}

/// Closes all stripes of an object, which may be done once: their references are counted in the single
/// count from now on. The caller has a reference that is counted there, and keeps it.
pub fn gather<'a, N: Number + 'a>(single: &impl Number, stripes: impl Iterator<Item = &'a N>) {
    // References of closed stripes may be given back before all are counted.
    single.fetch_add(MANY);
    let moved = stripes.map(|stripe| stripe.fetch_add(CLOSED)).sum::<u32>();
    single.fetch_sub(MANY - moved);
}
