// SPDX-License-Identifier: BSD-3-Clause

//! Somewhere to swap to: a disk of memory, which kernels have that are built to look for faults.

use std::ffi::CString;
use std::fs::{self, File};
use std::os::unix::fs::FileExt;

use crate::errno::{check, Errno};
use crate::memory::{Buffer, PAGE};

const DISK: &str = "/dev/ram0";

/// The disk, while the kernel swaps to it.
pub struct Swap(CString);

impl Swap {
    /// Swaps to the disk from now on; none where there is no such disk.
    ///
    /// # Errors
    /// What `swapon` answers.
    ///
    /// # Panics
    /// Where the disk cannot be written to.
    pub fn on() -> Option<Result<Swap, Errno>> {
        let disk = File::options().read(true).write(true).open(DISK).ok()?;
        let sectors = fs::read_to_string("/sys/block/ram0/size").expect("the disk has a size");
        let sectors: u64 = sectors.trim().parse().expect("which is a number");
        // include/linux/swap.h, `union swap_header`.
        let mut header = [0; PAGE];
        let last = (sectors * 512 / PAGE as u64 - 1) as u32;
        header[1024..1028].copy_from_slice(&1_u32.to_ne_bytes());
        header[1028..1032].copy_from_slice(&last.to_ne_bytes());
        header[PAGE - 10..].copy_from_slice(b"SWAPSPACE2");
        disk.write_all_at(&header, 0)
            .and_then(|()| disk.sync_all())
            .expect("the disk can be written to");
        let path = CString::new(DISK).expect("the path has no NUL");
        // SAFETY: the path is a C string that outlives the call.
        let answer = check(unsafe { libc::swapon(path.as_ptr(), 0) } as isize);
        Some(answer.map(|_| Swap(path)))
    }
}

impl Drop for Swap {
    fn drop(&mut self) {
        // SAFETY: the path is a C string that outlives the call.
        unsafe { libc::swapoff(self.0.as_ptr()) };
    }
}

/// How many pages of a buffer are in memory.
///
/// # Panics
/// Where the kernel does not tell.
pub fn resident(buffer: &Buffer) -> usize {
    let mut pages = vec![0_u8; buffer.len().div_ceil(PAGE)];
    let at = buffer.address() as *mut libc::c_void;
    // SAFETY: there is a byte for each page of the buffer, which starts at a page.
    let answer = unsafe { libc::mincore(at, buffer.len(), pages.as_mut_ptr()) };
    check(answer as isize).expect("the kernel tells which pages are in memory");
    pages.iter().filter(|&&page| page & 1 != 0).count()
}
