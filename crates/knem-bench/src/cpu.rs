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

/// Where the copier runs, then the owner, then further readers: on one CPU, or each on its own as
/// far as there are; the first reader shares the owner's, who has nothing to do meanwhile.
pub fn places(apart: bool) -> Places {
    let cpus = usable();
    Places(if apart {
        cpus
    } else {
        cpus.into_iter().take(1).collect()
    })
}

/// The CPUs that are used.
#[derive(Debug, PartialEq, Eq)]
pub struct Places(Vec<usize>);

impl Places {
    /// The CPU of the copier (0) or of another process; the last one is shared by all who come
    /// after it.
    pub fn of(&self, process: usize) -> Option<usize> {
        self.0.get(process).or(self.0.last()).copied()
    }

    /// The CPUs beside the copier's, as many as so many processes use.
    pub fn others(&self, processes: usize) -> impl Iterator<Item = usize> + '_ {
        self.0.iter().take(processes).skip(1).copied()
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

/// Lets this process run only while nobody else wants its CPU. Where the system refuses, it is
/// like any other.
pub fn give_way() {
    // SAFETY: The call only reads the parameters, of this very process.
    unsafe {
        let nothing: libc::sched_param = std::mem::zeroed();
        libc::sched_setscheduler(0, libc::SCHED_IDLE, &nothing);
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
        assert_eq!(places, Places(vec![last.unwrap()]));
    }

    #[test]
    fn everybody_has_a_place() {
        let places = Places(vec![2, 5]);
        assert_eq!([0, 1, 2].map(|n| places.of(n)), [Some(2), Some(5), Some(5)]);
        assert_eq!(places.others(4).collect::<Vec<_>>(), [5]);
        assert_eq!(places.others(1).count(), 0);
        assert_eq!(Places(Vec::new()).of(0), None);
    }
}
