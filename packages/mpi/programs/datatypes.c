/* SPDX-License-Identifier: BSD-3-Clause */
/* Data that does not lie in one piece: at both ends, and at one end alone. */
#include <string.h>

#include "validate.h"

#define BLOCKS 1021
#define BLOCK 509 /* bytes of a block */
#define STRIDE 1031

/* Sends one item of a type to the next rank, which takes it as one of another that holds as many bytes. */
static void pass(const struct world *world, MPI_Datatype sent, int items, MPI_Datatype taken, int places)
{
	int next = (world->rank + 1) % world->ranks;
	int previous = (world->rank + world->ranks - 1) % world->ranks;

	MPI_Sendrecv(world->out + 1, items, sent, next, 11, world->in + 3, places, taken, previous, 11,
		     MPI_COMM_WORLD, MPI_STATUS_IGNORE);
}

static void lay_out(const struct world *world, unsigned message)
{
	fill(world->out + 1, LARGEST, world->rank, message);
	memset(world->in, 0, LARGEST + 4096);
}

size_t check_vectors(const struct world *world)
{
	int previous = (world->rank + world->ranks - 1) % world->ranks;
	uint8_t *in = world->in + 3;
	MPI_Datatype vector;
	size_t wrong = 0;

	MPI_Type_vector(BLOCKS, BLOCK, STRIDE, MPI_BYTE, &vector);
	MPI_Type_commit(&vector);

	lay_out(world, 1000);
	pass(world, vector, 1, vector, 1);
	for (size_t block = 0; block < BLOCKS; block++)
		for (size_t place = 0; place < STRIDE && block * STRIDE + place < (BLOCKS - 1) * STRIDE + BLOCK; place++) {
			size_t at = block * STRIDE + place;
			wrong += in[at] != (place < BLOCK ? pattern(previous, 1000, at) : 0);
		}

	lay_out(world, 1001);
	pass(world, vector, 1, MPI_BYTE, BLOCKS * BLOCK);
	for (size_t at = 0; at < BLOCKS * BLOCK; at++)
		wrong += in[at] != pattern(previous, 1001, at / BLOCK * STRIDE + at % BLOCK);

	lay_out(world, 1002);
	pass(world, MPI_BYTE, BLOCKS * BLOCK, vector, 1);
	for (size_t at = 0; at < BLOCKS * BLOCK; at++)
		wrong += in[at / BLOCK * STRIDE + at % BLOCK] != pattern(previous, 1002, at);

	MPI_Type_free(&vector);
	return wrong;
}

size_t check_structures(const struct world *world)
{
	/* Out of order, of all sizes, none aligned. */
	static const MPI_Aint places[] = {3 << 20, 17, 70001, 1 << 20};
	static const int lengths[] = {1 << 20, 1, 65537, 300007};
	MPI_Datatype types[] = {MPI_BYTE, MPI_BYTE, MPI_BYTE, MPI_BYTE};
	int previous = (world->rank + world->ranks - 1) % world->ranks;
	MPI_Datatype structure;
	size_t wrong = 0;

	MPI_Type_create_struct(4, lengths, places, types, &structure);
	MPI_Type_commit(&structure);
	lay_out(world, 1003);
	pass(world, structure, 1, structure, 1);
	for (int part = 0; part < 4; part++)
		for (int place = 0; place < lengths[part]; place++) {
			size_t at = (size_t)places[part] + (size_t)place;
			wrong += world->in[3 + at] != pattern(previous, 1003, at);
		}
	MPI_Type_free(&structure);
	return wrong;
}
