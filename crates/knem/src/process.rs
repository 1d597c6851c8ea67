// SPDX-License-Identifier: BSD-3-Clause

use std::io;

use crate::{Error, Result, Segment, Source, Target};

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
    /// is, [`Error::MayNotTrace`], [`Error::Io`] with ESRCH where the process is gone.
    pub fn read(&self, offset: u64, mut to: impl Target) -> Result<()> {
        let segments = to.segments();
        // SAFETY: `Target`'s promise.
        unsafe { self.transfer(libc::process_vm_readv, offset, segments.as_ref()) }
            .map_err(|error| error.told(self.pid, "copy from another process"))
    }

    /// Copies `from` to the memory, `offset` bytes in.
    ///
    /// # Safety
    /// The process may be this one: then its memory there must be the caller's to overwrite.
    ///
    /// # Errors
    /// Those of [`ProcessMemory::read`].
    pub unsafe fn write(&self, offset: u64, from: impl Source) -> Result<()> {
        let segments = from.segments();
        // SAFETY: `Source`'s promise; the caller answers for the other side.
        unsafe { self.transfer(libc::process_vm_writev, offset, segments.as_ref()) }
            .map_err(|error| error.told(self.pid, "copy to another process"))
    }

    /// Whether the process is this one, named by whichever of its threads.
    /// Where nobody can tell, it is.
    pub(crate) fn is_own(&self) -> bool {
        // SAFETY: No memory is involved; signal 0 is none.
        let answer = unsafe { libc::syscall(libc::SYS_tgkill, libc::getpid(), self.pid, 0) };
        let error = io::Error::last_os_error().raw_os_error();
        // Numbers below 1 name no process at all.
        answer == 0 || !matches!(error, Some(libc::ESRCH | libc::EINVAL))
    }

    /// Moves on until all bytes are there, because the kernel ends a call at 2 GiB, and at a
    /// number of places.
    ///
    /// # Safety
    /// The segments must be valid in the direction of the call.
    unsafe fn transfer(
        &self,
        call: Transfer,
        offset: u64,
        local: &[Segment],
    ) -> std::result::Result<(), Stopped> {
        let wanted: u64 = local.iter().map(Segment::length).sum();
        let mut places = Places::new(local);
        let mut copied = 0;
        while copied < wanted {
            let here = places.next_batch();
            let start = self.address.wrapping_add(offset).wrapping_add(copied);
            let there = libc::iovec {
                iov_base: start as *mut libc::c_void,
                iov_len: here.iter().map(|place| place.iov_len).sum(),
            };
            let count = here.len() as libc::c_ulong;
            // SAFETY: The arrays have so many entries; the local ones are valid as promised.
            let step = unsafe { call(self.pid, here.as_ptr(), count, &there, 1, 0) };
            match step {
                1.. => {
                    places.advance(step as usize);
                    copied += step as u64;
                }
                _ if step == 0 || copied > 0 => return Err(Stopped::Short { copied, wanted }),
                _ => return Err(Stopped::Refused(io::Error::last_os_error())),
            }
        }
        Ok(())
    }
}

/// Why a transfer stopped early.
enum Stopped {
    Short { copied: u64, wanted: u64 },
    Refused(io::Error),
}

impl Stopped {
    fn told(self, pid: i32, action: &'static str) -> Error {
        match self {
            Stopped::Short { copied, wanted } => Error::ShortTransfer { copied, wanted },
            Stopped::Refused(error) if error.raw_os_error() == Some(libc::EPERM) => {
                Error::MayNotTrace { pid }
            }
            Stopped::Refused(error) => Error::io(action, error),
        }
    }
}

/// Places that one call takes; few, because they lie on the stack.
const BATCH: usize = 16;

/// The caller's places that are still to be copied.
struct Places<'s> {
    rest: &'s [Segment],
    /// Bytes of the first that are done.
    done: usize,
    batch: [libc::iovec; BATCH],
}

impl<'s> Places<'s> {
    fn new(rest: &'s [Segment]) -> Self {
        let empty = libc::iovec {
            iov_base: std::ptr::null_mut(),
            iov_len: 0,
        };
        let mut places = Self {
            rest,
            done: 0,
            batch: [empty; BATCH],
        };
        // Empty ones at the start would fill a batch, and a call that copies nothing is a failure.
        places.advance(0);
        places
    }

    fn next_batch(&mut self) -> &[libc::iovec] {
        let count = self.rest.len().min(BATCH);
        for (place, segment) in self.batch.iter_mut().zip(self.rest) {
            *place = segment.iovec();
        }
        if let [first, ..] = &mut self.batch[..count] {
            first.iov_base = first.iov_base.wrapping_byte_add(self.done);
            first.iov_len -= self.done;
        }
        &self.batch[..count]
    }

    fn advance(&mut self, bytes: usize) {
        self.done += bytes;
        while let [first, rest @ ..] = self.rest {
            let length = first.iovec().iov_len;
            if self.done < length {
                break;
            }
            self.done -= length;
            self.rest = rest;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::{IoSlice, IoSliceMut};

    use super::*;

    fn mine(address: *const u8) -> ProcessMemory {
        ProcessMemory {
            pid: std::process::id() as i32,
            address: address as u64,
        }
    }

    #[test]
    #[cfg_attr(miri, ignore = "asks the kernel")]
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
    #[cfg_attr(miri, ignore = "asks the kernel")]
    fn goes_on_behind_a_batch() {
        let bytes: Vec<u8> = (0..100).collect();
        let mut pieces = vec![vec![0; 3]; 33];
        pieces.insert(5, Vec::new());
        let mut places: Vec<_> = pieces
            .iter_mut()
            .map(|piece| IoSliceMut::new(piece))
            .collect();
        mine(bytes.as_ptr()).read(1, &mut places[..]).unwrap();
        assert_eq!(pieces.concat(), bytes[1..]);
        let mut own = [0; 99];
        let places: Vec<_> = pieces.iter().map(|piece| IoSlice::new(piece)).collect();
        // SAFETY: The memory is this function's own.
        unsafe { mine(own.as_mut_ptr()).write(0, &places[..]) }.unwrap();
        assert_eq!(own, bytes[1..]);
    }

    #[test]
    #[cfg_attr(miri, ignore = "asks the kernel")]
    fn empty_places_in_front_are_no_failure() {
        let bytes = [1, 2, 3];
        let mut pieces = vec![Vec::new(); 2 * BATCH];
        pieces.push(vec![0; 3]);
        let mut places: Vec<_> = pieces
            .iter_mut()
            .map(|piece| IoSliceMut::new(piece))
            .collect();
        mine(bytes.as_ptr()).read(0, &mut places[..]).unwrap();
        assert_eq!(pieces.concat(), bytes);
    }

    #[test]
    fn stops_in_the_middle_of_a_place_and_goes_on() {
        let bytes = [0u8; 10];
        let segments = [Segment::from(&bytes[..4]), Segment::from(&bytes[4..])];
        let mut places = Places::new(&segments);
        assert_eq!(places.next_batch().len(), 2);
        places.advance(6);
        let rest = places.next_batch();
        assert_eq!(rest.len(), 1);
        assert_eq!(
            (rest[0].iov_base as usize, rest[0].iov_len),
            (bytes.as_ptr() as usize + 6, 4)
        );
        places.advance(4);
        assert!(places.next_batch().is_empty());
    }

    #[test]
    #[cfg_attr(miri, ignore = "asks the kernel")]
    fn knows_its_own_threads() {
        assert!(mine(std::ptr::null()).is_own());
        // SAFETY: No memory is involved.
        let thread = std::thread::spawn(|| unsafe { libc::gettid() });
        let thread = thread.join().unwrap();
        let pid = |pid| ProcessMemory { pid, address: 0 };
        assert!(!pid(1).is_own() && !pid(i32::MAX).is_own() && !pid(thread).is_own());
    }

    #[test]
    #[cfg_attr(miri, ignore = "asks the kernel")]
    fn a_bad_address_and_a_missing_process_are_told() {
        let error = mine(std::ptr::null()).read(0, &mut [0; 8]).unwrap_err();
        assert!(matches!(error, Error::BadAddress { .. }), "{error}");
        let nobody = ProcessMemory {
            pid: i32::MAX,
            address: 4096,
        };
        let error = nobody.read(0, &mut [0; 8]).unwrap_err();
        assert!(matches!(error, Error::Io { .. }), "{error}");
        nobody
            .read(0, &mut [0u8; 0])
            .expect("nothing is always there");
    }

    #[test]
    #[cfg_attr(miri, ignore = "asks the kernel")]
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
