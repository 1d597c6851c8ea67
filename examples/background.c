/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Copies that go on while their caller does something else: by the kernel thread, or by a DMA
 * engine where there is one; their ends told by the status array, and by events.
 *
 *     cc -std=c99 -I../include background.c -o background && ./background
 */
#define _GNU_SOURCE

#include "example.h"

#include <poll.h>
#include <sched.h>

#define LENGTH ((size_t)1 << 20)
#define PIECES 4
#define SLOTS 4096

static void bind_thread(int context)
{
	/* [bind] */
	struct knem_cmd_bind_offload bind;
	cpu_set_t cpus;

	CPU_ZERO(&cpus);
	CPU_SET(0, &cpus);
	memset(&bind, 0, sizeof(bind));
	bind.flags = KNEM_BIND_FLAG_CUSTOM;
	bind.mask_len = sizeof(cpus);
	bind.mask_ptr = address(&cpus);
	if (ioctl(context, KNEM_CMD_BIND_OFFLOAD, &bind) < 0)
		fail("KNEM_CMD_BIND_OFFLOAD");
	/* [/bind] */
}

static knem_status_t *map_slots(int context)
{
	/* [map] */
	knem_status_t *slots = mmap(NULL, SLOTS, PROT_READ | PROT_WRITE, MAP_SHARED, context,
				    KNEM_STATUS_ARRAY_FILE_OFFSET);

	if (slots == MAP_FAILED)
		fail("mmap");
	/* [/map] */
	return slots;
}

/* Starts the copy of a piece of the region, which has its own slot; tells its status. */
static uint32_t start(int context, knem_cookie_t cookie, unsigned char *buffer, uint32_t piece,
		      knem_flags flags)
{
	const size_t length = LENGTH / PIECES;
	struct knem_cmd_param_iovec segment;

	segment.base = address(buffer + piece * length);
	segment.len = length;
	/* [start] */
	struct knem_cmd_inline_copy copy;

	memset(&copy, 0, sizeof(copy));
	copy.local_iovec_array = address(&segment);
	copy.local_iovec_nr = 1;
	copy.remote_cookie = cookie;
	copy.remote_offset = piece * length;
	copy.flags = flags; /* KNEM_FLAG_MEMCPYTHREAD, for instance */
	copy.async_status_index = piece;
	if (ioctl(context, KNEM_CMD_INLINE_COPY, &copy) < 0)
		fail("KNEM_CMD_INLINE_COPY");
	/* [/start] */
	return copy.current_status;
}

static void wait_for_slot(knem_status_t *slots, uint32_t piece)
{
	/* [slot] */
	while (__atomic_load_n(&slots[piece], __ATOMIC_ACQUIRE) == KNEM_STATUS_PENDING)
		sched_yield();
	require(slots[piece] == KNEM_STATUS_SUCCESS, "the copy failed");
	/* [/slot] */
}

static void wait_for_events(int context, knem_status_t *slots)
{
	/* [events] */
	struct pollfd ready;
	uint32_t ended[PIECES], i;

	ready.fd = context;
	ready.events = POLLIN;
	if (poll(&ready, 1, -1) != 1 || !(ready.revents & POLLIN))
		fail("poll");
	/* Waits until all of them have ended, for that is how many the buffer has room for. */
	if (read(context, ended, sizeof(ended)) != (ssize_t)sizeof(ended))
		fail("read of events");
	for (i = 0; i < PIECES; i++)
		require(slots[ended[i]] == KNEM_STATUS_SUCCESS, "a copy failed");
	/* [/events] */
}

int main(void)
{
	uint32_t features, piece;
	int context = open_context(&features);
	unsigned char *memory = allocate(LENGTH, 1), *buffer = allocate(LENGTH, 0);
	knem_cookie_t cookie = declare(context, memory, LENGTH);
	knem_status_t *slots;
	knem_flags flags;

	alarm(50);
	bind_thread(context);
	slots = map_slots(context);

	for (piece = 0; piece < PIECES; piece++)
		start(context, cookie, buffer, piece, KNEM_FLAG_MEMCPYTHREAD);
	for (piece = 0; piece < PIECES; piece++)
		wait_for_slot(slots, piece);
	require(consists(buffer, LENGTH, 1), "other bytes came from the region");

	memset(buffer, 0, LENGTH);
	for (piece = 0; piece < PIECES; piece++)
		start(context, cookie, buffer, piece,
		      KNEM_FLAG_MEMCPYTHREAD | KNEM_FLAG_NOTIFY_FD);
	wait_for_events(context, slots);
	require(consists(buffer, LENGTH, 1), "other bytes came with the events");

	memset(buffer, 0, LENGTH);
	/* [dma] */
	flags = features & KNEM_FEATURE_DMA ? KNEM_FLAG_DMA | KNEM_FLAG_DMATHREAD
					    : KNEM_FLAG_MEMCPYTHREAD;
	/* [/dma] */
	for (piece = 0; piece < PIECES; piece++)
		if (start(context, cookie, buffer, piece, flags) == KNEM_STATUS_PENDING)
			wait_for_slot(slots, piece);
	require(consists(buffer, LENGTH, 1), "other bytes came by the DMA engine");

	munmap(slots, SLOTS);
	close(context);
	free(memory);
	free(buffer);
	puts("background: every byte arrived");
	return 0;
}
