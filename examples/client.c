/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * How a message-passing library uses KNEM: two processes, cookies sent over a socket, copies in both
 * directions, in the calls and in the background, with a status array and with notifications.
 *
 *     cc -std=c99 -I../include client.c -o client && ./client
 *
 * Exit code 0: every byte was where it should be.
 *
 * The tests run it as a 32-bit program, too: proves("18.compat").
 */
#define _DEFAULT_SOURCE

#include <knem_io.h>

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define LENGTH ((size_t)1000003)
#define PIECES 8
#define SLOTS 4096

static void fail(const char *what)
{
	perror(what);
	exit(1);
}

static void require(int holds, const char *what)
{
	if (holds)
		return;
	fprintf(stderr, "%s\n", what);
	exit(1);
}

/* Addresses travel as 64 bits, whatever the caller has. */
static uint64_t address(const void *pointer)
{
	return (uint64_t)(uintptr_t)pointer;
}

static unsigned char expected(unsigned int seed, size_t at)
{
	return (unsigned char)((at * 7 + at / 251) ^ seed);
}

static void fill(unsigned char *buffer, size_t length, unsigned int seed)
{
	size_t at;

	for (at = 0; at < length; at++)
		buffer[at] = expected(seed, at);
}

static int matches(const unsigned char *buffer, size_t length, unsigned int seed)
{
	size_t at;

	for (at = 0; at < length; at++)
		if (buffer[at] != expected(seed, at))
			return 0;
	return 1;
}

static unsigned char *allocate(size_t length)
{
	unsigned char *buffer = malloc(length);

	if (!buffer)
		fail("malloc");
	memset(buffer, 0, length);
	return buffer;
}

static int open_device(void)
{
	struct knem_cmd_info info;
	int device = open(KNEM_DEVICE_FILENAME, O_RDWR);

	if (device < 0)
		fail(KNEM_DEVICE_FILENAME);
	if (ioctl(device, KNEM_CMD_GET_INFO, &info) < 0)
		fail("KNEM_CMD_GET_INFO");
	require(info.abi == KNEM_ABI_VERSION, "the driver has another ABI");
	return device;
}

static knem_cookie_t declare(int device, void *buffer, size_t length)
{
	struct knem_cmd_param_iovec segment;
	struct knem_cmd_create_region create;

	segment.base = address(buffer);
	segment.len = length;
	memset(&create, 0, sizeof(create));
	create.iovec_array = address(&segment);
	create.iovec_nr = 1;
	create.protection = PROT_READ | PROT_WRITE;
	if (ioctl(device, KNEM_CMD_CREATE_REGION, &create) < 0)
		fail("KNEM_CMD_CREATE_REGION");
	require(create.cookie != 0, "a cookie is never 0");
	return create.cookie;
}

/* The status array: one byte per slot, written by the driver. */
static volatile knem_status_t *map_slots(int device)
{
	void *slots = mmap(NULL, SLOTS, PROT_READ | PROT_WRITE, MAP_SHARED, device,
			   KNEM_STATUS_ARRAY_FILE_OFFSET);

	if (slots == MAP_FAILED)
		fail("mmap");
	return slots;
}

static void send_word(int socket, uint64_t word)
{
	if (write(socket, &word, sizeof(word)) != (ssize_t)sizeof(word))
		fail("write");
}

static uint64_t receive_word(int socket)
{
	uint64_t word;

	if (read(socket, &word, sizeof(word)) != (ssize_t)sizeof(word))
		fail("read");
	return word;
}

/* The process that owns the memory: it tells a cookie and looks at what was written to it. */
static int owner(int socket)
{
	int device = open_device();
	unsigned char *memory = allocate(LENGTH);
	knem_cookie_t cookie;

	fill(memory, LENGTH, 1);
	cookie = declare(device, memory, LENGTH);
	send_word(socket, cookie);
	receive_word(socket);
	require(matches(memory, LENGTH, 2), "what was written is not in the owner's memory");
	if (ioctl(device, KNEM_CMD_DESTROY_REGION, &cookie) < 0)
		fail("KNEM_CMD_DESTROY_REGION");
	close(device);
	free(memory);
	return 0;
}

/* In the call, with two segments, in either direction. */
static void copy_at_once(int device, knem_cookie_t cookie, unsigned char *buffer, uint32_t direction)
{
	struct knem_cmd_param_iovec segments[2];
	struct knem_cmd_inline_copy copy;

	segments[0].base = address(buffer);
	segments[0].len = 4097;
	segments[1].base = address(buffer + 4097);
	segments[1].len = LENGTH - 4097;
	memset(&copy, 0, sizeof(copy));
	copy.local_iovec_array = address(segments);
	copy.local_iovec_nr = 2;
	copy.write = direction;
	copy.remote_cookie = cookie;
	if (ioctl(device, KNEM_CMD_INLINE_COPY, &copy) < 0)
		fail("KNEM_CMD_INLINE_COPY");
	require(copy.current_status == KNEM_STATUS_SUCCESS, "the copy failed");
}

/* One piece of the region in the background; answers what the call said. */
static uint32_t copy_piece(int device, knem_cookie_t cookie, unsigned char *buffer, uint32_t piece,
			   knem_flags flags)
{
	const size_t start = LENGTH / PIECES * piece;
	struct knem_cmd_param_iovec segment;
	struct knem_cmd_inline_copy_bounded copy;

	segment.base = address(buffer + start);
	segment.len = LENGTH - start;
	memset(&copy, 0, sizeof(copy));
	copy.local_iovec_array = address(&segment);
	copy.local_iovec_nr = 1;
	copy.remote_cookie = cookie;
	copy.remote_offset = start;
	copy.length = piece + 1 < PIECES ? LENGTH / PIECES : UINT64_MAX;
	copy.flags = flags;
	copy.async_status_index = piece;
	if (ioctl(device, KNEM_CMD_INLINE_COPY_BOUNDED, &copy) < 0)
		fail("KNEM_CMD_INLINE_COPY_BOUNDED");
	return copy.current_status;
}

/* Waits at the slots themselves. */
static void copy_polling(int device, volatile knem_status_t *slots, knem_cookie_t cookie,
			 unsigned char *buffer)
{
	uint32_t piece, status;

	for (piece = 0; piece < PIECES; piece++) {
		status = copy_piece(device, cookie, buffer, piece, KNEM_FLAG_MEMCPYTHREAD);
		while (status == KNEM_STATUS_PENDING) {
			sched_yield();
			status = slots[piece];
		}
		require(status == KNEM_STATUS_SUCCESS, "a copy in the background failed");
	}
}

/* Sleeps until the descriptor tells which copies are over. */
static void copy_notified(int device, volatile knem_status_t *slots, knem_cookie_t cookie,
			  unsigned char *buffer)
{
	struct pollfd ready;
	uint32_t piece, event;

	for (piece = 0; piece < PIECES; piece++)
		copy_piece(device, cookie, buffer, piece,
			   KNEM_FLAG_MEMCPYTHREAD | KNEM_FLAG_NOTIFY_FD);
	ready.fd = device;
	ready.events = POLLIN;
	for (piece = 0; piece < PIECES; piece++) {
		if (poll(&ready, 1, -1) != 1 || !(ready.revents & POLLIN))
			fail("poll");
		if (read(device, &event, sizeof(event)) != (ssize_t)sizeof(event))
			fail("read of an event");
		require(event == piece, "events come in the order of the requests");
		require(slots[piece] == KNEM_STATUS_SUCCESS, "the slot is final before the event");
	}
}

/* The process that copies. */
static void peer(int socket)
{
	int device = open_device();
	unsigned char *buffer = allocate(LENGTH);
	knem_cookie_t cookie = receive_word(socket);
	volatile knem_status_t *slots;

	copy_at_once(device, cookie, buffer, 0);
	require(matches(buffer, LENGTH, 1), "the first copy brought other bytes");
	slots = map_slots(device);
	memset(buffer, 0, LENGTH);
	copy_polling(device, slots, cookie, buffer);
	require(matches(buffer, LENGTH, 1), "the polled copies brought other bytes");
	memset(buffer, 0, LENGTH);
	copy_notified(device, slots, cookie, buffer);
	require(matches(buffer, LENGTH, 1), "the notified copies brought other bytes");
	fill(buffer, LENGTH, 2);
	copy_at_once(device, cookie, buffer, 1);
	send_word(socket, 0);
	munmap((void *)(uintptr_t)slots, SLOTS);
	close(device);
	free(buffer);
}

int main(void)
{
	int sockets[2], status;
	pid_t child;

	/* Whatever goes wrong, nobody waits for ever. */
	alarm(50);
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, sockets) < 0)
		fail("socketpair");
	child = fork();
	if (child < 0)
		fail("fork");
	if (child == 0) {
		close(sockets[0]);
		return owner(sockets[1]);
	}
	close(sockets[1]);
	peer(sockets[0]);
	if (waitpid(child, &status, 0) != child)
		fail("waitpid");
	require(WIFEXITED(status) && WEXITSTATUS(status) == 0, "the owner failed");
	puts("client: every byte arrived");
	return 0;
}
