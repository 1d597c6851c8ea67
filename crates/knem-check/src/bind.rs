// SPDX-License-Identifier: BSD-3-Clause

//! BIND_OFFLOAD, and the CPUs of the calling thread.

use std::{fs, mem};

use knem_abi::{request, BindOffload};

use crate::device::Device;
use crate::errno::{check, Errno};

/// Says where the kernel thread is to run, with any address and length of a mask.
///
/// # Errors
/// What the device answers.
pub fn offload_at(device: &Device, flags: u32, address: u64, length: u32) -> Result<(), Errno> {
    let before = BindOffload {
        flags,
        mask_len: length,
        mask_ptr: address,
    };
    let mut block = before;
    let answer = device.call(request::BIND_OFFLOAD, &mut block);
    assert_eq!(block, before, "BIND_OFFLOAD changed its block");
    answer
}

/// Says where the kernel thread is to run.
///
/// # Errors
/// What the device answers.
pub fn offload(device: &Device, flags: u32, mask: &[u8]) -> Result<(), Errno> {
    offload_at(device, flags, mask.as_ptr() as u64, mask.len() as u32)
}

/// The CPUs that the machine has, as the kernel lists them: `0-3`.
///
/// # Panics
/// Where /sys is missing.
pub fn online() -> String {
    let text = fs::read_to_string("/sys/devices/system/cpu/online").expect("/sys is mounted");
    text.trim().to_string()
}

/// The number of CPUs that the machine has.
///
/// # Panics
/// Where the list of CPUs cannot be understood.
pub fn count() -> usize {
    let online = online();
    let last = online.rsplit(['-', ',']).next().unwrap_or("0");
    last.parse::<usize>().expect("a CPU has a number") + 1
}

/// Lets the calling thread run on this CPU only.
///
/// # Panics
/// Where there is no such CPU.
pub fn run_on(cpu: usize) {
    run_on_all(&[cpu]);
}

/// Lets the calling thread run on these CPUs only.
///
/// # Panics
/// Where there are no such CPUs.
pub fn run_on_all(cpus: &[usize]) {
    // SAFETY: all-zero is an empty set; the set is lent for the call.
    let answer = unsafe {
        let mut set: libc::cpu_set_t = mem::zeroed();
        for &cpu in cpus {
            libc::CPU_SET(cpu, &mut set);
        }
        libc::sched_setaffinity(0, mem::size_of_val(&set), &set)
    };
    check(answer as isize).expect("the CPUs are there");
}
