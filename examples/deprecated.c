/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The requests of KNEM's first versions, for programs that still make them; new ones do not.
 *
 *     cc -std=c99 -I../include deprecated.c -o deprecated && ./deprecated
 */
#define _DEFAULT_SOURCE

#include "example.h"

#include <sched.h>

#define LENGTH ((size_t)100003)
#define SLOT 3

/* A cookie for one copy. */
static knem_cookie_t send_once(int context, const unsigned char *memory)
{
	struct knem_cmd_param_iovec segment;

	segment.base = address(memory);
	segment.len = LENGTH;
	/* [send] */
	struct knem_cmd_init_send_param send;

	memset(&send, 0, sizeof(send));
	send.send_iovec_array = address(&segment);
	send.send_iovec_nr = 1;
	if (ioctl(context, KNEM_CMD_INIT_SEND, &send) < 0)
		fail("KNEM_CMD_INIT_SEND");
	/* [/send] */
	return send.send_cookie;
}

static void receive(int context, knem_cookie_t cookie, const struct knem_cmd_param_iovec *segment)
{
	/* [receive] */
	struct knem_cmd_sync_recv_param receive;

	memset(&receive, 0, sizeof(receive));
	receive.recv_iovec_array = address(segment);
	receive.recv_iovec_nr = 1;
	receive.send_cookie = cookie;
	if (ioctl(context, KNEM_CMD_SYNC_RECV, &receive) < 0)
		fail("KNEM_CMD_SYNC_RECV");
	require(receive.status == KNEM_STATUS_SUCCESS, "the copy failed");
	/* [/receive] */
}

static void receive_later(int context, knem_cookie_t cookie, knem_status_t *slots,
			  const struct knem_cmd_param_iovec *segment)
{
	/* [later] */
	struct knem_cmd_init_async_recv_param receive;

	memset(&receive, 0, sizeof(receive));
	receive.recv_iovec_array = address(segment);
	receive.recv_iovec_nr = 1;
	receive.send_cookie = cookie;
	receive.status_index = SLOT;
	receive.flags = KNEM_FLAG_MEMCPYTHREAD;
	if (ioctl(context, KNEM_CMD_INIT_ASYNC_RECV, &receive) < 0)
		fail("KNEM_CMD_INIT_ASYNC_RECV");
	while (__atomic_load_n(&slots[SLOT], __ATOMIC_ACQUIRE) == KNEM_STATUS_PENDING)
		sched_yield();
	require(slots[SLOT] == KNEM_STATUS_SUCCESS, "the copy failed");
	/* [/later] */
}

int main(void)
{
	uint32_t features;
	int context = open_context(&features);
	unsigned char *memory = allocate(LENGTH, 1), *buffer = allocate(LENGTH, 0);
	struct knem_cmd_param_iovec segment;
	knem_status_t *slots = mmap(NULL, SLOT + 1, PROT_READ | PROT_WRITE, MAP_SHARED, context,
				    KNEM_STATUS_ARRAY_FILE_OFFSET);

	alarm(50);
	if (slots == MAP_FAILED)
		fail("mmap");
	segment.base = address(buffer);
	segment.len = LENGTH;
	receive(context, send_once(context, memory), &segment);
	require(consists(buffer, LENGTH, 1), "other bytes were received");
	memset(buffer, 0, LENGTH);
	receive_later(context, send_once(context, memory), slots, &segment);
	require(consists(buffer, LENGTH, 1), "other bytes were received later");
	munmap(slots, SLOT + 1);
	close(context);
	free(memory);
	free(buffer);
	puts("deprecated: every byte arrived");
	return 0;
}
