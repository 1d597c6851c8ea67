/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What lies beyond ABI 0xd: copies that tell how many bytes they moved, a destruction that waits,
 * and statistics as a structure.
 *
 *     cc -std=c99 -I../include beyond.c -o beyond && ./beyond
 */
#define _DEFAULT_SOURCE

#include "example.h"

#include <errno.h>

#define LENGTH ((size_t)10000)

static uint64_t copy_counted(int context, knem_cookie_t cookie, unsigned char *buffer)
{
	/* [counted] */
	struct knem_cmd_param_iovec segment;
	struct knem_cmd_inline_copy_counted copy;

	segment.base = address(buffer);
	segment.len = LENGTH;
	memset(&copy, 0, sizeof(copy)); /* padding and unknown flags must be 0 */
	copy.local_iovec_array = address(&segment);
	copy.local_iovec_nr = 1;
	copy.remote_cookie = cookie;
	copy.remote_offset = 9000;
	copy.length = UINT64_MAX; /* whatever there is */
	if (ioctl(context, KNEM_CMD_INLINE_COPY_COUNTED, &copy) < 0)
		fail("KNEM_CMD_INLINE_COPY_COUNTED");
	require(copy.current_status == KNEM_STATUS_SUCCESS, "the copy failed");
	/* [/counted] */
	return copy.copied;
}

static uint64_t copy_between(int context, knem_cookie_t source, knem_cookie_t destination)
{
	/* [between] */
	struct knem_cmd_copy_counted copy;

	memset(&copy, 0, sizeof(copy));
	copy.src_cookie = source;
	copy.dst_cookie = destination;
	copy.dst_offset = 1;
	copy.length = UINT64_MAX;
	if (ioctl(context, KNEM_CMD_COPY_COUNTED, &copy) < 0)
		fail("KNEM_CMD_COPY_COUNTED");
	/* [/between] */
	require(copy.current_status == KNEM_STATUS_SUCCESS, "the copy failed");
	return copy.copied;
}

static void destroy(int context, knem_cookie_t cookie)
{
	/* [wait] */
	struct knem_cmd_destroy_region_wait end;

	memset(&end, 0, sizeof(end));
	end.cookie = cookie;
	while (ioctl(context, KNEM_CMD_DESTROY_REGION_WAIT, &end) < 0)
		if (errno != EINTR)
			fail("KNEM_CMD_DESTROY_REGION_WAIT");
	/* No copy uses the memory any more, and none of it is pinned. */
	/* [/wait] */
}

/* How many bytes were copied in calls so far, by everybody. */
static uint64_t bytes_copied(void)
{
	/* [statistics] */
	static struct knem_cmd_statistics statistics; /* flags and pad are 0 */
	int device = open(KNEM_DEVICE_FILENAME, O_RDONLY | O_CLOEXEC);

	if (device < 0)
		fail(KNEM_DEVICE_FILENAME);
	if (ioctl(device, KNEM_CMD_GET_STATISTICS, &statistics) < 0)
		fail("KNEM_CMD_GET_STATISTICS");
	require(statistics.counters[KNEM_COUNTER_PROCESSED] > 0, "no copy was counted");
	/* [/statistics] */
	close(device);
	return statistics.bytes_call;
}

int main(void)
{
	uint32_t features;
	int context = open_context(&features);
	unsigned char *memory = allocate(LENGTH, 1), *buffer = allocate(LENGTH, 0);
	knem_cookie_t cookie = declare(context, memory, LENGTH);
	knem_cookie_t second = declare(context, buffer, LENGTH);

	/* [features] */
	const uint32_t wanted =
		KNEM_FEATURE_COUNTED | KNEM_FEATURE_DESTROY_WAIT | KNEM_FEATURE_STATISTICS;

	require((features & wanted) == wanted, "the driver knows only ABI 0xd");
	/* [/features] */
	require(copy_counted(context, cookie, buffer) == 1000, "there are 1000 bytes after 9000");
	require(consists(buffer, 1000, 1) && consists(buffer + 1000, LENGTH - 1000, 0),
		"other bytes came from the region");
	memset(memory, 2, LENGTH);
	require(copy_between(context, cookie, second) == LENGTH - 1, "one byte has no room");
	require(buffer[0] == 1 && consists(buffer + 1, LENGTH - 1, 2), "the regions differ");
	require(bytes_copied() >= 1000 + LENGTH - 1, "fewer bytes were counted than were copied");
	destroy(context, cookie);
	destroy(context, second);
	close(context);
	free(memory);
	free(buffer);
	puts("beyond: every byte arrived");
	return 0;
}
