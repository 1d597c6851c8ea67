// SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause

//! The frozen contract with user space: request values, structures, flags, status values.
//!
//! The numbers are those that existing programs were compiled with; none of them may ever change.
//! `include/knem_io.h` states the same facts in C, and `crates/knem-abi` compiles this very file
//! and asserts that the two agree.
//!
//! This file knows neither the kernel nor the standard library.

/// The version of this implementation, as the statistics and the module's metadata show it.
pub const VERSION: &str = "2.0.0";

/// The name of the device below `/dev`.
pub const DEVICE_NAME: &core::ffi::CStr = c"knem";

/// The path of the device.
pub const DEVICE_PATH: &str = "/dev/knem";

/// What [`Info::abi`] holds. Clients compare it for equality.
pub const ABI_VERSION: u32 = 0xd;

/// The file offset at which the status array is mapped.
pub const STATUS_ARRAY_FILE_OFFSET: u64 = 0;

/// Names a region, on the whole machine, for as long as the region lives; never 0.
pub type Cookie = u64;

/// Bits of [`Info::features`].
pub mod feature {
    /// Copies can be given to a DMA engine.
    pub const DMA: u32 = 1 << 0;
    /// There are [`request::COPY_COUNTED`](super::request::COPY_COUNTED) and
    /// [`request::INLINE_COPY_COUNTED`](super::request::INLINE_COPY_COUNTED).
    pub const COUNTED: u32 = 1 << 1;
    /// There is [`request::DESTROY_REGION_WAIT`](super::request::DESTROY_REGION_WAIT).
    pub const DESTROY_WAIT: u32 = 1 << 2;
    /// There is [`request::GET_STATISTICS`](super::request::GET_STATISTICS).
    pub const STATISTICS: u32 = 1 << 3;

    /// What this implementation always has.
    pub const ALWAYS: u32 = COUNTED | DESTROY_WAIT | STATISTICS;
}

/// Bits of the `flags` of regions and copies.
pub mod flag {
    /// Use the DMA engine.
    pub const DMA: u32 = 0x01;
    /// Let the DMA engine write the status slot by itself.
    pub const ASYNC_DMA_COMPLETE: u32 = 0x02;
    /// Drive the DMA engine from the kernel thread.
    pub const DMA_THREAD: u32 = 0x04;
    /// Copy in the kernel thread.
    pub const MEMCPY_THREAD: u32 = 0x08;
    /// Pin the local memory of an inline copy instead of copying from or to user space.
    pub const PIN_LOCAL: u32 = 0x10;
    /// The region is gone after its first use.
    pub const SINGLE_USE: u32 = 0x20;
    /// Queue an event on the descriptor when the copy is over.
    pub const NOTIFY_FD: u32 = 0x40;
    /// Every user may use the region, not only its owner.
    pub const ANY_USER_ACCESS: u32 = 0x80;

    /// The flags that involve the kernel thread.
    pub const THREAD_MASK: u32 = DMA_THREAD | MEMCPY_THREAD;
    /// The flags that need a status slot.
    pub const ASYNC_MASK: u32 = ASYNC_DMA_COMPLETE | THREAD_MASK;
    /// The flags that concern the DMA engine.
    pub const DMA_MASK: u32 = DMA | ASYNC_DMA_COMPLETE | DMA_THREAD;
    /// The flags that mean something on a region.
    pub const CREATE_MASK: u32 = SINGLE_USE | ANY_USER_ACCESS;
    /// The flags that mean something on a copy.
    pub const COPY_MASK: u32 = DMA | ASYNC_DMA_COMPLETE | THREAD_MASK | PIN_LOCAL | NOTIFY_FD;
}

/// Values of [`BindOffload::flags`]; they do not combine.
pub mod bind {
    /// Use the mask given with the request.
    pub const CUSTOM: u32 = 1;
    /// Use the CPUs that the caller may run on.
    pub const CURRENT: u32 = 2;
    /// Use the CPUs that the caller may not run on.
    pub const CURRENT_REVERSED: u32 = 4;
}

/// Bits of the `protection` of a region, as in `mmap`.
pub mod protection {
    /// Others may copy from the region.
    pub const READ: u32 = 1;
    /// Others may copy to the region.
    pub const WRITE: u32 = 2;
}

/// The state of a copy, in `current_status` and in the slots of the status array.
pub mod status {
    /// Not over yet.
    pub const PENDING: u8 = 0;
    /// Over, and all bytes are there.
    pub const SUCCESS: u8 = 1;
    /// Over, and some bytes may be missing.
    pub const FAILED: u8 = 2;
}

/// What GET_INFO answers.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Info {
    /// [`ABI_VERSION`].
    pub abi: u32,
    /// Bits of [`feature`].
    pub features: u32,
    /// The flags that the module drops from every request.
    pub ignored_flags: u32,
    /// The flags that the module adds to every request.
    pub forced_flags: u32,
}

/// Where the kernel thread of a context is to run.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BindOffload {
    /// One value of [`bind`].
    pub flags: u32,
    /// Bytes at `mask_ptr`.
    pub mask_len: u32,
    /// Address of a CPU mask.
    pub mask_ptr: u64,
}

/// A segment of the memory of the calling process.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Iovec {
    /// Address of the first byte.
    pub base: u64,
    /// Bytes.
    pub len: u64,
}

/// Declares a region.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CreateRegion {
    /// Address of an array of [`Iovec`].
    pub iovec_array: u64,
    /// Entries of that array.
    pub iovec_nr: u32,
    /// Bits of [`flag::CREATE_MASK`].
    pub flags: u32,
    /// Bits of [`protection`].
    pub protection: u32,
    /// Ignored.
    pub pad1: u32,
    /// Out: the name of the region.
    pub cookie: Cookie,
}

/// Copies between two regions.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Copy {
    /// The region to copy from.
    pub src_cookie: Cookie,
    /// Bytes to leave out at its start.
    pub src_offset: u64,
    /// The region to copy to.
    pub dst_cookie: Cookie,
    /// Bytes to leave out at its start.
    pub dst_offset: u64,
    /// Bits of [`flag::COPY_MASK`].
    pub flags: u32,
    /// Out: a value of [`status`].
    pub current_status: u32,
    /// The slot of an asynchronous request.
    pub async_status_index: u32,
    /// Ignored.
    pub pad: u32,
}

/// Copies at most `length` bytes between two regions.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CopyBounded {
    /// The region to copy from.
    pub src_cookie: Cookie,
    /// Bytes to leave out at its start.
    pub src_offset: u64,
    /// The region to copy to.
    pub dst_cookie: Cookie,
    /// Bytes to leave out at its start.
    pub dst_offset: u64,
    /// The most bytes to copy.
    pub length: u64,
    /// Bits of [`flag::COPY_MASK`].
    pub flags: u32,
    /// Out: a value of [`status`].
    pub current_status: u32,
    /// The slot of an asynchronous request.
    pub async_status_index: u32,
    /// Ignored.
    pub pad: u32,
}

impl Copy {
    /// The same request with a limit that never matters.
    pub const fn bounded(&self) -> CopyBounded {
        CopyBounded {
            src_cookie: self.src_cookie,
            src_offset: self.src_offset,
            dst_cookie: self.dst_cookie,
            dst_offset: self.dst_offset,
            length: u64::MAX,
            flags: self.flags,
            current_status: self.current_status,
            async_status_index: self.async_status_index,
            pad: self.pad,
        }
    }
}

/// Copies between a region and the caller's own memory.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct InlineCopy {
    /// Address of an array of [`Iovec`].
    pub local_iovec_array: u64,
    /// Entries of that array.
    pub local_iovec_nr: u32,
    /// 0 copies from the region, anything else to it.
    pub write: u32,
    /// The region.
    pub remote_cookie: Cookie,
    /// Bytes to leave out at its start.
    pub remote_offset: u64,
    /// Bits of [`flag::COPY_MASK`].
    pub flags: u32,
    /// Out: a value of [`status`].
    pub current_status: u32,
    /// The slot of an asynchronous request.
    pub async_status_index: u32,
    /// Ignored.
    pub pad: u32,
}

/// Copies at most `length` bytes between a region and the caller's own memory.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct InlineCopyBounded {
    /// Address of an array of [`Iovec`].
    pub local_iovec_array: u64,
    /// Entries of that array.
    pub local_iovec_nr: u32,
    /// 0 copies from the region, anything else to it.
    pub write: u32,
    /// The region.
    pub remote_cookie: Cookie,
    /// Bytes to leave out at its start.
    pub remote_offset: u64,
    /// The most bytes to copy.
    pub length: u64,
    /// Bits of [`flag::COPY_MASK`].
    pub flags: u32,
    /// Out: a value of [`status`].
    pub current_status: u32,
    /// The slot of an asynchronous request.
    pub async_status_index: u32,
    /// Ignored.
    pub pad: u32,
}

impl InlineCopy {
    /// The same request with a limit that never matters.
    pub const fn bounded(&self) -> InlineCopyBounded {
        InlineCopyBounded {
            local_iovec_array: self.local_iovec_array,
            local_iovec_nr: self.local_iovec_nr,
            write: self.write,
            remote_cookie: self.remote_cookie,
            remote_offset: self.remote_offset,
            length: u64::MAX,
            flags: self.flags,
            current_status: self.current_status,
            async_status_index: self.async_status_index,
            pad: self.pad,
        }
    }
}

/// Deprecated: declares a single-use region that others may read.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct InitSend {
    /// Address of an array of [`Iovec`].
    pub send_iovec_array: u64,
    /// Entries of that array.
    pub send_iovec_nr: u32,
    /// Bits of [`flag::CREATE_MASK`].
    pub flags: u32,
    /// Out: the name of the region.
    pub send_cookie: Cookie,
}

/// Deprecated: copies from a region, with the result in a status slot.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct InitAsyncRecv {
    /// Address of an array of [`Iovec`].
    pub recv_iovec_array: u64,
    /// Entries of that array.
    pub recv_iovec_nr: u32,
    /// The slot for the result.
    pub status_index: u32,
    /// The region.
    pub send_cookie: Cookie,
    /// Bits of [`flag::COPY_MASK`].
    pub flags: u32,
    /// Ignored.
    pub pad: u32,
}

impl InitAsyncRecv {
    /// The same request in today's form.
    pub const fn bounded(&self) -> InlineCopyBounded {
        InlineCopyBounded {
            local_iovec_array: self.recv_iovec_array,
            local_iovec_nr: self.recv_iovec_nr,
            write: 0,
            remote_cookie: self.send_cookie,
            remote_offset: 0,
            length: u64::MAX,
            flags: self.flags,
            current_status: 0,
            async_status_index: self.status_index,
            pad: 0,
        }
    }
}

/// Deprecated: copies from a region.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SyncRecv {
    /// Address of an array of [`Iovec`].
    pub recv_iovec_array: u64,
    /// Entries of that array.
    pub recv_iovec_nr: u32,
    /// Out: a value of [`status`].
    pub status: u32,
    /// The region.
    pub send_cookie: Cookie,
    /// Bits of [`flag::COPY_MASK`].
    pub flags: u32,
    /// Ignored.
    pub pad: u32,
}

impl SyncRecv {
    /// The same request in today's form.
    pub const fn bounded(&self) -> InlineCopyBounded {
        InlineCopyBounded {
            local_iovec_array: self.recv_iovec_array,
            local_iovec_nr: self.recv_iovec_nr,
            write: 0,
            remote_cookie: self.send_cookie,
            remote_offset: 0,
            length: u64::MAX,
            flags: self.flags,
            current_status: 0,
            async_status_index: 0,
            pad: 0,
        }
    }
}

/// Copies at most `length` bytes between two regions, and tells how many it were.
///
/// Not part of ABI 0xd: see [`feature::COUNTED`]. Unknown flags are refused.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CopyCounted {
    /// The region to copy from.
    pub src_cookie: Cookie,
    /// Bytes to leave out at its start.
    pub src_offset: u64,
    /// The region to copy to.
    pub dst_cookie: Cookie,
    /// Bytes to leave out at its start.
    pub dst_offset: u64,
    /// The most bytes to copy.
    pub length: u64,
    /// Bits of [`flag::COPY_MASK`].
    pub flags: u32,
    /// The slot of an asynchronous request.
    pub async_status_index: u32,
    /// Out: a value of [`status`].
    pub current_status: u32,
    /// Must be 0.
    pub pad: u32,
    /// Out: the bytes that were copied, or, while the request is pending, are going to be.
    pub copied: u64,
}

impl CopyCounted {
    /// The same request without the count.
    pub const fn bounded(&self) -> CopyBounded {
        CopyBounded {
            src_cookie: self.src_cookie,
            src_offset: self.src_offset,
            dst_cookie: self.dst_cookie,
            dst_offset: self.dst_offset,
            length: self.length,
            flags: self.flags,
            current_status: self.current_status,
            async_status_index: self.async_status_index,
            pad: self.pad,
        }
    }
}

/// Copies at most `length` bytes between a region and the caller's own memory, and tells how many it
/// were.
///
/// Not part of ABI 0xd: see [`feature::COUNTED`]. Unknown flags are refused.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct InlineCopyCounted {
    /// Address of an array of [`Iovec`].
    pub local_iovec_array: u64,
    /// Entries of that array.
    pub local_iovec_nr: u32,
    /// 0 copies from the region, 1 to it; nothing else is accepted.
    pub write: u32,
    /// The region.
    pub remote_cookie: Cookie,
    /// Bytes to leave out at its start.
    pub remote_offset: u64,
    /// The most bytes to copy.
    pub length: u64,
    /// Bits of [`flag::COPY_MASK`].
    pub flags: u32,
    /// The slot of an asynchronous request.
    pub async_status_index: u32,
    /// Out: a value of [`status`].
    pub current_status: u32,
    /// Must be 0.
    pub pad: u32,
    /// Out: the bytes that were copied, or, while the request is pending, are going to be.
    pub copied: u64,
}

impl InlineCopyCounted {
    /// The same request without the count.
    pub const fn bounded(&self) -> InlineCopyBounded {
        InlineCopyBounded {
            local_iovec_array: self.local_iovec_array,
            local_iovec_nr: self.local_iovec_nr,
            write: self.write,
            remote_cookie: self.remote_cookie,
            remote_offset: self.remote_offset,
            length: self.length,
            flags: self.flags,
            current_status: self.current_status,
            async_status_index: self.async_status_index,
            pad: self.pad,
        }
    }
}

/// Ends a region, and waits until the last copy that uses it is over.
///
/// Not part of ABI 0xd: see [`feature::DESTROY_WAIT`].
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DestroyRegionWait {
    /// The region.
    pub cookie: Cookie,
    /// Must be 0.
    pub flags: u32,
    /// Must be 0.
    pub pad: u32,
}

/// How many powers of two [`Statistics::copy_sizes`] tells apart.
pub const SIZE_BUCKETS: usize = 64;

/// What happened in the whole module.
///
/// Not part of ABI 0xd: see [`feature::STATISTICS`].
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Statistics {
    /// Must be 0.
    pub flags: u32,
    /// Must be 0.
    pub pad: u32,
    /// Out: the values of [`Counter::ALL`], in that order.
    pub counters: [u64; Counter::ALL.len()],
    /// Out: requests refused because too many were waiting or too many events unread.
    pub failed_busy: u64,
    /// Out: regions created.
    pub regions_created: u64,
    /// Out: bytes copied in the calls that asked for it.
    pub bytes_call: u64,
    /// Out: bytes copied in kernel threads.
    pub bytes_thread: u64,
    /// Out: bytes copied by DMA engines.
    pub bytes_dma: u64,
    /// Out: contexts that are open now.
    pub contexts: u64,
    /// Out: regions whose memory is pinned now.
    pub regions: u64,
    /// Out: requests that wait for a kernel thread now, or run in one.
    pub queued: u64,
    /// Out: bytes of the pages that are pinned now; a page counts as often as it is pinned.
    pub pinned_bytes: u64,
    /// Out: copies that ended, by the bytes they copied: none first, then those of at least
    /// 2<sup>index − 1</sup> and less than 2<sup>index</sup> bytes; the last has no upper end.
    pub copy_sizes: [u64; SIZE_BUCKETS],
}

impl Default for Statistics {
    fn default() -> Self {
        Self {
            flags: 0,
            pad: 0,
            counters: [0; Counter::ALL.len()],
            failed_busy: 0,
            regions_created: 0,
            bytes_call: 0,
            bytes_thread: 0,
            bytes_dma: 0,
            contexts: 0,
            regions: 0,
            queued: 0,
            pinned_bytes: 0,
            copy_sizes: [0; SIZE_BUCKETS],
        }
    }
}

/// The values of the requests.
///
/// The direction bits are those that compiled programs pass: seen from the kernel's usual
/// convention they are the wrong way round.
pub mod request {
    use super::*;

    /// `'K'`.
    pub const MAGIC: u32 = b'K' as u32;

    /// Fills [`Info`].
    pub const GET_INFO: u32 = direction::WRITE | encode::<Info>(0x10);
    /// Takes [`BindOffload`].
    pub const BIND_OFFLOAD: u32 = direction::READ | encode::<BindOffload>(0x11);
    /// Deprecated; takes and fills [`InitSend`].
    pub const INIT_SEND: u32 = direction::BOTH | encode::<InitSend>(0x20);
    /// Takes and fills [`CreateRegion`].
    pub const CREATE_REGION: u32 = direction::BOTH | encode::<CreateRegion>(0x21);
    /// Takes a [`Cookie`].
    pub const DESTROY_REGION: u32 = direction::READ | encode::<Cookie>(0x22);
    /// Deprecated; takes [`InitAsyncRecv`].
    pub const INIT_ASYNC_RECV: u32 = direction::READ | encode::<InitAsyncRecv>(0x30);
    /// Deprecated; takes and fills [`SyncRecv`].
    pub const SYNC_RECV: u32 = direction::READ | encode::<SyncRecv>(0x31);
    /// Takes and fills [`Copy`].
    pub const COPY: u32 = direction::READ | encode::<Copy>(0x32);
    /// Takes and fills [`InlineCopy`].
    pub const INLINE_COPY: u32 = direction::READ | encode::<InlineCopy>(0x33);
    /// Takes and fills [`CopyBounded`].
    pub const COPY_BOUNDED: u32 = direction::READ | encode::<CopyBounded>(0x34);
    /// Takes and fills [`InlineCopyBounded`].
    pub const INLINE_COPY_BOUNDED: u32 = direction::READ | encode::<InlineCopyBounded>(0x35);
    /// Takes and fills [`CopyCounted`].
    pub const COPY_COUNTED: u32 = direction::BOTH | encode::<CopyCounted>(0x40);
    /// Takes and fills [`InlineCopyCounted`].
    pub const INLINE_COPY_COUNTED: u32 = direction::BOTH | encode::<InlineCopyCounted>(0x41);
    /// Takes [`DestroyRegionWait`].
    pub const DESTROY_REGION_WAIT: u32 = direction::WRITE | encode::<DestroyRegionWait>(0x42);
    /// Takes and fills [`Statistics`].
    pub const GET_STATISTICS: u32 = direction::BOTH | encode::<Statistics>(0x43);

    /// The magic, number and size bits of a request.
    const fn encode<T>(number: u32) -> u32 {
        ((core::mem::size_of::<T>() as u32) << 16) | (MAGIC << 8) | number
    }

    /// The direction bits of the architecture, as its `ioctl` header encodes them.
    mod direction {
        const ALTERNATIVE: bool = cfg!(any(
            target_arch = "powerpc",
            target_arch = "powerpc64",
            target_arch = "mips",
            target_arch = "mips64",
            target_arch = "sparc",
            target_arch = "sparc64"
        ));
        pub(super) const WRITE: u32 = if ALTERNATIVE { 4 << 29 } else { 1 << 30 };
        pub(super) const READ: u32 = if ALTERNATIVE { 2 << 29 } else { 2 << 30 };
        pub(super) const BOTH: u32 = WRITE | READ;
    }
}

/// The counters of the statistics, in the order in which they are shown.
///
/// Their labels are part of what user space reads: see [`Counter::label`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(usize)]
pub enum Counter {
    /// Copy requests whose parameters made sense.
    Submitted,
    /// Requests whose regions were found and could be used.
    ProcessedTotal,
    /// Requests that took the DMA engine.
    ProcessedDma,
    /// Requests that were given to the kernel thread.
    ProcessedThread,
    /// Inline copies whose local memory was pinned.
    ProcessedPinLocal,
    /// Requests for a DMA engine that is not there.
    FailedInvalidFlags,
    /// Requests for which there was no memory.
    FailedNoMemory,
    /// Inline copies whose array of segments could not be read.
    FailedReadCmd,
    /// Requests whose cookie is unknown or may not be used so.
    FailedFindRegion,
    /// Inline copies whose local memory could not be pinned.
    FailedPinLocal,
    /// Copies that met a fault in the caller's memory.
    FailedCopyUser,
    /// Copies that the DMA engine refused.
    FailedDmaCopy,
}

impl Counter {
    /// All counters, in order.
    pub const ALL: [Counter; 12] = [
        Counter::Submitted,
        Counter::ProcessedTotal,
        Counter::ProcessedDma,
        Counter::ProcessedThread,
        Counter::ProcessedPinLocal,
        Counter::FailedInvalidFlags,
        Counter::FailedNoMemory,
        Counter::FailedReadCmd,
        Counter::FailedFindRegion,
        Counter::FailedPinLocal,
        Counter::FailedCopyUser,
        Counter::FailedDmaCopy,
    ];

    /// What stands before the number in the statistics.
    pub const fn label(self) -> &'static str {
        match self {
            Counter::Submitted => "Requests Submitted",
            Counter::ProcessedTotal => "Requests Processed/Total",
            Counter::ProcessedDma => "Requests Processed/DMA",
            Counter::ProcessedThread => "Requests Processed/Thread",
            Counter::ProcessedPinLocal => "Requests Processed/PinLocal",
            Counter::FailedInvalidFlags => "Requests Failed/InvalidFlags",
            Counter::FailedNoMemory => "Requests Failed/NoMemory",
            Counter::FailedReadCmd => "Requests Failed/ReadCmd",
            Counter::FailedFindRegion => "Requests Failed/FindRegion",
            Counter::FailedPinLocal => "Requests Failed/PinLocal",
            Counter::FailedCopyUser => "Requests Failed/CopyUser",
            Counter::FailedDmaCopy => "Requests Failed/DMACopy",
        }
    }
}
