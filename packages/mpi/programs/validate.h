/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef VALIDATE_H
#define VALIDATE_H

#include <mpi.h>
#include <stdint.h>

#include "pattern.h"

#define GUARD 64	      /* bytes around what is received, which must stay as they are */
#define LARGEST (8u << 20) /* bytes */

/* What every check needs: who this is, how many there are, and room for LARGEST bytes at any odd offset, twice. */
struct world {
	int rank;
	int ranks;
	uint8_t *out;
	uint8_t *in;
};

/* Each gives the number of bytes that were wrong at this rank. */
size_t check_messages(const struct world *world);
size_t check_vectors(const struct world *world);
size_t check_structures(const struct world *world);
size_t check_put(const struct world *world);
size_t check_get(const struct world *world);
size_t check_collectives(const struct world *world);

/* A message, or a part of one. */
struct part {
	int from;
	unsigned message;
	size_t offset; /* bytes of the message before it */
};

/* How many of the bytes are not those of the message; if there are any, where they are and what they are is told. */
size_t verify(const struct world *world, const uint8_t *at, size_t length, struct part part);

/* Room in which a message is received, filled with a byte; and the number of bytes around it that were touched. */
uint8_t *room(uint8_t *in, size_t offset, size_t length);
size_t touched(const uint8_t *at, size_t length);

#endif
