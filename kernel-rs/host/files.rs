// SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause

//! A device node and the files that are opened through it.
//!
//! The file operations are written out, because the kernel crate's `MiscDevice` has no `poll` and,
//! in some versions, no owner, without which the module could be unloaded under an open file.

use core::{ffi::CStr, marker::PhantomData};

use kernel::{
    bindings,
    error::to_result,
    ffi::{c_int, c_long, c_uint, c_ulong},
    module::{this_module, ModuleMetadata},
    prelude::*,
    sync::Arc,
    types::Opaque,
    uaccess::{UserPtr, UserSlice, UserSliceWriter},
};

/// How a file was opened.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Neither for reading nor for writing: only for `ioctl`.
    Neither,
    /// For reading.
    Read,
    /// For writing.
    Write,
    /// For both.
    ReadWrite,
}

/// What `poll` tells.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Readiness {
    /// A read would not block.
    Readable,
    /// There is nothing to wait for.
    Error,
}

/// An open file.
pub(crate) trait File: Sized + Send + Sync {
    /// The module that the file keeps loaded.
    type Module: ModuleMetadata;
    /// What all files of the device share.
    type Device: Send + Sync;

    /// Opens the device.
    fn open(device: Arc<Self::Device>, mode: Mode) -> Result<Self>;

    /// Reads from `position` and tells how many bytes it were; the position moves on by as many.
    fn read(&self, buffer: UserSliceWriter, position: u64) -> Result<usize>;

    /// Takes `bytes` bytes, without looking at them.
    fn write(&self, bytes: usize) -> Result;

    /// Tells what can be done without waiting.
    fn poll(&self) -> Readiness;

    /// Serves a request.
    fn ioctl(&self, request: u32, argument: UserPtr) -> Result;
}

/// The device node of files of the type `T`.
///
/// # Invariants
///
/// `misc` is registered.
#[pin_data(PinnedDrop)]
pub(crate) struct Node<T: File> {
    device: Arc<T::Device>,
    #[pin]
    misc: Opaque<bindings::miscdevice>,
    _files: PhantomData<T>,
}

// SAFETY: The registration may be undone by any task.
unsafe impl<T: File> Send for Node<T> {}
// SAFETY: Shared references only give access to the device.
unsafe impl<T: File> Sync for Node<T> {}

impl<T: File> Node<T> {
    /// Makes the node.
    pub(crate) fn new(
        name: &'static CStr,
        device: Arc<T::Device>,
    ) -> impl PinInit<Self, Error> + use<T> {
        try_pin_init!(Self {
            device,
            // The node comes last: it may be opened at once.
            misc <- Opaque::try_ffi_init(move |slot: *mut bindings::miscdevice| {
                let mut misc: bindings::miscdevice = pin_init::zeroed();
                misc.minor = bindings::MISC_DYNAMIC_MINOR as c_int;
                misc.name = name.as_ptr().cast();
                misc.fops = &Self::OPERATIONS;
                // SAFETY: The slot is valid for writing, and pinned.
                unsafe { slot.write(misc) };
                // SAFETY: Initialised just now.
                // INVARIANT: Registered on success.
                to_result(unsafe { bindings::misc_register(slot) })
            }),
            _files: PhantomData,
        }? Error)
    }

    const OPERATIONS: bindings::file_operations = bindings::file_operations {
        owner: this_module::<T::Module>().as_ptr(),
        open: Some(Self::open),
        release: Some(Self::release),
        read: Some(Self::read),
        write: Some(Self::write),
        poll: Some(Self::poll),
        unlocked_ioctl: Some(Self::ioctl),
        ..pin_init::zeroed()
    };

    /// # Safety
    ///
    /// Only called by the kernel, on a file of a registered node.
    unsafe extern "C" fn open(_inode: *mut bindings::inode, file: *mut bindings::file) -> c_int {
        // SAFETY: `misc_open` leaves the registered node in the private data. It cannot go away
        // before this function returns.
        let node = unsafe {
            let misc = (*file).private_data.cast::<bindings::miscdevice>();
            &*kernel::container_of!(Opaque::cast_from(misc), Self, misc)
        };
        // SAFETY: The file is valid.
        let mode = mode(unsafe { (*file).f_flags });
        let opened = T::open(node.device.clone(), mode)
            .and_then(|opened| Ok(KBox::new(opened, super::for_caller())?));
        match opened {
            Ok(opened) => {
                // SAFETY: The file is valid, and its private data are the driver's from now on.
                unsafe { (*file).private_data = KBox::into_raw(opened).cast() };
                0
            }
            Err(error) => error.to_errno(),
        }
    }

    /// # Safety
    ///
    /// Only called by the kernel, once, on a file that `open` opened and nobody uses any more.
    unsafe extern "C" fn release(_inode: *mut bindings::inode, file: *mut bindings::file) -> c_int {
        // SAFETY: `open` put a box there, and nobody uses it any more.
        drop(unsafe { KBox::from_raw((*file).private_data.cast::<T>()) });
        0
    }

    /// # Safety
    ///
    /// Only called by the kernel, on a file that `open` opened, with a valid position.
    unsafe extern "C" fn read(
        file: *mut bindings::file,
        buffer: *mut u8,
        bytes: usize,
        position: *mut bindings::loff_t,
    ) -> isize {
        // SAFETY: By the requirements of this function.
        let (opened, start) = unsafe { (Self::opened(file), *position) };
        let writer = UserSlice::new(UserPtr::from_ptr(buffer.cast()), bytes).writer();
        match opened.read(writer, start as u64) {
            Ok(read) => {
                // SAFETY: The position is valid.
                unsafe { *position = start.saturating_add(read as bindings::loff_t) };
                read as isize
            }
            Err(error) => error.to_errno() as isize,
        }
    }

    /// # Safety
    ///
    /// Only called by the kernel, on a file that `open` opened.
    unsafe extern "C" fn write(
        file: *mut bindings::file,
        _buffer: *const u8,
        bytes: usize,
        _position: *mut bindings::loff_t,
    ) -> isize {
        // SAFETY: By the requirements of this function.
        match unsafe { Self::opened(file) }.write(bytes) {
            Ok(()) => bytes as isize,
            Err(error) => error.to_errno() as isize,
        }
    }

    /// # Safety
    ///
    /// Only called by the kernel, on a file that `open` opened.
    unsafe extern "C" fn poll(
        file: *mut bindings::file,
        _table: *mut bindings::poll_table_struct,
    ) -> bindings::__poll_t {
        // SAFETY: By the requirements of this function.
        match unsafe { Self::opened(file) }.poll() {
            Readiness::Readable => bindings::POLLIN | bindings::POLLRDNORM,
            Readiness::Error => bindings::POLLERR,
        }
    }

    /// # Safety
    ///
    /// Only called by the kernel, on a file that `open` opened.
    unsafe extern "C" fn ioctl(
        file: *mut bindings::file,
        request: c_uint,
        argument: c_ulong,
    ) -> c_long {
        // SAFETY: By the requirements of this function.
        let opened = unsafe { Self::opened(file) };
        match opened.ioctl(request, UserPtr::from_addr(argument)) {
            Ok(()) => 0,
            Err(error) => error.to_errno() as c_long,
        }
    }

    /// # Safety
    ///
    /// `open` must have opened the file, and `release` not have been called.
    unsafe fn opened<'a>(file: *mut bindings::file) -> &'a T {
        // SAFETY: By the requirements of this function, the private data is the box of `open`.
        unsafe { &*(*file).private_data.cast::<T>() }
    }
}

#[pinned_drop]
impl<T: File> PinnedDrop for Node<T> {
    fn drop(self: Pin<&mut Self>) {
        // SAFETY: By the invariants.
        unsafe { bindings::misc_deregister(self.misc.get()) }
    }
}

fn mode(flags: u32) -> Mode {
    match flags & bindings::O_ACCMODE {
        bindings::O_RDONLY => Mode::Read,
        bindings::O_WRONLY => Mode::Write,
        bindings::O_RDWR => Mode::ReadWrite,
        _ => Mode::Neither,
    }
}
