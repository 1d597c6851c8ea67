/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Moves data between MPI's ranks in every way in which a transport may be asked to, and checks each byte. Rank 0 reports
 * as TAP. Any number of ranks from 2.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "validate.h"

#define UNTOUCHED 0xa5

static const struct {
	const char *name;
	size_t (*run)(const struct world *world);
} checks[] = {
	{"messages of 1 B to 8 MiB at odd offsets", check_messages},
	{"vectors with gaps", check_vectors},
	{"structures of several places", check_structures},
	{"one-sided Put", check_put},
	{"one-sided Get", check_get},
	{"collectives", check_collectives},
};

uint8_t *room(uint8_t *in, size_t offset, size_t length)
{
	memset(in, UNTOUCHED, offset + length + 2 * GUARD);
	return in + offset + GUARD;
}

size_t touched(const uint8_t *at, size_t length)
{
	size_t wrong = 0;

	for (size_t place = 1; place <= GUARD; place++)
		wrong += (at[-(ptrdiff_t)place] != UNTOUCHED) + (at[length + place - 1] != UNTOUCHED);
	return wrong;
}

size_t verify(const struct world *world, const uint8_t *at, size_t length, struct part part)
{
	size_t wrong = 0, untouched = 0, first = 0, last = 0;

	for (size_t place = 0; place < length; place++) {
		if (at[place] == pattern(part.from, part.message, part.offset + place))
			continue;
		first = wrong++ ? first : place;
		last = place;
		untouched += at[place] == UNTOUCHED;
	}
	if (wrong) {
		printf("# rank %d: of message %u from %d, %zu of %zu bytes are wrong, between %zu and %zu, %zu untouched\n",
		       world->rank, part.message, part.from, wrong, length, first, last, untouched);
		fflush(stdout);
	}
	return wrong;
}

static void report(const struct world *world, int number, const char *name, size_t wrong)
{
	unsigned long mine = wrong, all = 0;

	MPI_Allreduce(&mine, &all, 1, MPI_UNSIGNED_LONG, MPI_SUM, MPI_COMM_WORLD);
	if (world->rank != 0)
		return;
	printf("%s %d - %s on %d ranks\n", all ? "not ok" : "ok", number, name, world->ranks);
	if (all)
		printf("%lu bytes are wrong\n", all);
	fflush(stdout);
}

int main(int argc, char **argv)
{
	const int count = sizeof checks / sizeof checks[0];
	struct world world;

	MPI_Init(&argc, &argv);
	MPI_Comm_rank(MPI_COMM_WORLD, &world.rank);
	MPI_Comm_size(MPI_COMM_WORLD, &world.ranks);
	world.out = malloc(LARGEST + 4096);
	world.in = malloc(LARGEST + 4096);
	if (!world.out || !world.in || world.ranks < 2)
		MPI_Abort(MPI_COMM_WORLD, 2);
	if (world.rank == 0)
		printf("# validate\nTAP version 13\n1..%d\n", count);
	for (int number = 0; number < count; number++)
		report(&world, number + 1, checks[number].name, checks[number].run(&world));
	free(world.out);
	free(world.in);
	MPI_Finalize();
	return 0;
}
