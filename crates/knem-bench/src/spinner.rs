// SPDX-License-Identifier: BSD-3-Clause

use crate::cpu;

/// A process that keeps a CPU busy with nothing while nobody else wants it.
///
/// Machines that share their cores run one busy CPU faster than two; one reader must not look
/// better for that when it is compared with several.
#[derive(Debug)]
pub struct Spinner(i32);

impl Spinner {
    /// Starts one on that CPU; none where the system gives no process.
    pub fn start(on: Option<usize>) -> Option<Self> {
        // SAFETY: There is one thread, so that the child may go on as it is.
        match unsafe { libc::fork() } {
            -1 => None,
            0 => {
                cpu::settle(on);
                cpu::give_way();
                // SAFETY: If the copier is killed, so is this process.
                unsafe { libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL) };
                loop {
                    std::hint::spin_loop();
                }
            }
            pid => Some(Self(pid)),
        }
    }
}

impl Drop for Spinner {
    fn drop(&mut self) {
        // SAFETY: It is this process's child, and is waited for once.
        unsafe {
            libc::kill(self.0, libc::SIGKILL);
            libc::waitpid(self.0, std::ptr::null_mut(), 0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_until_it_is_dropped() {
        let spinner = Spinner::start(None).unwrap();
        let pid = spinner.0;
        // SAFETY: Signal 0 only asks whether the process is there.
        let there = || unsafe { libc::kill(pid, 0) } == 0;
        assert!(there());
        drop(spinner);
        assert!(!there());
    }
}
