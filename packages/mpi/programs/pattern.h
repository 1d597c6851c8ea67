/* SPDX-License-Identifier: BSD-3-Clause */
/* Bytes that tell where they come from: every one depends on its sender, its place and the message. */
#ifndef PATTERN_H
#define PATTERN_H

#include <stddef.h>
#include <stdint.h>

/* The byte at `place` of message `message` from rank `from`. Neighbouring places, ranks and messages differ. */
static inline uint8_t pattern(int from, unsigned message, size_t place)
{
	uint64_t mixed = place * 0x9e3779b97f4a7c15u + message * 0xc2b2ae3d27d4eb4fu + (unsigned)from * 0x165667b1u;

	return (uint8_t)((mixed ^ (mixed >> 29)) >> 8);
}

static inline void fill(uint8_t *to, size_t length, int from, unsigned message)
{
	for (size_t place = 0; place < length; place++)
		to[place] = pattern(from, message, place);
}

/* How many bytes are not those of the pattern. */
static inline size_t differing(const uint8_t *at, size_t length, int from, unsigned message)
{
	size_t wrong = 0;

	for (size_t place = 0; place < length; place++)
		wrong += at[place] != pattern(from, message, place);
	return wrong;
}

#endif
