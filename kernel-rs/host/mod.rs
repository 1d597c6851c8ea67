// SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause

//! Everything that is taken from Linux.
//!
//! Calls into C, unsafe code and differences between kernel versions live here and nowhere else.
//! This folder knows the kernel and nothing of KNEM, but for the runs of `logic`, in which memory
//! is told.

mod helpers;
mod references;
mod singles;

pub(crate) mod account;
pub(crate) mod batch;
pub(crate) mod cpus;
pub(crate) mod dmaengine;
pub(crate) mod files;
pub(crate) mod list;
pub(crate) mod log;
pub(crate) mod pages;
pub(crate) mod params;
pub(crate) mod percpu;
pub(crate) mod random;
pub(crate) mod rcu;
pub(crate) mod shared;
pub(crate) mod task;
pub(crate) mod thread;
pub(crate) mod transfer;
pub(crate) mod user;
pub(crate) mod wait;

pub(crate) use kernel::{
    alloc::{flags::*, Flags},
    new_mutex, new_spinlock, pr_info, pr_warn,
    prelude::*,
    rbtree::RBTree,
    sync::{
        atomic::{ordering, Atomic},
        Arc, Mutex, SetOnce, SpinLock,
    },
};

/// `ENOSYS`, for which not every version of the kernel crate has a name.
pub(crate) fn not_implemented() -> Error {
    Error::from_errno(-(kernel::bindings::ENOSYS as i32))
}

/// For memory whose amount a caller chooses: charged to its control group, and if there is too
/// little, the caller is told and the kernel log is not.
pub(crate) fn for_caller() -> Flags {
    GFP_KERNEL_ACCOUNT | __GFP_NOWARN
}
