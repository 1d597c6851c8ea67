/* SPDX-License-Identifier: BSD-3-Clause */
/* What all ranks do together, in blocks that are small, that are large, and that are no power of two. */
#include "validate.h"

static size_t broadcast(const struct world *world, size_t length, int root)
{
	uint8_t *in = room(world->in, 1, length);

	if (world->rank == root)
		fill(in, length, root, 4000);
	MPI_Bcast(in, (int)length, MPI_BYTE, root, MPI_COMM_WORLD);
	return verify(world, in, length, (struct part){root, 4000, 0}) + touched(in, length);
}

static size_t gather(const struct world *world, size_t length)
{
	size_t wrong = 0;
	uint8_t *in = room(world->in, 1, length * (size_t)world->ranks);

	fill(world->out + 3, length, world->rank, 4001);
	MPI_Allgather(world->out + 3, (int)length, MPI_BYTE, in, (int)length, MPI_BYTE, MPI_COMM_WORLD);
	for (int from = 0; from < world->ranks; from++)
		wrong += verify(world, in + (size_t)from * length, length, (struct part){from, 4001, 0});
	return wrong + touched(in, length * (size_t)world->ranks);
}

/* Each rank has another message for every other one. */
static size_t exchange(const struct world *world, size_t length)
{
	size_t wrong = 0;
	uint8_t *in = room(world->in, 1, length * (size_t)world->ranks);

	for (int to = 0; to < world->ranks; to++)
		fill(world->out + 3 + (size_t)to * length, length, world->rank, 4100 + (unsigned)to);
	MPI_Alltoall(world->out + 3, (int)length, MPI_BYTE, in, (int)length, MPI_BYTE, MPI_COMM_WORLD);
	for (int from = 0; from < world->ranks; from++)
		wrong += verify(world, in + (size_t)from * length, length,
				 (struct part){from, 4100 + (unsigned)world->rank, 0});
	return wrong + touched(in, length * (size_t)world->ranks);
}

/* Of bytes, all libraries combine bits alike; sums that do not fit are cut off by some and held at 255 by others. */
static size_t combine(const struct world *world, size_t length)
{
	size_t wrong = 0;
	uint8_t *in = room(world->in, 1, length);

	fill(world->out + 3, length, world->rank, 4002);
	MPI_Allreduce(world->out + 3, in, (int)length, MPI_UNSIGNED_CHAR, MPI_BXOR, MPI_COMM_WORLD);
	for (size_t place = 0; place < length; place++) {
		uint8_t expected = 0;

		for (int from = 0; from < world->ranks; from++)
			expected ^= pattern(from, 4002, place);
		wrong += in[place] != expected;
	}
	return wrong + touched(in, length);
}

size_t check_collectives(const struct world *world)
{
	static const size_t lengths[] = {1, 1021, 65537, 1000003};
	size_t wrong = 0;

	for (unsigned round = 0; round < sizeof lengths / sizeof lengths[0]; round++) {
		for (int root = 0; root < world->ranks; root++)
			wrong += broadcast(world, lengths[round], root);
		wrong += gather(world, lengths[round]);
		wrong += exchange(world, lengths[round]);
		wrong += combine(world, lengths[round]);
	}
	return wrong;
}
