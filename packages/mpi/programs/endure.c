/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Two ranks exchange large messages until they are killed; what is left when one is, lives on. Each writes its process id into FOLDER/RANK.pid once
 * messages flow, and, by a timer that no peer can stop, adds a byte to FOLDER/RANK.alive every 50 ms: endure FOLDER
 */
#include <fcntl.h>
#include <mpi.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/time.h>
#include <unistd.h>

#define LENGTH (8 << 20)

static int alive;

static void beat(int signal)
{
	(void)signal;
	if (write(alive, ".", 1) != 1)
		_exit(3);
}

static FILE *file_of(const char *folder, int rank, const char *kind)
{
	char name[256];
	FILE *file;

	snprintf(name, sizeof name, "%s/%d.%s", folder, rank, kind);
	file = fopen(name, "w");
	if (!file) {
		perror(name);
		MPI_Abort(MPI_COMM_WORLD, 2);
	}
	return file;
}

static void announce(const char *folder, int rank)
{
	const struct itimerval often = {{0, 50000}, {0, 50000}};
	const struct sigaction action = {.sa_handler = beat, .sa_flags = SA_RESTART};
	FILE *file;

	alive = fileno(file_of(folder, rank, "alive"));
	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &often, NULL);
	file = file_of(folder, rank, "pid");
	fprintf(file, "%d\n", (int)getpid());
	fclose(file);
}

int main(int argc, char **argv)
{
	uint8_t *out = calloc(1, LENGTH), *in = calloc(1, LENGTH);
	int rank;

	MPI_Init(&argc, &argv);
	MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);
	MPI_Comm_rank(MPI_COMM_WORLD, &rank);
	if (argc != 2 || !out || !in)
		MPI_Abort(MPI_COMM_WORLD, 2);
	for (unsigned round = 0;; round++) {
		if (MPI_Sendrecv(out, LENGTH, MPI_BYTE, !rank, 1, in, LENGTH, MPI_BYTE, !rank, 1, MPI_COMM_WORLD,
				 MPI_STATUS_IGNORE) != MPI_SUCCESS)
			break;
		if (round == 2)
			announce(argv[1], rank);
	}
	puts("the exchange ended with an error");
	fflush(stdout);
	for (;;)
		pause();
}
