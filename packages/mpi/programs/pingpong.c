/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * How long messages take between two ranks, there and back, halved. Rank 0 prints a line for each size: bytes and the
 * nanoseconds of the fastest of several rounds. Buffers are the same all along, as in most programs that iterate.
 *
 * The ranks' buffers lie differently in their huge pages: an emulated TLB is direct-mapped, so that copying between pages
 * that lie alike looks up both again and again, up to ten times slower than on any processor.
 */
#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SMALLEST (1 << 10)
#define LARGEST (4 << 20)
#define ROUNDS 200
#define SHIFT (19 * 4096)

static double round_trip(char *memory, int length, int rank)
{
	double begin = MPI_Wtime();

	if (rank == 0) {
		MPI_Send(memory, length, MPI_BYTE, 1, 0, MPI_COMM_WORLD);
		MPI_Recv(memory, length, MPI_BYTE, 1, 0, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
	} else {
		MPI_Recv(memory, length, MPI_BYTE, 0, 0, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
		MPI_Send(memory, length, MPI_BYTE, 0, 0, MPI_COMM_WORLD);
	}
	return MPI_Wtime() - begin;
}

int main(int argc, char **argv)
{
	char *buffer, *memory;
	int rank;

	MPI_Init(&argc, &argv);
	MPI_Comm_rank(MPI_COMM_WORLD, &rank);
	buffer = malloc(LARGEST + SHIFT);
	if (!buffer)
		MPI_Abort(MPI_COMM_WORLD, 2);
	memory = buffer + rank * SHIFT;
	memset(memory, 1, LARGEST);
	for (int length = SMALLEST; length <= LARGEST; length *= 4) {
		double best = 0;

		for (int round = 0; round < ROUNDS; round++) {
			double took = round_trip(memory, length, rank);

			if (round == 0 || took < best)
				best = took;
		}
		if (rank == 0)
			printf("%d %.0f\n", length, best / 2 * 1e9);
	}
	free(buffer);
	MPI_Finalize();
	return 0;
}
