/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A client in the ways in which MPI libraries used KNEM before they kept regions: a region for each message, consumed
 * by its one copy, and copies that may end later, which a status slot tells. Two processes, each message checked byte by
 * byte; reports as TAP.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <knem_io.h>

#include "pattern.h"

#define SLOTS 4096		  /* bytes of the status array, one slot each */
#define PIECES 16		  /* as many as an iovec array had */
#define LARGEST (8u << 20)	  /* bytes */
#define DMA_FROM (2u << 20)	  /* bytes from which the library asked for DMA, where there is one */
#define WINDOW 32		  /* copies under way at a time */
#define WINDOW_LENGTH (128u << 10) /* bytes of each */

struct client {
	int file;
	int peer;
	int dma; /* whether the module has an engine */
	volatile knem_status_t *slots;
	uint8_t *memory;
};

static void fail(const char *what)
{
	perror(what);
	exit(2);
}

static void say(const struct client *me, const void *what, size_t length)
{
	if (write(me->peer, what, length) != (ssize_t)length)
		fail("write");
}

static void hear(const struct client *me, void *what, size_t length)
{
	if (read(me->peer, what, length) != (ssize_t)length)
		fail("read");
}

static void open_device(struct client *me)
{
	struct knem_cmd_info info;

	me->file = open("/dev/knem", O_RDWR);
	if (me->file < 0)
		fail("/dev/knem");
	if (ioctl(me->file, KNEM_CMD_GET_INFO, &info) < 0 || info.abi != KNEM_ABI_VERSION)
		fail("KNEM_CMD_GET_INFO");
	me->dma = (info.features & KNEM_FEATURE_DMA) != 0;
	me->slots = mmap(NULL, SLOTS, PROT_READ | PROT_WRITE, MAP_SHARED, me->file, KNEM_STATUS_ARRAY_FILE_OFFSET);
	if (me->slots == MAP_FAILED)
		fail("mmap");
	me->memory = malloc(LARGEST + 64);
	if (!me->memory)
		fail("malloc");
}

/* Cuts `length` bytes into uneven pieces. */
static unsigned cut(struct knem_cmd_param_iovec *pieces, unsigned most, uint8_t *at, size_t length)
{
	unsigned count = 0;

	while (length) {
		size_t part = count + 1 == most || length < 3 ? length : length / 2 - (count & 1);

		if (part > length || part == 0)
			part = length;
		pieces[count].base = (uintptr_t)at;
		pieces[count++].len = part;
		at += part;
		length -= part;
	}
	return count;
}

/* Waits for a slot, unless the reply told already. */
static int ended(const struct client *me, knem_status_t status, unsigned slot)
{
	while (status == KNEM_STATUS_PENDING)
		status = me->slots[slot];
	return status == KNEM_STATUS_SUCCESS;
}

static knem_cookie_t offer(const struct client *me, uint8_t *from, size_t length, unsigned most)
{
	struct knem_cmd_param_iovec pieces[PIECES];
	struct knem_cmd_create_region region = {
		.iovec_array = (uintptr_t)pieces,
		.iovec_nr = cut(pieces, most, from, length),
		.flags = KNEM_FLAG_SINGLEUSE,
		.protection = PROT_READ,
	};

	if (ioctl(me->file, KNEM_CMD_CREATE_REGION, &region) < 0)
		fail("KNEM_CMD_CREATE_REGION");
	return region.cookie;
}

/* Begins to take what a cookie stands for; gives what the reply tells. */
static knem_status_t take(const struct client *me, uint8_t *to, size_t length, unsigned most, knem_cookie_t cookie,
			  unsigned flags, unsigned slot)
{
	struct knem_cmd_param_iovec pieces[PIECES];
	struct knem_cmd_inline_copy copy = {
		.local_iovec_array = (uintptr_t)pieces,
		.local_iovec_nr = cut(pieces, most, to, length),
		.remote_cookie = cookie,
		.async_status_index = slot,
		.flags = flags,
	};

	me->slots[slot] = KNEM_STATUS_PENDING;
	if (ioctl(me->file, KNEM_CMD_INLINE_COPY, &copy) < 0)
		fail("KNEM_CMD_INLINE_COPY");
	return copy.current_status;
}

/* MPICH 3: up to 16 pieces at both ends; flags 0, and from 2 MiB DMA with a status that tells its end. */
static size_t nemesis(const struct client *me, int sending)
{
	size_t wrong = 0;
	unsigned message = 0;

	for (size_t length = 64 << 10; length <= LARGEST; length = length * 2 - 7, message++) {
		knem_cookie_t cookie;
		char done = 1;

		if (sending) {
			fill(me->memory + 1, length, 0, message);
			cookie = offer(me, me->memory + 1, length, PIECES);
			say(me, &cookie, sizeof cookie);
			hear(me, &done, 1);
			continue;
		}
		hear(me, &cookie, sizeof cookie);
		unsigned asynchronous = KNEM_FLAG_DMA | KNEM_FLAG_ASYNCDMACOMPLETE;
		unsigned flags = me->dma && length >= DMA_FROM ? asynchronous : 0;
		knem_status_t status = take(me, me->memory + 3, length, PIECES, cookie, flags, message % SLOTS);

		wrong += !ended(me, status, message % SLOTS);
		wrong += differing(me->memory + 3, length, 0, message);
		say(me, &done, 1);
	}
	return wrong;
}

/* Open MPI 1.5: one piece; as many copies at a time as there are slots, ASYNCDMACOMPLETE alone, polled in their order. */
static size_t ring(const struct client *me, int sending)
{
	size_t wrong = 0;
	knem_cookie_t cookies[WINDOW];
	knem_status_t status[WINDOW];
	char done = 1;

	for (unsigned round = 0; round < 4; round++) {
		if (sending) {
			for (unsigned one = 0; one < WINDOW; one++) {
				uint8_t *from = me->memory + one * WINDOW_LENGTH;

				fill(from, WINDOW_LENGTH, 0, round * WINDOW + one);
				cookies[one] = offer(me, from, WINDOW_LENGTH, 1);
			}
			say(me, cookies, sizeof cookies);
			hear(me, &done, 1);
			continue;
		}
		hear(me, cookies, sizeof cookies);
		for (unsigned one = 0; one < WINDOW; one++)
			status[one] = take(me, me->memory + one * WINDOW_LENGTH, WINDOW_LENGTH, 1, cookies[one],
					   KNEM_FLAG_ASYNCDMACOMPLETE, one);
		for (unsigned one = 0; one < WINDOW; one++) {
			wrong += !ended(me, status[one], one);
			wrong += differing(me->memory + one * WINDOW_LENGTH, WINDOW_LENGTH, 0, round * WINDOW + one);
		}
		say(me, &done, 1);
	}
	return wrong;
}

/* Before there were regions: the requests that are deprecated. */
static size_t deprecated(const struct client *me, int sending)
{
	const size_t length = (1 << 20) + 5;
	struct knem_cmd_param_iovec piece = {.base = (uintptr_t)(me->memory + 1), .len = length};
	size_t wrong = 0;

	for (unsigned message = 0; message < 4; message++) {
		knem_cookie_t cookie;
		char done = 1;

		if (sending) {
			struct knem_cmd_init_send_param send = {.send_iovec_array = (uintptr_t)&piece, .send_iovec_nr = 1};

			fill(me->memory + 1, length, 0, message);
			if (ioctl(me->file, KNEM_CMD_INIT_SEND, &send) < 0)
				fail("KNEM_CMD_INIT_SEND");
			say(me, &send.send_cookie, sizeof cookie);
			hear(me, &done, 1);
			continue;
		}
		struct knem_cmd_init_async_recv_param receive = {
			.recv_iovec_array = (uintptr_t)&piece,
			.recv_iovec_nr = 1,
			.status_index = message,
		};

		hear(me, &cookie, sizeof cookie);
		receive.send_cookie = cookie;
		me->slots[message] = KNEM_STATUS_PENDING;
		if (ioctl(me->file, KNEM_CMD_INIT_ASYNC_RECV, &receive) < 0)
			fail("KNEM_CMD_INIT_ASYNC_RECV");
		wrong += !ended(me, KNEM_STATUS_PENDING, message);
		wrong += differing(me->memory + 1, length, 0, message);
		say(me, &done, 1);
	}
	return wrong;
}

static const struct {
	const char *name;
	size_t (*run)(const struct client *me, int sending);
} ways[] = {
	{"vectored single-use regions with status slots", nemesis},
	{"a ring of slots with ASYNCDMACOMPLETE alone", ring},
	{"deprecated sends and receives", deprecated},
};

int main(void)
{
	const int count = sizeof ways / sizeof ways[0];
	int sockets[2], status, sending;
	struct client me;
	pid_t child;

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, sockets) < 0)
		fail("socketpair");
	child = fork();
	sending = child == 0;
	me.peer = sockets[sending];
	close(sockets[!sending]);
	open_device(&me);
	if (!sending)
		printf("# legacy\nTAP version 13\n1..%d\n", count);
	for (int way = 0; way < count; way++) {
		size_t wrong = ways[way].run(&me, sending);

		if (!sending)
			printf("%s %d - %s\n", wrong ? "not ok" : "ok", way + 1, ways[way].name);
	}
	if (sending)
		return 0;
	return waitpid(child, &status, 0) == child && WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
