// SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause

//! The C half, as `helpers.h` declares it.

use core::ffi::c_void;

use kernel::{
    bindings,
    ffi::{c_int, c_uint, c_ulong},
    types::Opaque,
};

/// What an allocated object starts with that waits for a grace period before it is freed.
#[repr(transparent)]
pub(super) struct RcuObject(Opaque<bindings::callback_head>);

impl RcuObject {
    /// Before it waits, it holds nothing.
    pub(super) const fn new() -> Self {
        Self(Opaque::uninit())
    }
}

#[expect(
    improper_ctypes,
    reason = "descriptors of pages are only passed around"
)]
extern "C" {
    pub(super) fn knem_folio_pages_from(page: *mut bindings::page) -> usize;
    pub(super) fn knem_folio_is_crowded(page: *mut bindings::page) -> bool;
    pub(super) fn knem_page_to_phys(page: *mut bindings::page) -> u64;
    pub(super) fn knem_phys_to_page(address: u64) -> *mut bindings::page;
    pub(super) fn knem_phys_to_direct_map(address: u64) -> *mut c_void;
    pub(super) fn knem_memmove(target: *mut c_void, source: *const c_void, bytes: usize);
    pub(super) fn knem_kfree_rcu(object: *mut RcuObject);
    pub(super) fn knem_cond_resched();
    pub(super) fn knem_fatal_signal_pending() -> bool;
    pub(super) fn knem_current_goes_on() -> bool;
    pub(super) fn knem_get_current_process() -> *mut bindings::pid;
    pub(super) fn knem_init_waitqueue(head: *mut bindings::wait_queue_head);
    pub(super) fn knem_wake_up_all(head: *mut bindings::wait_queue_head);
    pub(super) fn knem_alloc_shared_page() -> *mut bindings::page;
    pub(super) fn knem_page_address(page: *mut bindings::page) -> *mut c_void;
    pub(super) fn knem_put_page(page: *mut bindings::page);
    pub(super) fn knem_cpus_bytes() -> usize;
    pub(super) fn knem_cpus_of_current(mask: *mut bindings::cpumask);
    pub(super) fn knem_cpus_complement(mask: *mut bindings::cpumask);
    pub(super) fn knem_may_log() -> bool;
    pub(super) fn knem_this_cpu_add(counter: *mut u64, value: u64);
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
    pub(super) static knem_param_statslen: c_ulong;
    pub(super) static knem_param_statsverbose: c_uint;
    pub(super) static knem_param_maxqueued: c_uint;
}
