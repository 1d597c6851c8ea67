// SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause

//! Objects that can be looked up without a lock.
//!
//! [`RcuTable`] maps numbers to [`RcuArc`]s. A look-up takes the RCU read lock, loads the entry and
//! tries to take a reference. The last reference may be dropped at any time; the contents go at
//! once, in the task that drops it, and only the memory waits for a grace period, so that a reader
//! that came too late still finds a reference count: 0.

use core::{marker::PhantomData, mem::ManuallyDrop, ops::Deref, ptr::NonNull};

use kernel::{
    bindings,
    error::to_result,
    prelude::*,
    sync::{
        atomic::ordering::{Acquire, Relaxed},
        rcu, Refcount,
    },
    types::Opaque,
};

use super::{
    for_caller,
    helpers::{self, RcuObject},
};

/// What an [`RcuArc`] points to.
#[repr(C)]
struct Inner<T> {
    rcu: RcuObject,
    references: Refcount,
    value: ManuallyDrop<T>,
}

/// A counted reference to a value that RCU readers may come across.
///
/// # Invariants
///
/// The pointer came from a [`KBox`], and this object owns one of the references counted there.
pub(crate) struct RcuArc<T>(NonNull<Inner<T>>);

// SAFETY: Shares `T` between tasks, and the last one, whichever it is, drops it.
unsafe impl<T: Send + Sync> Send for RcuArc<T> {}
// SAFETY: As above.
unsafe impl<T: Send + Sync> Sync for RcuArc<T> {}

impl<T> RcuArc<T> {
    /// Moves a value to the heap.
    pub(crate) fn new(value: T) -> Result<Self> {
        let inner = KBox::new(
            Inner {
                rcu: RcuObject::new(),
                references: Refcount::new(1),
                value: ManuallyDrop::new(value),
            },
            for_caller(),
        )?;
        // INVARIANT: The reference counted is this one.
        Ok(Self(NonNull::from(KBox::leak(inner))))
    }

    fn inner(&self) -> &Inner<T> {
        // SAFETY: By the invariants, a reference is held.
        unsafe { self.0.as_ref() }
    }

    /// Takes one more reference, unless there is none left.
    ///
    /// # Safety
    ///
    /// The memory must be valid: it was reachable after the RCU read lock was taken, and that lock
    /// is still held.
    unsafe fn try_from_reader(inner: NonNull<Inner<T>>) -> Option<Self> {
        // SAFETY: By the requirements of this function.
        let count = unsafe { inner.as_ref() }.references.as_atomic();
        let mut seen = count.load(Relaxed);
        loop {
            // At its maximum the count would become that of an object that leaks.
            if seen <= 0 || seen == i32::MAX {
                return None;
            }
            match count.cmpxchg(seen, seen.wrapping_add(1), Acquire) {
                // INVARIANT: Just counted.
                Ok(_) => return Some(Self(inner)),
                Err(other) => seen = other,
            }
        }
    }
}

impl<T> Clone for RcuArc<T> {
    fn clone(&self) -> Self {
        self.inner().references.inc();
        // INVARIANT: Just counted.
        Self(self.0)
    }
}

impl<T> Deref for RcuArc<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.inner().value
    }
}

impl<T> Drop for RcuArc<T> {
    fn drop(&mut self) {
        if !self.inner().references.dec_and_test() {
            return;
        }
        let inner = self.0.as_ptr();
        // SAFETY: That was the last reference. Readers only look at the count any more, and the
        // memory, which came from `kmalloc` and starts with an `RcuObject`, is freed when the last
        // of them is gone.
        unsafe {
            ManuallyDrop::drop(&mut (*inner).value);
            helpers::knem_kfree_rcu(inner.cast());
        }
    }
}

/// A map from numbers to objects, looked up without a lock.
///
/// # Invariants
///
/// Each entry of the array is the pointer of an [`RcuArc`], and owns its reference.
#[pin_data(PinnedDrop)]
pub(crate) struct RcuTable<T> {
    #[pin]
    entries: Opaque<bindings::xarray>,
    _entries: PhantomData<RcuArc<T>>,
}

// SAFETY: The array has a lock of its own, and its entries may be shared.
unsafe impl<T: Send + Sync> Send for RcuTable<T> {}
// SAFETY: As above.
unsafe impl<T: Send + Sync> Sync for RcuTable<T> {}

impl<T> RcuTable<T> {
    /// An empty table.
    pub(crate) fn new() -> impl PinInit<Self> {
        pin_init!(Self {
            // SAFETY: The slot is valid for writing.
            entries <- Opaque::ffi_init(|slot| unsafe { bindings::xa_init_flags(slot, 0) }),
            _entries: PhantomData,
        })
    }

    /// Enters an object under a number that was not used before.
    pub(crate) fn insert(&self, index: u64, object: RcuArc<T>) -> Result {
        let entry = ManuallyDrop::new(object).0.as_ptr().cast();
        // SAFETY: The array is initialised, and the entry is an aligned pointer.
        // INVARIANT: The entry takes over the reference of `object`.
        let previous = unsafe {
            bindings::xa_store(
                self.entries.get(),
                index as usize,
                entry,
                bindings::GFP_KERNEL_ACCOUNT,
            )
        };
        // SAFETY: `previous` was returned by `xa_store`.
        let stored = to_result(unsafe { bindings::xa_err(previous) });
        if stored.is_err() {
            // SAFETY: Nothing was stored, so the reference is still that of `object`.
            drop(unsafe { Self::own(entry.cast()) });
        }
        stored
    }

    /// Takes a reference to the object under a number.
    pub(crate) fn find(&self, index: u64) -> Option<RcuArc<T>> {
        let _reader = rcu::read_lock();
        // SAFETY: The array is initialised.
        let entry = unsafe { bindings::xa_load(self.entries.get(), index as usize) };
        // SAFETY: By the invariants, entries are objects; one that was found under the lock has
        // memory until the lock is released.
        unsafe { RcuArc::try_from_reader(NonNull::new(entry.cast())?) }
    }

    /// Removes the object under a number. Of several callers, one gets it.
    pub(crate) fn remove(&self, index: u64) -> Option<RcuArc<T>> {
        // SAFETY: The array is initialised.
        let entry = unsafe { bindings::xa_erase(self.entries.get(), index as usize) };
        // SAFETY: By the invariants, the entry owned a reference, which it gave up just now.
        (!entry.is_null()).then(|| unsafe { Self::own(entry.cast()) })
    }

    /// Takes over the reference of an entry.
    ///
    /// # Safety
    ///
    /// The entry must be the pointer of an [`RcuArc`] and own a reference, which it gives up.
    unsafe fn own(entry: *mut Inner<T>) -> RcuArc<T> {
        // SAFETY: By the requirements of this function, the pointer is not null.
        // INVARIANT: By the same.
        RcuArc(unsafe { NonNull::new_unchecked(entry) })
    }
}

#[pinned_drop]
impl<T> PinnedDrop for RcuTable<T> {
    fn drop(self: Pin<&mut Self>) {
        // SAFETY: Nobody else uses the array any more. All objects were removed by their owners, so
        // there are no references left in it to be dropped.
        unsafe { bindings::xa_destroy(self.entries.get()) }
    }
}
