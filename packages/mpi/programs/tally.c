/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Prints the module's own figures as one line of JSON; without a module, null. What is released late gets two seconds
 * to go: tally [ATREST], with the word, waits for no context to be open.
 */
#include <fcntl.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <knem_io.h>

int main(int argc, char **argv)
{
	struct knem_cmd_statistics now = {0};
	int file = open("/dev/knem", O_RDONLY);

	(void)argv;
	if (file < 0) {
		puts("null");
		return 0;
	}
	for (int tries = 0; tries < 40; tries++) {
		if (ioctl(file, KNEM_CMD_GET_STATISTICS, &now) < 0) {
			perror("KNEM_CMD_GET_STATISTICS");
			return 1;
		}
		if (argc < 2 || now.contexts == 0)
			break;
		usleep(50000);
	}
	printf("{\"submitted\":%llu,\"processed\":%llu,\"failed\":%llu,\"created\":%llu,\"bytesCall\":%llu,"
	       "\"bytesThread\":%llu,\"bytesDma\":%llu,\"contexts\":%llu,\"regions\":%llu,\"pinnedBytes\":%llu}\n",
	       (unsigned long long)now.counters[KNEM_COUNTER_SUBMITTED],
	       (unsigned long long)now.counters[KNEM_COUNTER_PROCESSED],
	       (unsigned long long)(now.counters[KNEM_COUNTER_SUBMITTED] - now.counters[KNEM_COUNTER_PROCESSED] +
				    now.counters[KNEM_COUNTER_FAILED_PIN_LOCAL] +
				    now.counters[KNEM_COUNTER_FAILED_COPY_USER]),
	       (unsigned long long)now.regions_created, (unsigned long long)now.bytes_call,
	       (unsigned long long)now.bytes_thread, (unsigned long long)now.bytes_dma,
	       (unsigned long long)now.contexts, (unsigned long long)now.regions,
	       (unsigned long long)now.pinned_bytes);
	return 0;
}
