/* SPDX-License-Identifier: BSD-3-Clause */
/* One rank reads and writes another's window, which takes no part: between fences, and under a lock. */
#include "validate.h"

static const size_t lengths[] = {1, 77, 4095, 65537, 1000003, LARGEST - 4096};
#define LENGTHS (sizeof lengths / sizeof lengths[0])

size_t check_put(const struct world *world)
{
	int next = (world->rank + 1) % world->ranks;
	int previous = (world->rank + world->ranks - 1) % world->ranks;
	size_t wrong = 0;
	MPI_Win window;

	MPI_Win_create(world->in, LARGEST + 4096, 1, MPI_INFO_NULL, MPI_COMM_WORLD, &window);
	for (unsigned round = 0; round < LENGTHS; round++) {
		size_t length = lengths[round], offset = 2 * round + 1;
		uint8_t *in = room(world->in, offset, length);

		fill(world->out + offset, length, world->rank, 2000 + round);
		MPI_Win_fence(0, window);
		MPI_Put(world->out + offset, (int)length, MPI_BYTE, next, (MPI_Aint)(in - world->in), (int)length,
			MPI_BYTE, window);
		MPI_Win_fence(0, window);
		wrong += verify(world, in, length, (struct part){previous, 2000 + round, 0}) + touched(in, length);
	}
	MPI_Win_free(&window);
	return wrong;
}

size_t check_get(const struct world *world)
{
	int next = (world->rank + 1) % world->ranks;
	size_t wrong = 0;
	MPI_Win window;

	fill(world->out, LARGEST + 4096, world->rank, 3000);
	MPI_Win_create(world->out, LARGEST + 4096, 1, MPI_INFO_NULL, MPI_COMM_WORLD, &window);
	MPI_Barrier(MPI_COMM_WORLD);
	for (unsigned round = 0; round < LENGTHS; round++) {
		size_t length = lengths[round], offset = 2 * round + 1;
		uint8_t *in = room(world->in, offset ^ 6, length);

		MPI_Win_lock(MPI_LOCK_SHARED, next, 0, window);
		MPI_Get(in, (int)length, MPI_BYTE, next, (MPI_Aint)offset, (int)length, MPI_BYTE, window);
		MPI_Win_unlock(next, window);
		wrong += verify(world, in, length, (struct part){next, 3000, offset}) + touched(in, length);
	}
	MPI_Barrier(MPI_COMM_WORLD);
	MPI_Win_free(&window);
	return wrong;
}
