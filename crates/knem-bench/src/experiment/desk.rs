// SPDX-License-Identifier: BSD-3-Clause

use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::wide;
use crate::signal::Signal;

/// Where a thread gets copies to do from another.
pub struct Desk {
    /// Copies given out.
    order: Signal,
    /// Copies done.
    done: Signal,
    /// From where, to where, how much; without bytes, the thread is to end.
    job: [AtomicUsize; 3],
    /// How often the thread looks before it sleeps, and who waits for it.
    looks: [u32; 2],
}

impl Desk {
    /// Without anybody there yet; the thread looks so many times before it sleeps, and who waits for
    /// it so many.
    pub const fn new(thread: u32, waiter: u32) -> Self {
        Self {
            order: Signal::new(),
            done: Signal::new(),
            job: [const { AtomicUsize::new(0) }; 3],
            looks: [thread, waiter],
        }
    }

    /// Does, in another thread, what is given out, by `copy`, until there is no more.
    pub fn serve(&self, mut copy: impl FnMut(&[u8], &mut [u8])) -> io::Result<()> {
        for number in 0.. {
            self.order
                .wait_while(self.looks[0], |given| given == number)?;
            let [from, to, length] = [0, 1, 2].map(|at| self.job[at].load(Ordering::Relaxed));
            if length == 0 {
                break;
            }
            // SAFETY: Who gave this out has borrowed both until it is done; the signals bring the one
            // before the other.
            unsafe {
                copy(
                    std::slice::from_raw_parts(from as *const u8, length),
                    std::slice::from_raw_parts_mut(to as *mut u8, length),
                );
            }
            self.done.set(number.wrapping_add(1));
        }
        Ok(())
    }

    /// Has the thread copy, and does something else meanwhile.
    pub fn beside(&self, from: &[u8], to: &mut [u8], meanwhile: impl FnOnce()) -> io::Result<()> {
        if from.is_empty() {
            meanwhile();
            return Ok(());
        }
        let number = self.give(from.as_ptr() as usize, to.as_mut_ptr() as usize, from.len());
        meanwhile();
        self.done.wait_while(self.looks[1], |done| done != number)
    }

    /// Copies one half while the thread copies the other.
    pub fn halve(&self, from: &[u8], to: &mut [u8]) -> io::Result<()> {
        let middle = from.len() / 2;
        let ((from, other_from), (to, other_to)) = (from.split_at(middle), to.split_at_mut(middle));
        self.beside(other_from, other_to, || wide::string(from, to))
    }

    /// Lets the thread end.
    pub fn close(&self) {
        self.give(0, 0, 0);
    }

    fn give(&self, from: usize, to: usize, length: usize) -> u32 {
        for (place, value) in self.job.iter().zip([from, to, length]) {
            place.store(value, Ordering::Relaxed);
        }
        let number = self.order.get().wrapping_add(1);
        self.order.set(number);
        number
    }
}

/// Closes a desk, also where something fails, or the thread's end would be waited for in vain.
pub struct Closing<'d>(pub &'d Desk);

impl Drop for Closing<'_> {
    fn drop(&mut self) {
        self.0.close();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_are_the_whole() {
        for looks in [0, 1000] {
            let desk = Desk::new(looks, looks);
            let from: Vec<u8> = (0..=255).collect();
            std::thread::scope(|scope| {
                scope.spawn(|| desk.serve(wide::string).unwrap());
                let _closing = Closing(&desk);
                for length in [0, 1, 2, 255, 256] {
                    let mut to = vec![0; length];
                    desk.halve(&from[..length], &mut to).unwrap();
                    assert_eq!(to, from[..length]);
                }
            });
        }
    }
}
