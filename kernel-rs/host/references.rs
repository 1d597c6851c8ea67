// SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause

//! References to an object, counted in one place, or in several once several CPUs use it at a time.

use core::{
    ffi::c_void,
    ptr::{self, NonNull},
};

use kernel::{
    bindings,
    prelude::*,
    sync::{
        atomic::{
            ordering::{Acquire, Full, Relaxed, Release},
            Atomic,
        },
        Refcount,
    },
    types::Opaque,
};

use super::{
    for_caller,
    helpers::{self, RcuObject},
};
use crate::logic::stripe::{self, Number, STRIPES};

/// A count that has a cache line to itself.
#[repr(C, align(64))]
pub(super) struct Stripe {
    /// That of the first one frees them all.
    rcu: Opaque<bindings::callback_head>,
    count: Atomic<u32>,
}

impl Stripe {
    fn new() -> Self {
        Self {
            rcu: Opaque::uninit(),
            count: Atomic::new(0),
        }
    }
}

/// The object's own count.
struct Single<'a>(&'a Refcount);

impl Number for Single<'_> {
    fn load(&self) -> u32 {
        self.0.as_atomic().load(Relaxed) as u32
    }

    fn fetch_add(&self, value: u32) -> u32 {
        self.0.as_atomic().fetch_add(value as i32, Full) as u32
    }

    fn fetch_sub(&self, value: u32) -> u32 {
        self.0.as_atomic().fetch_sub(value as i32, Full) as u32
    }
}

type Stripes = [Stripe; STRIPES];

impl Number for Stripe {
    fn load(&self) -> u32 {
        self.count.load(Relaxed)
    }

    fn fetch_add(&self, value: u32) -> u32 {
        self.count.fetch_add(value, Full)
    }

    fn fetch_sub(&self, value: u32) -> u32 {
        self.count.fetch_sub(value, Full)
    }
}

/// Set in the address of stripes that are closed, or alone if there will never be any.
const CLOSED: usize = 1;

impl RcuObject {
    /// Gives back a reference, and tells whether it was the last one.
    ///
    /// # Safety
    ///
    /// The reference must have been taken in this stripe, or without one in the object's own count.
    #[inline]
    pub(super) unsafe fn give_back(&self, stripe: Option<NonNull<Stripe>>) -> bool {
        if let Some(stripe) = stripe {
            // SAFETY: By the requirements of this function, the object still has its stripes.
            if stripe::give_back(unsafe { stripe.as_ref() }) {
                return false;
            }
        }
        self.references.dec_and_test()
    }

    /// Counts references that are taken from now on on some CPUs by themselves. Without memory for that,
    /// all goes on as it is.
    fn spread(&self) {
        // Closed, most often: those who find an object at its end need not try.
        if self.stripes.load(Relaxed) != 0 {
            return;
        }
        let stripes = core::array::from_fn::<_, STRIPES, _>(|_| Stripe::new());
        let Ok(stripes) = KBox::new(stripes, for_caller()) else {
            return;
        };
        let stripes = KBox::into_raw(stripes);
        if self.stripes.cmpxchg(0, stripes as usize, Full).is_err() {
            // SAFETY: Made just now; somebody else was faster, or the owner has gathered all.
            drop(unsafe { KBox::from_raw(stripes) });
        }
    }

    /// From now on all references are counted in one place. Called once, by the owner, which has a
    /// reference there.
    #[inline]
    pub(super) fn gather(&self) {
        if let Err(stripes) = self.stripes.cmpxchg(0, CLOSED, Full) {
            self.gather_from(stripes);
        }
    }

    #[cold]
    fn gather_from(&self, stripes: usize) {
        self.stripes.store(stripes | CLOSED, Release);
        // SAFETY: The address is that of stripes, which last as long as the object.
        let stripes = unsafe { &*(stripes as *const Stripes) };
        stripe::gather(&Single(&self.references), stripes.iter());
    }

    /// Frees the stripes, but for those that still see them.
    ///
    /// # Safety
    ///
    /// No reference may be left. Called once.
    pub(super) unsafe fn free_stripes(&self) {
        let stripes = self.stripes.load(Relaxed) & !CLOSED;
        if stripes != 0 {
            // SAFETY: They came from `kmalloc`, and start with their `callback_head`. Only those who
            // found the object before may still look at them.
            unsafe { helpers::knem_kfree_rcu(stripes as *mut c_void) }
        }
    }
}

/// Takes a reference to an object that has stripes, in one of these, if it is still open; else returns
/// null.
///
/// # Safety
///
/// Only called by the C half, on an object that it found under the RCU read lock, which it holds.
#[no_mangle]
unsafe extern "C" fn knem_take_stripe(object: *const RcuObject) -> *const Stripe {
    // SAFETY: By the requirements of this function.
    let stripes = unsafe { (*object).stripes.load(Acquire) };
    if stripes & CLOSED != 0 {
        return ptr::null();
    }
    // SAFETY: The address is that of stripes, which are freed a grace period after the object ends.
    let stripes = unsafe { &*(stripes as *const Stripes) };
    // SAFETY: Takes no pointers.
    let stripe = &stripes[unsafe { helpers::knem_cpu() } % STRIPES];
    if stripe::take(stripe) {
        stripe
    } else {
        ptr::null()
    }
}

/// Several use an object at a time.
///
/// # Safety
///
/// Only called by the C half, which has a reference to the object, and may sleep.
#[no_mangle]
unsafe extern "C" fn knem_spread(object: *const RcuObject) {
    // SAFETY: By the requirements of this function.
    unsafe { (*object).spread() }
}
