/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the smaller examples share. docs/interface.md shows regions of them, marked [name] and
 * [/name].
 */
#ifndef EXAMPLE_H
#define EXAMPLE_H

#include <knem_io.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static inline void fail(const char *what)
{
	perror(what);
	exit(1);
}

static inline void require(int holds, const char *what)
{
	if (holds)
		return;
	fprintf(stderr, "%s\n", what);
	exit(1);
}

/* Addresses travel as 64 bits, whatever the caller has. */
static inline uint64_t address(const void *pointer)
{
	return (uint64_t)(uintptr_t)pointer;
}

/* A buffer of equal bytes. */
static inline unsigned char *allocate(size_t length, int byte)
{
	unsigned char *buffer = malloc(length);

	if (!buffer)
		fail("malloc");
	memset(buffer, byte, length);
	return buffer;
}

/* Whether a part of a buffer consists of this byte. */
static inline int consists(const unsigned char *buffer, size_t length, int byte)
{
	size_t at;

	for (at = 0; at < length; at++)
		if (buffer[at] != byte)
			return 0;
	return 1;
}

/* Opens a context, and tells what the driver offers. */
static inline int open_context(uint32_t *features)
{
	/* [open] */
	struct knem_cmd_info info;
	int context = open(KNEM_DEVICE_FILENAME, O_RDWR | O_CLOEXEC);

	if (context < 0)
		fail(KNEM_DEVICE_FILENAME);
	if (ioctl(context, KNEM_CMD_GET_INFO, &info) < 0)
		fail("KNEM_CMD_GET_INFO");
	require(info.abi == KNEM_ABI_VERSION, "the driver has another ABI");
	/* [/open] */
	*features = info.features;
	return context;
}

/* Declares memory that others may copy from and to. */
static inline knem_cookie_t declare(int context, void *memory, size_t length)
{
	/* [create] */
	struct knem_cmd_param_iovec segment;
	struct knem_cmd_create_region create;

	segment.base = address(memory);
	segment.len = length;
	memset(&create, 0, sizeof(create));
	create.iovec_array = address(&segment);
	create.iovec_nr = 1;
	create.protection = PROT_READ | PROT_WRITE;
	if (ioctl(context, KNEM_CMD_CREATE_REGION, &create) < 0)
		fail("KNEM_CMD_CREATE_REGION");
	/* [/create] */
	return create.cookie;
}

#endif
