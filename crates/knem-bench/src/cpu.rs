// SPDX-License-Identifier: BSD-3-Clause

/// The CPUs that this process may use; none where the system does not say.
fn usable() -> Vec<usize> {
    // SAFETY: A mask of zeros is an empty one.
    let mut allowed: libc::cpu_set_t = unsafe { std::mem::zeroed() };
    let size = std::mem::size_of_val(&allowed);
    // SAFETY: The call writes no more than the mask, of this very process.
    if unsafe { libc::sched_getaffinity(0, size, &mut allowed) } != 0 {
        return Vec::new();
    }
    // SAFETY: Every number asked for lies in the mask.
    let set = |cpu: &usize| unsafe { libc::CPU_ISSET(*cpu, &allowed) };
    (0..size * 8).filter(set).collect()
}

/// Where the copier and the owner are to run: on one CPU, or on two as far as there are.
pub fn places(apart: bool) -> (Option<usize>, Option<usize>) {
    let cpus = usable();
    let first = cpus.first().copied();
    match apart {
        true => (first, cpus.get(1).copied().or(first)),
        false => (first, first),
    }
}

/// Keeps this process on a CPU, so that the scheduler does not move it in the middle of a
/// measurement. Where the system refuses, the process stays free.
pub fn settle(cpu: Option<usize>) {
    let Some(cpu) = cpu else {
        return;
    };
    // SAFETY: The number lies in the mask, and the call only reads the mask.
    unsafe {
        let mut one: libc::cpu_set_t = std::mem::zeroed();
        libc::CPU_SET(cpu, &mut one);
        libc::sched_setaffinity(0, std::mem::size_of_val(&one), &one);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settles_where_it_is_told_to() {
        // A thread has a mask of its own, so that the other tests stay free.
        let settled = std::thread::spawn(|| {
            let last = usable().pop();
            settle(last);
            (last, usable(), places(true))
        });
        let (last, after, places) = settled.join().unwrap();
        assert_eq!(after, [last.unwrap()]);
        assert_eq!(places, (last, last));
    }
}
