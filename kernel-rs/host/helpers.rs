// SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause

//! The C half, as `helpers.h` declares it.

use core::ffi::c_void;

use kernel::{
    bindings,
    ffi::{c_int, c_uint, c_ulong},
    sync::{atomic::Atomic, Refcount},
    types::Opaque,
};

/// What an object starts with that readers may find by its key without a lock.
///
/// The C half takes care of the fields that are opaque here, and of what they point to.
#[repr(C)]
pub(super) struct RcuObject {
    rcu: Opaque<bindings::callback_head>,
    link: Opaque<[*mut c_void; 2]>,
    chain: Opaque<*mut c_void>,
    key: u64,
    pub(super) references: Refcount,
    /// Where references are counted besides, as `references.rs` says.
    pub(super) stripes: Atomic<usize>,
}

impl RcuObject {
    /// In no chain yet, with one reference.
    #[inline]
    pub(super) fn new() -> Self {
        Self {
            rcu: Opaque::uninit(),
            link: Opaque::uninit(),
            chain: Opaque::uninit(),
            key: 0,
            references: Refcount::new(1),
            stripes: Atomic::new(0),
        }
    }
}

/// A reference to an object, or none.
#[repr(C)]
pub(super) struct Reference {
    pub(super) object: *mut RcuObject,
    /// Where it is counted, if it is not in the object's own count.
    pub(super) stripe: *mut c_void,
}

/// A list of objects.
#[repr(transparent)]
pub(super) struct Chain(Opaque<*mut c_void>);

/// A page, and the folio in which it lies.
#[repr(C)]
#[derive(Default)]
pub(super) struct PageFacts {
    /// The physical address.
    pub(super) address: u64,
    /// How many pages there are from this one to the end of the folio.
    pub(super) folio_rest: usize,
    /// Whether its references are so many that their count is not far from its end.
    pub(super) crowded: bool,
}

#[expect(
    improper_ctypes,
    reason = "descriptors of pages are only passed around"
)]
extern "C" {
    pub(super) fn knem_object_alloc(bytes: usize) -> *mut c_void;
    pub(super) fn knem_read_words(target: *mut u64, source: *const u64, words: usize) -> bool;
    pub(super) fn knem_write_words(target: *mut u64, source: *const u64, words: usize) -> bool;
    pub(super) fn knem_current_uid() -> bindings::uid_t;
    pub(super) fn knem_charge(pages: usize, enforce: bool) -> *mut bindings::mm_struct;
    pub(super) fn knem_refund(mm: *mut bindings::mm_struct, pages: usize);
    pub(super) fn knem_page_facts(page: *mut bindings::page, facts: *mut PageFacts);
    pub(super) fn knem_single_pages(
        pages: *const *mut bindings::page,
        count: usize,
        addresses: *mut u64,
    ) -> usize;
    pub(super) fn knem_unpin(address: u64, pages: usize, dirty: bool);
    pub(super) fn knem_unpin_singles(addresses: *mut u64, count: usize, dirty: bool);
    pub(super) fn knem_move(target: u64, source: u64, bytes: usize);
    pub(super) fn knem_copy_to_user(target: *mut c_void, source: u64, bytes: usize) -> usize;
    pub(super) fn knem_copy_from_user(target: u64, source: *const c_void, bytes: usize) -> usize;
    pub(super) fn knem_is_readable(source: *const c_void, bytes: usize) -> bool;
    pub(super) fn knem_chains_alloc(count: *mut usize) -> *mut Chain;
    pub(super) fn knem_chains_free(chains: *mut Chain, count: usize);
    pub(super) fn knem_chain_add(chain: *mut Chain, object: *mut RcuObject, key: u64);
    pub(super) fn knem_chain_remove(object: *mut RcuObject);
    pub(super) fn knem_chain_find(chain: *mut Chain, key: u64) -> Reference;
    pub(super) fn knem_chain_holds(chain: *mut Chain, key: u64) -> bool;
    pub(super) fn knem_kfree_rcu(memory: *mut c_void);
    pub(super) fn knem_cpu() -> usize;
    pub(super) fn knem_cond_resched();
    pub(super) fn knem_fatal_signal_pending() -> bool;
    pub(super) fn knem_current_goes_on() -> bool;
    pub(super) fn knem_get_current_process() -> *mut bindings::pid;
    pub(super) fn knem_init_waitqueue(head: *mut bindings::wait_queue_head);
    pub(super) fn knem_wake_all(head: *mut bindings::wait_queue_head);
    pub(super) fn knem_alloc_shared_page() -> *mut bindings::page;
    pub(super) fn knem_page_address(page: *mut bindings::page) -> *mut c_void;
    pub(super) fn knem_put_page(page: *mut bindings::page);
    pub(super) fn knem_cpus_bytes() -> usize;
    pub(super) fn knem_cpus_of_current(mask: *mut bindings::cpumask);
    pub(super) fn knem_cpus_complement(mask: *mut bindings::cpumask);
    pub(super) fn knem_may_log() -> bool;
    pub(super) fn knem_this_cpu_add(counter: *mut u64, value: u64);
    pub(super) fn knem_this_cpu_add_both(first: *mut u64, value: u64, second: *mut u64, other: u64);
    pub(super) fn knem_per_cpu_sum(counter: *mut u64) -> u64;
}

#[expect(improper_ctypes, reason = "only its address is taken")]
extern "C" {
    /// What C calls `THIS_MODULE`; the kernel crate's name for it depends on the version.
    static __this_module: Opaque<bindings::module>;
}

/// This module, which open files keep loaded.
pub(super) const fn this_module() -> *mut bindings::module {
    Opaque::cast_into(&raw const __this_module)
}

extern "C" {
    pub(super) static knem_param_thread: c_uint;
    pub(super) static knem_param_dma: c_uint;
    pub(super) static knem_param_pinlocal: c_uint;
    pub(super) static knem_param_pinlocalread: c_uint;
    pub(super) static knem_param_sync: c_uint;
    pub(super) static knem_param_forceflags: c_uint;
    pub(super) static knem_param_ignoreflags: c_uint;
    pub(super) static knem_param_debug: c_uint;
    pub(super) static knem_param_binding: c_int;
    pub(super) static knem_param_dmamin: c_uint;
    pub(super) static knem_param_dmatimeout: c_uint;
    pub(super) static knem_param_statslen: c_ulong;
    pub(super) static knem_param_statsverbose: c_uint;
    pub(super) static knem_param_maxqueued: c_uint;
    pub(super) static knem_param_maxthreads: c_uint;
    pub(super) static knem_param_maxregions: c_uint;
    pub(super) static knem_param_maxslots: c_ulong;
    pub(super) static knem_param_memlock: c_uint;
}
