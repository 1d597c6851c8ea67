// SPDX-License-Identifier: BSD-3-Clause

//! Who a process is.

use crate::errno::{check, Errno};
use crate::process::{in_child, Message};

/// An ordinary user of the guest.
pub const ALICE: u32 = 1000;
/// Another one.
pub const BOB: u32 = 1001;

/// Becomes another user for good; only for a child process.
///
/// # Panics
/// Where the process may not.
pub fn become_user(uid: u32) {
    become_ids(uid, uid);
}

/// Takes these real and effective user ids; the saved one follows the real one.
///
/// # Panics
/// Where the process may not.
pub fn become_ids(real: u32, effective: u32) {
    // SAFETY: no memory is involved.
    let answer = unsafe { libc::setresuid(real, effective, real) };
    assert_eq!(
        answer,
        0,
        "setresuid({real}, {effective}): {:?}",
        Errno::last()
    );
}

/// Runs `body` in a child process of another user and answers what it answered.
pub fn as_user<M: Message>(uid: u32, body: impl FnOnce() -> M) -> M {
    in_child(|| {
        become_user(uid);
        body()
    })
}

/// Enters a new user namespace, in which the process has every capability and no mapped id.
///
/// # Errors
/// What `unshare` answers: some machines forbid this.
pub fn enter_namespace() -> Result<(), Errno> {
    // SAFETY: no memory is involved.
    check(unsafe { libc::unshare(libc::CLONE_NEWUSER) } as isize).map(drop)
}
