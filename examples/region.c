/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Regions: created, copied from, to and between, and destroyed. The owner and its peer are two
 * contexts of one process here; those of two processes are no different (see client.c).
 *
 *     cc -std=c99 -I../include region.c -o region && ./region
 */
#define _DEFAULT_SOURCE

#include "example.h"

#include <errno.h>

#define LENGTH ((size_t)300007)

/* All of a region into a buffer. */
static void copy_from(int context, knem_cookie_t cookie, unsigned char *buffer)
{
	/* [inline] */
	struct knem_cmd_param_iovec segment;
	struct knem_cmd_inline_copy copy;

	segment.base = address(buffer);
	segment.len = LENGTH;
	memset(&copy, 0, sizeof(copy));
	copy.local_iovec_array = address(&segment);
	copy.local_iovec_nr = 1;
	copy.write = 0;
	copy.remote_cookie = cookie;
	if (ioctl(context, KNEM_CMD_INLINE_COPY, &copy) < 0)
		fail("KNEM_CMD_INLINE_COPY");
	require(copy.current_status == KNEM_STATUS_SUCCESS, "the copy failed");
	/* [/inline] */
}

/* Two pieces of a buffer, one after the other, into a region from an offset on. */
static void copy_pieces_to(int context, knem_cookie_t cookie, uint64_t offset, unsigned char *buffer)
{
	/* [bounded] */
	struct knem_cmd_param_iovec segments[2];
	struct knem_cmd_inline_copy_bounded copy;

	segments[0].base = address(buffer);
	segments[0].len = 4097;
	segments[1].base = address(buffer + 8192);
	segments[1].len = 8192;
	memset(&copy, 0, sizeof(copy));
	copy.local_iovec_array = address(segments);
	copy.local_iovec_nr = 2;
	copy.write = 1;
	copy.remote_cookie = cookie;
	copy.remote_offset = offset;
	copy.length = 10000; /* 4097 bytes of the first segment, 5903 of the second */
	if (ioctl(context, KNEM_CMD_INLINE_COPY_BOUNDED, &copy) < 0)
		fail("KNEM_CMD_INLINE_COPY_BOUNDED");
	require(copy.current_status == KNEM_STATUS_SUCCESS, "the copy failed");
	/* [/bounded] */
}

static void copy_between(int context, knem_cookie_t source, knem_cookie_t destination)
{
	/* [between] */
	struct knem_cmd_copy copy;

	memset(&copy, 0, sizeof(copy));
	copy.src_cookie = source;
	copy.dst_cookie = destination;
	if (ioctl(context, KNEM_CMD_COPY, &copy) < 0)
		fail("KNEM_CMD_COPY");
	require(copy.current_status == KNEM_STATUS_SUCCESS, "the copy failed");
	/* [/between] */
}

static void copy_part_between(int context, knem_cookie_t source, knem_cookie_t destination,
			      uint64_t length)
{
	/* [part] */
	struct knem_cmd_copy_bounded copy;

	memset(&copy, 0, sizeof(copy));
	copy.src_cookie = source;
	copy.src_offset = 1;
	copy.dst_cookie = destination;
	copy.length = length;
	if (ioctl(context, KNEM_CMD_COPY_BOUNDED, &copy) < 0)
		fail("KNEM_CMD_COPY_BOUNDED");
	/* [/part] */
	require(copy.current_status == KNEM_STATUS_SUCCESS, "the copy failed");
}

static void destroy(int context, knem_cookie_t cookie)
{
	/* [destroy] */
	if (ioctl(context, KNEM_CMD_DESTROY_REGION, &cookie) < 0)
		fail("KNEM_CMD_DESTROY_REGION");
	/* [/destroy] */
}

int main(void)
{
	uint32_t features;
	int owner = open_context(&features), peer = open_context(&features);
	unsigned char *memory = allocate(LENGTH, 1), *buffer = allocate(LENGTH, 0);
	unsigned char *other = allocate(LENGTH, 0);
	knem_cookie_t cookie = declare(owner, memory, LENGTH), second;

	copy_from(peer, cookie, buffer);
	require(consists(buffer, LENGTH, 1), "other bytes came from the region");

	memset(buffer, 2, LENGTH);
	copy_pieces_to(peer, cookie, 7, buffer);
	require(consists(memory, 7, 1) && consists(memory + 7, 10000, 2) &&
			consists(memory + 10007, LENGTH - 10007, 1),
		"other bytes came to the region");

	second = declare(peer, other, LENGTH);
	copy_between(peer, cookie, second);
	require(memcmp(other, memory, LENGTH) == 0, "the regions differ");
	memset(memory, 3, LENGTH);
	copy_part_between(peer, cookie, second, 5);
	require(consists(other, 5, 3) && other[5] == 1, "more or less was copied than was asked for");

	destroy(owner, cookie);
	require(ioctl(owner, KNEM_CMD_DESTROY_REGION, &cookie) < 0 && errno == EINVAL,
		"a region was destroyed twice");
	close(owner);
	close(peer); /* ends its region, too */
	free(memory);
	free(buffer);
	free(other);
	puts("region: every byte arrived");
	return 0;
}
