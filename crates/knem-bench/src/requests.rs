// SPDX-License-Identifier: BSD-3-Clause

use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd};

use knem::{Device, Protection, RegionOptions, Segment};
use knem_abi::{
    bind, flag, request, status, BindOffload, Cookie, CopyBounded, CreateRegion, Info, InlineCopy,
};

use crate::syscall;

/// A request of the module's, filled and ready to be issued any number of times, so that it is
/// the request alone that is measured. What a client does around it is the client's affair.
#[derive(Debug)]
pub struct Prepared<'d, T> {
    device: BorrowedFd<'d>,
    request: u32,
    argument: Box<T>,
    /// What the argument may point to.
    _segments: Box<[Segment]>,
}

impl<'d, T> Prepared<'d, T> {
    /// # Safety
    /// `T` must be the structure of `request`. For as long as this is issued, every address in it
    /// and in `segments` must be valid for what the module does with it.
    unsafe fn new(device: &'d Device, request: u32, argument: T, segments: Box<[Segment]>) -> Self {
        Self {
            device: device.as_fd(),
            request,
            argument: Box::new(argument),
            _segments: segments,
        }
    }

    /// Issues it; what the kernel says is negative for an error.
    #[inline(always)]
    pub fn issue(&mut self) -> isize {
        let argument: *mut T = &mut *self.argument;
        let device = self.device.as_raw_fd() as usize;
        let arguments = [device, self.request as usize, argument as usize, 0, 0, 0];
        // SAFETY: The argument is writable for as many bytes as the request value says; whoever
        // prepared it answers for what its fields point to.
        unsafe { syscall::call(libc::SYS_ioctl, arguments) }
    }

    /// The argument, as the module left it.
    pub fn argument(&self) -> &T {
        &self.argument
    }
}

impl Prepared<'_, Cookie> {
    /// Names the region that is to end.
    #[inline(always)]
    pub fn of(&mut self, region: Cookie) -> &mut Self {
        *self.argument = region;
        self
    }
}

impl Prepared<'_, InlineCopy> {
    /// Names another region to copy from or to.
    #[inline(always)]
    pub fn of(&mut self, region: Cookie) -> &mut Self {
        self.argument.remote_cookie = region;
        self
    }

    /// What it ended with, from what the kernel said and from its status.
    pub fn outcome(&self, said: isize) -> io::Result<()> {
        outcome(said, self.argument.current_status)
    }
}

impl Prepared<'_, CopyBounded> {
    /// The same so many bytes further on, in both regions.
    pub fn further(mut self, bytes: u64) -> Self {
        self.argument.src_offset = bytes;
        self.argument.dst_offset = bytes;
        self
    }

    /// The same by the module's thread, which tells its end in slot 0.
    pub fn by_thread(mut self) -> Self {
        self.argument.flags = flag::MEMCPY_THREAD;
        self
    }

    /// What it ended with, likewise.
    pub fn outcome(&self, said: isize) -> io::Result<()> {
        outcome(said, self.argument.current_status)
    }
}

/// Asks the module what it is.
pub fn info(device: &Device) -> Prepared<'_, Info> {
    // SAFETY: The request fills the structure and holds no address.
    unsafe { Prepared::new(device, request::GET_INFO, Info::default(), Box::new([])) }
}

/// Declares memory as a region; its cookie is then in the argument.
///
/// # Safety
/// As [`Device::create_region`], for every region that this declares; they end by [`destroy`].
pub unsafe fn create<'d>(
    device: &'d Device,
    memory: &[u8],
    protection: Protection,
    options: RegionOptions,
) -> Prepared<'d, CreateRegion> {
    let segments = Box::new([Segment::from(memory)]);
    let argument = CreateRegion {
        iovec_array: segments.as_ptr() as u64,
        iovec_nr: 1,
        flags: options.bits(),
        protection: protection.bits(),
        ..Default::default()
    };
    // SAFETY: The segment is kept with the argument; the caller answers for its memory.
    unsafe { Prepared::new(device, request::CREATE_REGION, argument, segments) }
}

/// Ends the region that is then named.
pub fn destroy(device: &Device) -> Prepared<'_, Cookie> {
    // SAFETY: The request reads a cookie and holds no address.
    unsafe { Prepared::new(device, request::DESTROY_REGION, 0, Box::new([])) }
}

/// Copies from a region to local memory, or to the region where `write` is not 0.
///
/// # Safety
/// The memory named must be this caller's to overwrite, or to read, whenever this is issued.
pub unsafe fn inline<'d>(
    device: &'d Device,
    remote_cookie: Cookie,
    local: &[Segment],
    write: u32,
) -> Prepared<'d, InlineCopy> {
    let segments: Box<[Segment]> = local.into();
    let argument = InlineCopy {
        local_iovec_array: segments.as_ptr() as u64,
        local_iovec_nr: segments.len() as u32,
        write,
        remote_cookie,
        ..Default::default()
    };
    // SAFETY: The segments are kept with the argument; the caller answers for their memory.
    unsafe { Prepared::new(device, request::INLINE_COPY, argument, segments) }
}

/// Copies from a region to local memory in the kernel thread of the context, whose first slot then
/// tells the end of it.
///
/// # Safety
/// The memory named must be this caller's to overwrite until the copy is over.
pub unsafe fn queued<'d>(
    device: &'d Device,
    remote_cookie: Cookie,
    local: &[Segment],
) -> Prepared<'d, InlineCopy> {
    // SAFETY: As promised by the caller.
    let mut request = unsafe { inline(device, remote_cookie, local, 0) };
    request.argument.flags = flag::MEMCPY_THREAD;
    request
}

/// Copies so many bytes from one region to another.
pub fn copy(
    device: &Device,
    src_cookie: Cookie,
    dst_cookie: Cookie,
    length: u64,
) -> Prepared<'_, CopyBounded> {
    let argument = CopyBounded {
        src_cookie,
        dst_cookie,
        length,
        ..Default::default()
    };
    // SAFETY: There is no address in it; who declared the regions answers for their memory.
    unsafe { Prepared::new(device, request::COPY_BOUNDED, argument, Box::new([])) }
}

/// Has the device's thread run on that CPU, one of the first 64.
pub fn bind(device: &Device, cpu: usize) -> io::Result<()> {
    let mask = (1_u64 << cpu).to_le_bytes();
    let argument = BindOffload {
        flags: bind::CUSTOM,
        mask_len: mask.len() as u32,
        mask_ptr: mask.as_ptr() as u64,
    };
    // SAFETY: The mask outlives the call, which reads it.
    let mut request =
        unsafe { Prepared::new(device, request::BIND_OFFLOAD, argument, Box::new([])) };
    syscall::told(request.issue()).map(drop)
}

/// What a synchronous copy ended with.
fn outcome(said: isize, current_status: u32) -> io::Result<()> {
    syscall::told(said)?;
    if current_status == u32::from(status::SUCCESS) {
        return Ok(());
    }
    Err(io::Error::other("the module says that the copy failed"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_success_is_success() {
        assert!(outcome(0, u32::from(status::SUCCESS)).is_ok());
        assert!(outcome(0, u32::from(status::FAILED)).is_err());
        assert!(outcome(0, 0x101).is_err(), "all 32 bits count");
        let refused = outcome(-(libc::EPERM as isize), u32::from(status::SUCCESS));
        assert_eq!(refused.unwrap_err().raw_os_error(), Some(libc::EPERM));
    }
}
