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
    mm::virt::VmaNew,
    page::PAGE_SIZE,
    prelude::*,
    sync::Arc,
    types::Opaque,
    uaccess::{UserPtr, UserSlice, UserSliceWriter},
};

use super::{helpers, wait::WaitQueue};

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
    /// A read would block.
    NotYet,
    /// There is nothing to wait for.
    Error,
}

/// What a read is to fill, and how.
pub(crate) struct Reading {
    /// The caller's buffer.
    pub(crate) buffer: UserSliceWriter,
    /// Where in the file to start.
    pub(crate) position: u64,
    /// Whether it may wait.
    pub(crate) may_wait: bool,
}

/// Somebody who polls a file, which lives for `'a` at least.
pub(crate) struct Watcher<'a> {
    file: *mut bindings::file,
    table: *mut bindings::poll_table_struct,
    _file: PhantomData<&'a ()>,
}

impl<'a> Watcher<'a> {
    /// Asks again when the queue is woken up.
    pub(crate) fn watch(&self, queue: &'a WaitQueue) {
        // SAFETY: The file and the table are those of the call to `poll` during which this object
        // exists. The queue is part of the open file, by its lifetime, and so lives as long as the
        // file is watched.
        unsafe { bindings::poll_wait(self.file, queue.head(), self.table) }
    }
}

/// Addresses of the calling process at which something is going to be shown.
pub(crate) struct Area<'a>(&'a VmaNew);

impl Area<'_> {
    /// The offset in the file, in bytes.
    pub(crate) fn offset(&self) -> u64 {
        // SAFETY: The area is being set up by the caller and belongs to nobody else yet.
        let pages = unsafe { (*self.0.as_ptr()).vm_pgoff };
        (pages as u64).saturating_mul(PAGE_SIZE as u64)
    }

    /// How many bytes there are: whole pages.
    pub(crate) fn length(&self) -> u64 {
        (self.0.end() - self.0.start()) as u64
    }

    /// The area stays as long as it is, and is left out of core dumps.
    pub(crate) fn settle(&self) {
        self.0.set_mixedmap();
        self.0.set_dontexpand();
        self.0.set_dontdump();
    }

    /// The address of a page of the area.
    pub(super) fn page(&self, index: usize) -> Option<usize> {
        let address = self.0.start() + index * PAGE_SIZE;
        (address < self.0.end()).then_some(address)
    }

    pub(super) fn as_ptr(&self) -> *mut bindings::vm_area_struct {
        self.0.as_ptr()
    }
}

/// An open file.
pub(crate) trait File: Sized + Send + Sync {
    /// What all files of the device share.
    type Device: Send + Sync;

    /// Opens the device.
    fn open(device: Arc<Self::Device>, mode: Mode) -> Result<Self>;

    /// Reads, and tells how many bytes it were; the position moves on by as many.
    fn read(&self, reading: Reading) -> Result<usize>;

    /// Takes `bytes` bytes, without looking at them.
    fn write(&self, bytes: usize) -> Result;

    /// Tells what can be done without waiting, and lets the watcher know when that changes.
    fn poll<'a>(&'a self, watcher: &Watcher<'a>) -> Readiness;

    /// Shows something at addresses of the caller.
    fn map(&self, area: &Area<'_>) -> Result;

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
        owner: helpers::this_module(),
        open: Some(Self::open),
        release: Some(Self::release),
        read: Some(Self::read),
        write: Some(Self::write),
        poll: Some(Self::poll),
        mmap: Some(Self::mmap),
        unlocked_ioctl: Some(Self::ioctl),
        compat_ioctl: Some(Self::compat_ioctl),
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
        let (opened, start, flags) = unsafe { (Self::opened(file), *position, (*file).f_flags) };
        let reading = Reading {
            buffer: UserSlice::new(UserPtr::from_ptr(buffer.cast()), bytes).writer(),
            position: start as u64,
            may_wait: flags & bindings::O_NONBLOCK == 0,
        };
        match opened.read(reading) {
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
        table: *mut bindings::poll_table_struct,
    ) -> bindings::__poll_t {
        let watcher = Watcher {
            file,
            table,
            _file: PhantomData,
        };
        // SAFETY: By the requirements of this function.
        match unsafe { Self::opened(file) }.poll(&watcher) {
            Readiness::Readable => bindings::POLLIN | bindings::POLLRDNORM,
            Readiness::NotYet => 0,
            Readiness::Error => bindings::POLLERR,
        }
    }

    /// # Safety
    ///
    /// Only called by the kernel, on a file that `open` opened, with an area that is being set up.
    unsafe extern "C" fn mmap(
        file: *mut bindings::file,
        vma: *mut bindings::vm_area_struct,
    ) -> c_int {
        // SAFETY: By the requirements of this function.
        let (opened, area) = unsafe { (Self::opened(file), Area(VmaNew::from_raw(vma))) };
        match opened.map(&area) {
            Ok(()) => 0,
            Err(error) => error.to_errno(),
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

    /// Serves a request of a program with addresses of 32 bits. All parameters have the same layout
    /// there, and the same numbers.
    ///
    /// # Safety
    ///
    /// As [`Self::ioctl`].
    unsafe extern "C" fn compat_ioctl(
        file: *mut bindings::file,
        request: c_uint,
        argument: c_ulong,
    ) -> c_long {
        // SAFETY: By the requirements of this function.
        unsafe { Self::ioctl(file, request, argument as u32 as c_ulong) }
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
