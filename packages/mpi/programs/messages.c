/* SPDX-License-Identifier: BSD-3-Clause */
/* Messages around the ring of ranks: every power of two from 1 B to 8 MiB and its neighbours, at odd offsets. */
#include "validate.h"

static size_t exchange(const struct world *world, size_t length, size_t offset, unsigned message)
{
	int next = (world->rank + 1) % world->ranks;
	int previous = (world->rank + world->ranks - 1) % world->ranks;
	uint8_t *out = world->out + offset;
	uint8_t *in = room(world->in, offset ^ 6, length);

	fill(out, length, world->rank, message);
	MPI_Sendrecv(out, (int)length, MPI_BYTE, next, 7, in, (int)length, MPI_BYTE, previous, 7, MPI_COMM_WORLD,
		     MPI_STATUS_IGNORE);
	return verify(world, in, length, (struct part){previous, message, 0}) + touched(in, length);
}

size_t check_messages(const struct world *world)
{
	size_t wrong = 0;
	unsigned message = 0;

	for (size_t length = 1; length <= LARGEST; length *= 2) {
		wrong += exchange(world, length, 1 + 2 * (message % 32), message);
		message++;
		if (length > 2 && length < LARGEST) {
			wrong += exchange(world, length - 1, 3, message++);
			wrong += exchange(world, length + 1, 4093, message++);
		}
	}
	return wrong;
}
