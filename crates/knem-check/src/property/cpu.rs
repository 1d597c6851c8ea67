// SPDX-License-Identifier: BSD-3-Clause

//! Where the processes run. They call one after the other, so that one CPU is enough for them, and
//! switching between them is cheap there; only kernel threads run elsewhere, for they are to copy at
//! the same time.

use std::mem::{size_of, zeroed};

/// The CPUs that the calling thread may use.
fn allowed() -> libc::cpu_set_t {
    // SAFETY: a mask without any CPU is valid.
    let mut mask: libc::cpu_set_t = unsafe { zeroed() };
    // SAFETY: the mask is lent mutably for the call.
    let answer = unsafe { libc::sched_getaffinity(0, size_of::<libc::cpu_set_t>(), &mut mask) };
    assert_eq!(answer, 0, "the mask fits");
    mask
}

fn restrict(mask: &libc::cpu_set_t) {
    // SAFETY: the mask is lent for the call.
    let answer = unsafe { libc::sched_setaffinity(0, size_of::<libc::cpu_set_t>(), mask) };
    assert_eq!(answer, 0, "the mask names CPUs of this machine");
}

/// Keeps the calling thread, and the processes that it forks from now on, on one CPU.
pub fn stay() {
    let all = allowed();
    // SAFETY: the number is smaller than the mask is long.
    let first = (0..libc::CPU_SETSIZE as usize).find(|&cpu| unsafe { libc::CPU_ISSET(cpu, &all) });
    // SAFETY: a mask without any CPU is valid.
    let mut one: libc::cpu_set_t = unsafe { zeroed() };
    // SAFETY: as above.
    unsafe { libc::CPU_SET(first.unwrap_or(0), &mut one) };
    restrict(&one);
}

/// Does something with leave to run on any CPU, as a context's kernel thread then has.
pub fn anywhere<T>(act: impl FnOnce() -> T) -> T {
    let before = allowed();
    // SAFETY: a mask without any CPU is valid.
    let mut all: libc::cpu_set_t = unsafe { zeroed() };
    for cpu in 0..libc::CPU_SETSIZE as usize {
        // SAFETY: the number is smaller than the mask is long.
        unsafe { libc::CPU_SET(cpu, &mut all) };
    }
    restrict(&all);
    let answer = act();
    restrict(&before);
    answer
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(mask: &libc::cpu_set_t) -> i32 {
        // SAFETY: the mask is lent for the call.
        unsafe { libc::CPU_COUNT(mask) }
    }

    #[test]
    fn one_cpu_is_kept_and_left_for_a_while() {
        // In a thread of its own: others keep their CPUs.
        let thread = std::thread::spawn(|| {
            let before = count(&allowed());
            stay();
            assert_eq!(count(&allowed()), 1);
            assert!(anywhere(|| count(&allowed())) >= before);
            assert_eq!(count(&allowed()), 1);
        });
        thread.join().expect("no panic");
    }
}
