// SPDX-License-Identifier: BSD-3-Clause

use std::io;

use crate::{Error, Result};

/// Memory of a process, by the address it has there: what the kernel's own cross-memory attach
/// (`process_vm_readv`) takes. The caller needs the right to trace that process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProcessMemory {
    /// The process.
    pub pid: i32,
    /// Where the memory begins there.
    pub address: u64,
}

type Transfer = unsafe extern "C" fn(
    libc::pid_t,
    *const libc::iovec,
    libc::c_ulong,
    *const libc::iovec,
    libc::c_ulong,
    libc::c_ulong,
) -> isize;

impl ProcessMemory {
    /// Fills `to` from the memory, `offset` bytes in.
    ///
    /// # Errors
    /// [`Error::ShortTransfer`] where only part of it is mapped, [`Error::BadAddress`] where none
    /// is, [`Error::Io`] with EPERM without the right to trace, with ESRCH where the process is
    /// gone.
    pub fn read(&self, offset: u64, to: &mut [u8]) -> Result<()> {
        // SAFETY: `to` is borrowed for writing during the call.
        let step =
            unsafe { self.transfer(libc::process_vm_readv, offset, to.as_mut_ptr(), to.len()) };
        finished(step, to.len(), "copy from another process")
    }

    /// Copies `from` to the memory, `offset` bytes in.
    ///
    /// # Safety
    /// The process may be this one: then its memory there must be the caller's to overwrite.
    ///
    /// # Errors
    /// Those of [`ProcessMemory::read`].
    pub unsafe fn write(&self, offset: u64, from: &[u8]) -> Result<()> {
        let local = from.as_ptr().cast_mut();
        // SAFETY: The call only reads `from`; the caller answers for the other side.
        let step = unsafe { self.transfer(libc::process_vm_writev, offset, local, from.len()) };
        finished(step, from.len(), "copy to another process")
    }

    /// Moves on until all bytes are there, because the kernel ends a call at 2 GiB; returns how
    /// many were moved.
    ///
    /// # Safety
    /// `local` must be valid for `length` bytes in the direction of the call.
    unsafe fn transfer(
        &self,
        call: Transfer,
        offset: u64,
        local: *mut u8,
        length: usize,
    ) -> io::Result<usize> {
        let mut done = 0;
        while done < length {
            let start = self.address.wrapping_add(offset).wrapping_add(done as u64);
            let there = libc::iovec {
                iov_base: start as *mut libc::c_void,
                iov_len: length - done,
            };
            let here = libc::iovec {
                // SAFETY: `done` is less than `length`.
                iov_base: unsafe { local.add(done) }.cast(),
                iov_len: length - done,
            };
            // SAFETY: Both arrays have one entry; the local one is valid as the caller promised.
            let step = unsafe { call(self.pid, &here, 1, &there, 1, 0) };
            match step {
                0 => break,
                1.. => done += step as usize,
                _ if done > 0 => break,
                _ => return Err(io::Error::last_os_error()),
            }
        }
        Ok(done)
    }
}

fn finished(step: io::Result<usize>, wanted: usize, action: &'static str) -> Result<()> {
    let copied = step.map_err(|error| Error::io(action, error))?;
    if copied < wanted {
        return Err(Error::ShortTransfer { copied, wanted });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mine(address: *const u8) -> ProcessMemory {
        ProcessMemory {
            pid: std::process::id() as i32,
            address: address as u64,
        }
    }

    #[test]
    fn reads_and_writes() {
        let source = [1u8, 2, 3, 4, 5];
        let mut target = [0u8; 3];
        mine(source.as_ptr()).read(1, &mut target).unwrap();
        assert_eq!(target, [2, 3, 4]);
        let mut own = [0u8; 4];
        // SAFETY: The memory is this function's own.
        unsafe { mine(own.as_mut_ptr()).write(2, &[8, 9]) }.unwrap();
        assert_eq!(own, [0, 0, 8, 9]);
    }

    #[test]
    fn a_bad_address_and_a_missing_process_are_told() {
        let error = mine(std::ptr::null()).read(0, &mut [0; 8]).unwrap_err();
        assert!(matches!(error, Error::BadAddress { .. }), "{error}");
        let nobody = ProcessMemory {
            pid: i32::MAX,
            address: 4096,
        };
        let error = nobody.read(0, &mut [0; 8]).unwrap_err();
        assert!(matches!(error, Error::Io { .. }), "{error}");
        nobody.read(0, &mut []).expect("nothing is always there");
    }

    #[test]
    fn a_half_mapped_piece_is_told() {
        // SAFETY: A new mapping of two pages, of which the second is given back.
        let pages = unsafe {
            let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS;
            let pages = libc::mmap(std::ptr::null_mut(), 8192, libc::PROT_READ, flags, -1, 0);
            assert_ne!(pages, libc::MAP_FAILED);
            assert_eq!(libc::munmap(pages.add(4096), 4096), 0);
            pages
        };
        let error = mine(pages.cast()).read(0, &mut [1; 8192]).unwrap_err();
        let short = matches!(
            error,
            Error::ShortTransfer {
                copied: 4096,
                wanted: 8192
            }
        );
        assert!(short, "{error}");
    }
}
