/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The interface of /dev/knem.
 *
 * The numbers are those of KNEM's ABI 0xd, which programs were compiled with; they do not change.
 * kernel-rs/abi.rs states the same facts in Rust, and a test compares the two. What the requests do
 * is described in docs/interface.md.
 */

#ifndef KNEM_IO_H
#define KNEM_IO_H

#ifdef __KERNEL__
#include <linux/ioctl.h>
#include <linux/types.h>
#else
#include <stdint.h>
#include <sys/ioctl.h>
#endif

#define KNEM_DEVICE_NAME "knem"
#define KNEM_DEVICE_FILENAME "/dev/" KNEM_DEVICE_NAME

/* What knem_cmd_info.abi must be equal to. */
#define KNEM_ABI_VERSION 0x0000000d

#define KNEM_CMD_MAGIC 'K'

/* The file offset at which the status array is mapped, one byte per slot. */
#define KNEM_STATUS_ARRAY_FILE_OFFSET 0

/* Names a region on the whole machine; never 0. */
typedef uint64_t knem_cookie_t;

/* A slot of the status array: a value of enum knem_status_e. */
typedef uint8_t knem_status_t;

enum knem_status_e {
	KNEM_STATUS_PENDING = 0,
	KNEM_STATUS_SUCCESS = 1,
	KNEM_STATUS_FAILED = 2,
};

/* What the driver is and offers. */
#define KNEM_CMD_GET_INFO _IOW(KNEM_CMD_MAGIC, 0x10, struct knem_cmd_info)

#define KNEM_FEATURE_DMA (1 << 0) /* copies can be given to a DMA engine */
#define KNEM_FEATURE_COUNTED (1 << 1) /* KNEM_CMD_COPY_COUNTED, KNEM_CMD_INLINE_COPY_COUNTED */
#define KNEM_FEATURE_DESTROY_WAIT (1 << 2) /* KNEM_CMD_DESTROY_REGION_WAIT */
#define KNEM_FEATURE_STATISTICS (1 << 3) /* KNEM_CMD_GET_STATISTICS */

struct knem_cmd_info {
	uint32_t abi;
	uint32_t features;
	uint32_t ignored_flags; /* dropped from every request */
	uint32_t forced_flags; /* added to every request */
};

/* Where the kernel thread of this descriptor is to run; before the status array is mapped. */
#define KNEM_CMD_BIND_OFFLOAD _IOR(KNEM_CMD_MAGIC, 0x11, struct knem_cmd_bind_offload)

typedef uint32_t knem_bind_flags;

/* One of these; they do not combine. */
#define KNEM_BIND_FLAG_CUSTOM (1 << 0) /* the CPUs of the given mask */
#define KNEM_BIND_FLAG_CURRENT (1 << 1) /* the CPUs that the caller may use */
#define KNEM_BIND_FLAG_CURRENT_REVERSED (1 << 2) /* the CPUs that the caller may not use */

struct knem_cmd_bind_offload {
	knem_bind_flags flags;
	uint32_t mask_len; /* bytes */
	uint64_t mask_ptr; /* as of sched_setaffinity() */
};

typedef uint32_t knem_flags;

#define KNEM_FLAG_DMA (1 << 0) /* copy on a DMA engine */
#define KNEM_FLAG_ASYNCDMACOMPLETE (1 << 1) /* the DMA engine writes the status slot */
#define KNEM_FLAG_DMATHREAD (1 << 2) /* the kernel thread drives the DMA engine */
#define KNEM_FLAG_MEMCPYTHREAD (1 << 3) /* copy in the kernel thread */
#define KNEM_FLAG_PINLOCAL (1 << 4) /* pin the local memory of an inline copy */
#define KNEM_FLAG_SINGLEUSE (1 << 5) /* the first use of the region ends it */
#define KNEM_FLAG_NOTIFY_FD (1 << 6) /* the end of the copy can be read and polled */
#define KNEM_FLAG_ANY_USER_ACCESS (1 << 7) /* every user may use the region */

#define KNEM_FLAG_ANY_THREAD_MASK (KNEM_FLAG_DMATHREAD | KNEM_FLAG_MEMCPYTHREAD)
#define KNEM_FLAG_ANY_ASYNC_MASK (KNEM_FLAG_ANY_THREAD_MASK | KNEM_FLAG_ASYNCDMACOMPLETE)
#define KNEM_FLAG_ANY_DMA_MASK (KNEM_FLAG_DMA | KNEM_FLAG_ASYNCDMACOMPLETE | KNEM_FLAG_DMATHREAD)

/* The flags that mean something when a region is created. */
#define KNEM_FLAG_ANY_CREATE_MASK (KNEM_FLAG_SINGLEUSE | KNEM_FLAG_ANY_USER_ACCESS)

/* The flags that mean something on a copy. */
#define KNEM_FLAG_ANY_COPY_MASK                                                                    \
	(KNEM_FLAG_DMA | KNEM_FLAG_ANY_ASYNC_MASK | KNEM_FLAG_PINLOCAL | KNEM_FLAG_NOTIFY_FD)

/* A segment of the caller's memory. */
struct knem_cmd_param_iovec {
	uint64_t base;
	uint64_t len;
};

/* Declares memory of the caller as a region. */
#define KNEM_CMD_CREATE_REGION _IOWR(KNEM_CMD_MAGIC, 0x21, struct knem_cmd_create_region)

struct knem_cmd_create_region {
	uint64_t iovec_array; /* of struct knem_cmd_param_iovec */
	uint32_t iovec_nr;
	knem_flags flags;
	uint32_t protection; /* PROT_READ: others may copy from it; PROT_WRITE: to it */
	uint32_t pad1;
	knem_cookie_t cookie; /* out */
};

/* Ends a region that was created through this descriptor. */
#define KNEM_CMD_DESTROY_REGION _IOR(KNEM_CMD_MAGIC, 0x22, knem_cookie_t)

/* Copies between two regions, as much as both have beyond their offsets. */
#define KNEM_CMD_COPY _IOR(KNEM_CMD_MAGIC, 0x32, struct knem_cmd_copy)

struct knem_cmd_copy {
	knem_cookie_t src_cookie;
	uint64_t src_offset;
	knem_cookie_t dst_cookie;
	uint64_t dst_offset;
	knem_flags flags;
	uint32_t current_status; /* out: enum knem_status_e */
	uint32_t async_status_index;
	uint32_t pad;
};

/* The same, but at most length bytes. */
#define KNEM_CMD_COPY_BOUNDED _IOR(KNEM_CMD_MAGIC, 0x34, struct knem_cmd_copy_bounded)

struct knem_cmd_copy_bounded {
	knem_cookie_t src_cookie;
	uint64_t src_offset;
	knem_cookie_t dst_cookie;
	uint64_t dst_offset;
	uint64_t length;
	knem_flags flags;
	uint32_t current_status; /* out: enum knem_status_e */
	uint32_t async_status_index;
	uint32_t pad;
};

/* Copies between a region and the caller's memory, as much as both have. */
#define KNEM_CMD_INLINE_COPY _IOR(KNEM_CMD_MAGIC, 0x33, struct knem_cmd_inline_copy)

struct knem_cmd_inline_copy {
	uint64_t local_iovec_array; /* of struct knem_cmd_param_iovec */
	uint32_t local_iovec_nr;
	uint32_t write; /* 0: from the region; else: to the region */
	knem_cookie_t remote_cookie;
	uint64_t remote_offset;
	knem_flags flags;
	uint32_t current_status; /* out: enum knem_status_e */
	uint32_t async_status_index;
	uint32_t pad;
};

/* The same, but at most length bytes. */
#define KNEM_CMD_INLINE_COPY_BOUNDED                                                               \
	_IOR(KNEM_CMD_MAGIC, 0x35, struct knem_cmd_inline_copy_bounded)

struct knem_cmd_inline_copy_bounded {
	uint64_t local_iovec_array; /* of struct knem_cmd_param_iovec */
	uint32_t local_iovec_nr;
	uint32_t write; /* 0: from the region; else: to the region */
	knem_cookie_t remote_cookie;
	uint64_t remote_offset;
	uint64_t length;
	knem_flags flags;
	uint32_t current_status; /* out: enum knem_status_e */
	uint32_t async_status_index;
	uint32_t pad;
};

/* Deprecated: creates a single-use region that others may read. */
#define KNEM_CMD_INIT_SEND _IOWR(KNEM_CMD_MAGIC, 0x20, struct knem_cmd_init_send_param)

struct knem_cmd_init_send_param {
	uint64_t send_iovec_array; /* of struct knem_cmd_param_iovec */
	uint32_t send_iovec_nr;
	knem_flags flags;
	knem_cookie_t send_cookie; /* out */
};

/* Deprecated: copies from a region, with the result in a status slot. */
#define KNEM_CMD_INIT_ASYNC_RECV _IOR(KNEM_CMD_MAGIC, 0x30, struct knem_cmd_init_async_recv_param)

struct knem_cmd_init_async_recv_param {
	uint64_t recv_iovec_array; /* of struct knem_cmd_param_iovec */
	uint32_t recv_iovec_nr;
	uint32_t status_index;
	knem_cookie_t send_cookie;
	knem_flags flags;
	uint32_t pad;
};

/* Deprecated: copies from a region. */
#define KNEM_CMD_SYNC_RECV _IOR(KNEM_CMD_MAGIC, 0x31, struct knem_cmd_sync_recv_param)

struct knem_cmd_sync_recv_param {
	uint64_t recv_iovec_array; /* of struct knem_cmd_param_iovec */
	uint32_t recv_iovec_nr;
	uint32_t status; /* out: enum knem_status_e */
	knem_cookie_t send_cookie;
	knem_flags flags;
	uint32_t pad;
};

/*
 * Beyond ABI 0xd. Each of these has a feature bit; each refuses flags and padding that it does not
 * know.
 */

/* Copies between two regions, and tells how many bytes it were. */
#define KNEM_CMD_COPY_COUNTED _IOWR(KNEM_CMD_MAGIC, 0x40, struct knem_cmd_copy_counted)

struct knem_cmd_copy_counted {
	knem_cookie_t src_cookie;
	uint64_t src_offset;
	knem_cookie_t dst_cookie;
	uint64_t dst_offset;
	uint64_t length; /* the most bytes to copy */
	knem_flags flags;
	uint32_t async_status_index;
	uint32_t current_status; /* out: enum knem_status_e */
	uint32_t pad; /* must be 0 */
	uint64_t copied; /* out: bytes copied; while pending, bytes that are going to be */
};

/* Copies between a region and the caller's memory, and tells how many bytes it were. */
#define KNEM_CMD_INLINE_COPY_COUNTED                                                               \
	_IOWR(KNEM_CMD_MAGIC, 0x41, struct knem_cmd_inline_copy_counted)

struct knem_cmd_inline_copy_counted {
	uint64_t local_iovec_array; /* of struct knem_cmd_param_iovec */
	uint32_t local_iovec_nr;
	uint32_t write; /* 0: from the region; 1: to the region */
	knem_cookie_t remote_cookie;
	uint64_t remote_offset;
	uint64_t length; /* the most bytes to copy */
	knem_flags flags;
	uint32_t async_status_index;
	uint32_t current_status; /* out: enum knem_status_e */
	uint32_t pad; /* must be 0 */
	uint64_t copied; /* out: bytes copied; while pending, bytes that are going to be */
};

/*
 * Ends a region, and waits until the last copy that uses it is over. If a signal interrupts the
 * wait (EINTR), the region is gone; the same call then waits on.
 */
#define KNEM_CMD_DESTROY_REGION_WAIT                                                               \
	_IOW(KNEM_CMD_MAGIC, 0x42, struct knem_cmd_destroy_region_wait)

struct knem_cmd_destroy_region_wait {
	knem_cookie_t cookie;
	uint32_t flags; /* must be 0 */
	uint32_t pad; /* must be 0 */
};

/* What happened in the whole module; also on descriptors that are only open for reading. */
#define KNEM_CMD_GET_STATISTICS _IOWR(KNEM_CMD_MAGIC, 0x43, struct knem_cmd_statistics)

/* Indices of knem_cmd_statistics.counters. */
#define KNEM_COUNTER_SUBMITTED 0
#define KNEM_COUNTER_PROCESSED 1
#define KNEM_COUNTER_PROCESSED_DMA 2
#define KNEM_COUNTER_PROCESSED_THREAD 3
#define KNEM_COUNTER_PROCESSED_PINLOCAL 4
#define KNEM_COUNTER_FAILED_INVALID_FLAGS 5
#define KNEM_COUNTER_FAILED_NO_MEMORY 6
#define KNEM_COUNTER_FAILED_READ_CMD 7
#define KNEM_COUNTER_FAILED_FIND_REGION 8
#define KNEM_COUNTER_FAILED_PIN_LOCAL 9
#define KNEM_COUNTER_FAILED_COPY_USER 10
#define KNEM_COUNTER_FAILED_DMA_COPY 11
#define KNEM_COUNTER_NR 12

#define KNEM_SIZE_BUCKET_NR 64

struct knem_cmd_statistics {
	uint32_t flags; /* must be 0 */
	uint32_t pad; /* must be 0 */
	uint64_t counters[KNEM_COUNTER_NR];
	uint64_t failed_busy; /* requests refused with EBUSY */
	uint64_t regions_created;
	uint64_t bytes_call; /* copied in the calls that asked for it */
	uint64_t bytes_thread; /* copied in kernel threads */
	uint64_t bytes_dma; /* copied by DMA engines */
	uint64_t contexts; /* open now */
	uint64_t regions; /* whose memory is pinned now */
	uint64_t queued; /* requests that wait for a kernel thread now, or run in one */
	uint64_t pinned_bytes; /* now; a page counts as often as it is pinned */
	/* Copies that ended, by bytes copied: 0, then from 2^(i-1) to less than 2^i. */
	uint64_t copy_sizes[KNEM_SIZE_BUCKET_NR];
};

#endif
