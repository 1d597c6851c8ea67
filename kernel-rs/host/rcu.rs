// SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause

//! Objects that can be looked up without a lock.
//!
//! An object is an [`RcuBox`] until it is published. Then it has an [`RcuOwner`], and an [`RcuTable`]
//! finds it by its key and gives out [`RcuArc`]s, until the last reference of both kinds is given up. A
//! look-up walks one chain under the RCU read lock and tries to take a reference. What the object holds
//! goes at once, in the task that gives up the last reference; only the memory waits for a grace period,
//! so that a reader that came too late still finds a reference count: 0.

use core::{
    marker::PhantomData,
    mem::{self, ManuallyDrop},
    ops::{Deref, DerefMut},
    ptr::NonNull,
};

use kernel::{bindings, prelude::*};

use super::{
    helpers::{self, Chain, RcuObject},
    references::Stripe,
};

/// What becomes of an object whose last reference was given up.
pub(crate) trait Ending {
    /// Lets go of what the object holds. As long as this is not done, the table holds the object.
    fn end(&mut self);
}

/// What an [`RcuArc`] points to.
#[repr(C)]
struct Inner<T> {
    object: RcuObject,
    value: ManuallyDrop<T>,
}

/// An object that is in no table yet, and has one owner.
///
/// # Invariants
///
/// The pointer came from `kmalloc`, and the object is initialised.
pub(crate) struct RcuBox<T>(NonNull<Inner<T>>);

impl<T> RcuBox<T> {
    /// Makes a value on the heap.
    #[inline]
    pub(crate) fn new(make: impl FnOnce() -> T) -> Result<Self> {
        const { assert!(mem::align_of::<Inner<T>>() <= mem::align_of::<u64>()) }
        // SAFETY: The size is not 0.
        let memory = unsafe { helpers::knem_object_alloc(mem::size_of::<Inner<T>>()) };
        let inner = NonNull::new(memory.cast::<Inner<T>>()).ok_or(ENOMEM)?;
        // SAFETY: Just allocated for it; what `kmalloc` returns is aligned for a `u64` at least.
        unsafe {
            inner.write(Inner {
                object: RcuObject::new(),
                value: ManuallyDrop::new(make()),
            });
        }
        // INVARIANT: Initialised just now.
        Ok(Self(inner))
    }
}

impl<T> Deref for RcuBox<T> {
    type Target = T;

    fn deref(&self) -> &T {
        // SAFETY: By the invariants.
        unsafe { &self.0.as_ref().value }
    }
}

impl<T> DerefMut for RcuBox<T> {
    fn deref_mut(&mut self) -> &mut T {
        // SAFETY: By the invariants; there is no other reference.
        unsafe { &mut self.0.as_mut().value }
    }
}

impl<T> Drop for RcuBox<T> {
    fn drop(&mut self) {
        let inner = self.0.as_ptr();
        // SAFETY: By the invariants; nobody else knows the object.
        unsafe {
            ManuallyDrop::drop(&mut (*inner).value);
            bindings::kfree(inner.cast());
        }
    }
}

/// The owner's reference to a value that RCU readers may come across. As long as there is an owner, others
/// may count their references wherever that is cheap.
///
/// # Invariants
///
/// It is counted in the object's own count.
pub(crate) struct RcuOwner<T: Ending>(RcuArc<T>);

impl<T: Ending> Deref for RcuOwner<T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: Ending> Drop for RcuOwner<T> {
    #[inline]
    fn drop(&mut self) {
        self.0.object().gather();
    }
}

/// A counted reference to a value that RCU readers may come across.
///
/// # Invariants
///
/// The pointer came from `kmalloc`, its object is in a chain, and this is one of the references
/// counted in this stripe, or without one in the object's own count.
pub(crate) struct RcuArc<T: Ending> {
    inner: NonNull<Inner<T>>,
    stripe: Option<NonNull<Stripe>>,
}

// SAFETY: Shares `T` between tasks, and the last one, whichever it is, drops it.
unsafe impl<T: Ending + Send + Sync> Send for RcuArc<T> {}
// SAFETY: As above.
unsafe impl<T: Ending + Send + Sync> Sync for RcuArc<T> {}

impl<T: Ending> RcuArc<T> {
    #[inline]
    fn object(&self) -> &RcuObject {
        // SAFETY: By the invariants, a reference is held.
        unsafe { &self.inner.as_ref().object }
    }

    /// The last reference is given up.
    ///
    /// # Safety
    ///
    /// Nobody else has one.
    unsafe fn end(&mut self) {
        let inner = self.inner.as_ptr();
        // SAFETY: Readers only look at the object any more, and the memory, which came from `kmalloc`, is
        // freed when the last of them is gone.
        unsafe {
            (*inner).value.end();
            helpers::knem_chain_remove(&raw mut (*inner).object);
            ManuallyDrop::drop(&mut (*inner).value);
            (*inner).object.free_stripes();
            helpers::knem_kfree_rcu(inner.cast());
        }
    }
}

impl<T: Ending> Deref for RcuArc<T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        // SAFETY: By the invariants, a reference is held.
        unsafe { &self.inner.as_ref().value }
    }
}

impl<T: Ending> Drop for RcuArc<T> {
    #[inline]
    fn drop(&mut self) {
        // SAFETY: By the invariants.
        if unsafe { self.object().give_back(self.stripe) } {
            // SAFETY: That was the last reference.
            unsafe { self.end() }
        }
    }
}

/// A table of objects, looked up by keys without a lock.
///
/// # Invariants
///
/// The number of chains is a power of two, `mask` one less, and their objects are those of [`RcuArc`]s.
pub(crate) struct RcuTable<T: Ending> {
    chains: NonNull<Chain>,
    mask: usize,
    _objects: PhantomData<RcuArc<T>>,
}

// SAFETY: Chains have locks of their own, and their objects may be shared.
unsafe impl<T: Ending + Send + Sync> Send for RcuTable<T> {}
// SAFETY: As above.
unsafe impl<T: Ending + Send + Sync> Sync for RcuTable<T> {}

impl<T: Ending> RcuTable<T> {
    /// An empty table.
    pub(crate) fn new() -> Result<Self> {
        let mut count = 0;
        // SAFETY: The pointer is valid.
        let chains = unsafe { helpers::knem_chains_alloc(&mut count) };
        // INVARIANT: Just allocated, without objects.
        Ok(Self {
            chains: NonNull::new(chains).ok_or(ENOMEM)?,
            mask: count - 1,
            _objects: PhantomData,
        })
    }

    /// Lets an object be found by a key that no other object has. The lowest bits of keys must be as
    /// good as random.
    #[inline]
    pub(crate) fn publish(&self, key: u64, object: RcuBox<T>) -> RcuOwner<T> {
        let inner = ManuallyDrop::new(object).0;
        // SAFETY: Nobody else knows the object, and it is in no chain. It stays where it is until its
        // last reference is gone, and is removed before.
        // INVARIANT: In the chain, and the reference counted is that of the value returned.
        unsafe { helpers::knem_chain_add(self.chain(key), inner.as_ptr().cast(), key) };
        RcuOwner(RcuArc {
            inner,
            stripe: None,
        })
    }

    /// Takes a reference to the object with a key.
    #[inline]
    pub(crate) fn find(&self, key: u64) -> Option<RcuArc<T>> {
        // SAFETY: By the invariants; callers may sleep.
        let found = unsafe { helpers::knem_chain_find(self.chain(key), key) };
        // INVARIANT: By those of the table, this object is in a chain and came from `kmalloc`; the callee
        // took a reference.
        NonNull::new(found.object.cast()).map(|inner| RcuArc {
            inner,
            stripe: NonNull::new(found.stripe.cast()),
        })
    }

    /// Whether there is an object with a key, even if its last reference was given up already.
    pub(crate) fn holds(&self, key: u64) -> bool {
        // SAFETY: By the invariants.
        unsafe { helpers::knem_chain_holds(self.chain(key), key) }
    }

    #[inline]
    fn chain(&self, key: u64) -> *mut Chain {
        let index = key as usize & self.mask;
        self.chains.as_ptr().wrapping_add(index)
    }
}

impl<T: Ending> Drop for RcuTable<T> {
    fn drop(&mut self) {
        // SAFETY: Nobody else uses the table any more. If there are objects left, which is a mistake,
        // the callee leaves their chains alone.
        unsafe { helpers::knem_chains_free(self.chains.as_ptr(), self.mask + 1) }
    }
}
