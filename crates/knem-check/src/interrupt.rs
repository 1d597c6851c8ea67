// SPDX-License-Identifier: BSD-3-Clause

//! Calls that are interrupted by signals.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::time::Duration;
use std::{fs, mem, ptr, thread};

use crate::clock::wait_until;
use crate::errno::Errno;

static CAUGHT: AtomicUsize = AtomicUsize::new(0);

extern "C" fn caught(_: i32) {
    CAUGHT.fetch_add(1, Ordering::Relaxed);
}

/// Runs `body` in a thread that gets a signal again and again until it is over; tells what it
/// answered. The handler was installed with these SA_* flags.
///
/// # Panics
/// Where `body` panics.
pub fn interrupted<T: Send>(flags: i32, body: impl FnOnce() -> T + Send) -> T {
    handle(flags);
    let (sender, receiver) = mpsc::channel();
    thread::scope(|scope| {
        let running = scope.spawn(move || {
            sender.send(thread_number()).expect("somebody listens");
            body()
        });
        let id = receiver.recv().expect("the thread starts");
        while !running.is_finished() {
            thread::sleep(Duration::from_millis(10));
            // SAFETY: no memory is involved; the thread is not joined yet, so that its number can
            // belong to no other thread of this process.
            unsafe { libc::syscall(libc::SYS_tgkill, std::process::id(), id, libc::SIGUSR1) };
        }
        running.join().expect("no panic")
    })
}

/// The number of the calling thread, for [`sleeps_in`].
pub fn thread_number() -> libc::pid_t {
    // SAFETY: no memory is involved.
    unsafe { libc::gettid() }
}

/// Waits until a thread of this process sleeps in a system call; tells whether that happened.
pub fn sleeps_in(thread: libc::pid_t, call: libc::c_long) -> bool {
    let path = format!("/proc/self/task/{thread}/syscall");
    // A thread that runs shows no number there.
    let start = format!("{call} ");
    wait_until(|| fs::read_to_string(&path).is_ok_and(|text| text.starts_with(&start)))
}

/// Signals that were handled.
pub fn count() -> usize {
    CAUGHT.load(Ordering::Relaxed)
}

fn handle(flags: i32) {
    // SAFETY: the handler only counts; the structure is lent for the call.
    unsafe {
        let mut action: libc::sigaction = mem::zeroed();
        action.sa_sigaction = caught as extern "C" fn(i32) as usize;
        action.sa_flags = flags;
        let answer = libc::sigaction(libc::SIGUSR1, &action, ptr::null_mut());
        assert_eq!(answer, 0, "sigaction: {:?}", Errno::last());
    }
}
