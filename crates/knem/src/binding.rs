// SPDX-License-Identifier: BSD-3-Clause

use std::os::fd::AsFd;

use knem_abi::{bind, request};

use crate::{call, Device, Error, Result};

/// On which CPUs the kernel thread of a device runs (contract §10).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Binding<'cpus> {
    /// On those of these numbers.
    Cpus(&'cpus [usize]),
    /// On those that the calling thread may run on.
    Current,
    /// On those that the calling thread may not run on.
    Others,
}

impl Device {
    /// Says where the kernel thread will run that copies for a [`Queue`](crate::Queue) of this
    /// device, which is not made yet. The last call counts. Where the thread can't run on any of
    /// the CPUs, it runs anywhere.
    ///
    /// # Errors
    /// [`Error::Busy`] where the device has a queue already.
    pub fn bind(&self, binding: Binding<'_>) -> Result<()> {
        let (flags, mask) = match binding {
            Binding::Cpus(cpus) => (bind::CUSTOM, mask(cpus)),
            Binding::Current => (bind::CURRENT, Vec::new()),
            Binding::Others => (bind::CURRENT_REVERSED, Vec::new()),
        };
        let mut argument = knem_abi::BindOffload {
            flags,
            mask_len: u32::try_from(size_of_val(&mask[..])).unwrap_or(u32::MAX),
            mask_ptr: mask.as_ptr() as u64,
        };
        // SAFETY: The mask outlives the call, which reads as many bytes as it has.
        unsafe { call::issue(self.as_fd(), request::BIND_OFFLOAD, &mut argument) }
            .map_err(|error| Error::io("bind the kernel thread", error))
    }
}

/// CPUs in the way of `sched_setaffinity`: bits in words of the kernel's width.
fn mask(cpus: &[usize]) -> Vec<libc::c_ulong> {
    // No Linux has more; numbers beyond name no CPU, and would only make the mask long.
    const MOST: usize = 8192;
    const BITS: usize = libc::c_ulong::BITS as usize;
    let cpus = || cpus.iter().copied().filter(|&cpu| cpu < MOST);
    let mut words = vec![0; cpus().max().map_or(0, |last| last / BITS + 1)];
    for cpu in cpus() {
        words[cpu / BITS] |= 1 << (cpu % BITS);
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks_are_as_long_as_needed() {
        assert!(mask(&[]).is_empty());
        assert_eq!(mask(&[0, 3]), [0b1001]);
        let wide = mask(&[1, libc::c_ulong::BITS as usize]);
        assert_eq!(wide, [2, 1]);
        assert_eq!(mask(&[usize::MAX, 2]), [4]);
    }
}
