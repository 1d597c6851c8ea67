// SPDX-License-Identifier: BSD-3-Clause
//
// KNEM from C++: copies between the regions of two processes, by a third party to both, with what the
// driver has beyond ABI 0xd where it says so.
//
//     c++ -std=c++11 -I../include client.cpp -o client && ./client
//
// Exit code 0: every byte was where it should be.
#include <knem_io.h>

#include <fcntl.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <exception>
#include <stdexcept>
#include <string>
#include <system_error>
#include <vector>

namespace {

using Bytes = std::vector<unsigned char>;

void require(bool holds, const char *what)
{
	if (!holds)
		throw std::runtime_error(what);
}

void check(long answer, const char *what)
{
	if (answer < 0)
		throw std::system_error(errno, std::generic_category(), what);
}

std::uint64_t address(const void *pointer)
{
	return reinterpret_cast<std::uintptr_t>(pointer);
}

Bytes pattern(std::size_t length, unsigned seed)
{
	Bytes bytes(length);
	for (std::size_t at = 0; at < length; at++)
		bytes[at] = static_cast<unsigned char>((at * 11 + at / 257) ^ seed);
	return bytes;
}

// A descriptor of the device.
class Device {
public:
	Device() : descriptor_(open(KNEM_DEVICE_FILENAME, O_RDWR))
	{
		check(descriptor_, KNEM_DEVICE_FILENAME);
		call(KNEM_CMD_GET_INFO, info_, "KNEM_CMD_GET_INFO");
		require(info_.abi == KNEM_ABI_VERSION, "the driver has another ABI");
	}
	~Device() { close(descriptor_); }
	Device(const Device &) = delete;
	Device &operator=(const Device &) = delete;

	bool has(unsigned feature) const { return (info_.features & feature) != 0; }
	int descriptor() const { return descriptor_; }

	template <typename Block> void call(unsigned long request, Block &block, const char *what) const
	{
		check(ioctl(descriptor_, request, &block), what);
	}

private:
	int descriptor_;
	knem_cmd_info info_{};
};

// Memory that others may copy from and to.
class Region {
public:
	Region(const Device &device, Bytes &bytes) : device_(device)
	{
		knem_cmd_param_iovec segment{address(bytes.data()), bytes.size()};
		knem_cmd_create_region create{};
		create.iovec_array = address(&segment);
		create.iovec_nr = 1;
		create.protection = PROT_READ | PROT_WRITE;
		device.call(KNEM_CMD_CREATE_REGION, create, "KNEM_CMD_CREATE_REGION");
		cookie_ = create.cookie;
	}
	~Region() { ioctl(device_.descriptor(), KNEM_CMD_DESTROY_REGION, &cookie_); }
	Region(const Region &) = delete;
	Region &operator=(const Region &) = delete;

	knem_cookie_t cookie() const { return cookie_; }

private:
	const Device &device_;
	knem_cookie_t cookie_ = 0;
};

// The status array of a device.
class Slots {
public:
	explicit Slots(const Device &device)
	    : mapping_(mmap(nullptr, length, PROT_READ | PROT_WRITE, MAP_SHARED, device.descriptor(),
			    KNEM_STATUS_ARRAY_FILE_OFFSET))
	{
		check(mapping_ == MAP_FAILED ? -1 : 0, "mmap");
	}
	~Slots() { munmap(mapping_, length); }
	Slots(const Slots &) = delete;
	Slots &operator=(const Slots &) = delete;

	// A request may be over when it returns; if not, its slot tells.
	void wait(std::uint32_t status, std::size_t index) const
	{
		const volatile knem_status_t *slot = static_cast<knem_status_t *>(mapping_) + index;
		for (; status == KNEM_STATUS_PENDING; status = *slot)
			sched_yield();
		require(status == KNEM_STATUS_SUCCESS, "the copy failed");
	}

private:
	static constexpr std::size_t length = 64;
	void *mapping_;
};

// One end of a connection between two processes.
class Channel {
public:
	explicit Channel(int descriptor) : descriptor_(descriptor) {}
	~Channel() { close(descriptor_); }
	Channel(const Channel &) = delete;
	Channel &operator=(const Channel &) = delete;

	void send(std::uint64_t word) const
	{
		require(write(descriptor_, &word, sizeof word) == sizeof word, "the peer is gone");
	}
	std::uint64_t receive() const
	{
		std::uint64_t word = 0;
		require(read(descriptor_, &word, sizeof word) == sizeof word, "the peer is gone");
		return word;
	}

private:
	int descriptor_;
};

constexpr std::size_t length = 300001;

// Two regions of this process, which the other one copies from the first to the second.
void own(const Channel &peer)
{
	const Device device;
	Bytes source = pattern(length, 3);
	Bytes target(length + 1);
	const Region from(device, source);
	const Region to(device, target);
	peer.send(from.cookie());
	peer.send(to.cookie());
	peer.receive();
	require(std::memcmp(source.data(), target.data(), length) == 0, "other bytes arrived");
	require(target[length] == 0, "a byte too many arrived");
	std::fill(target.begin(), target.end(), static_cast<unsigned char>(0));
	peer.send(0);
	peer.receive();
	require(std::memcmp(source.data(), target.data() + 1, 1000) == 0, "other bytes arrived");
	require(target[0] == 0 && target[1001] == 0, "a byte too many arrived");
}

void copy(const Channel &owner)
{
	const Device device;
	const Slots slots(device);
	knem_cmd_copy whole{};
	whole.src_cookie = owner.receive();
	whole.dst_cookie = owner.receive();
	whole.flags = KNEM_FLAG_MEMCPYTHREAD;
	whole.async_status_index = 17;
	device.call(KNEM_CMD_COPY, whole, "KNEM_CMD_COPY");
	slots.wait(whole.current_status, 17);
	owner.send(0);
	owner.receive();

	if (device.has(KNEM_FEATURE_COUNTED)) {
		knem_cmd_copy_counted part{};
		part.src_cookie = whole.src_cookie;
		part.dst_cookie = whole.dst_cookie;
		part.dst_offset = 1;
		part.length = 1000;
		device.call(KNEM_CMD_COPY_COUNTED, part, "KNEM_CMD_COPY_COUNTED");
		require(part.current_status == KNEM_STATUS_SUCCESS, "the copy failed");
		require(part.copied == 1000, "the count is wrong");
	} else {
		knem_cmd_copy_bounded part{};
		part.src_cookie = whole.src_cookie;
		part.dst_cookie = whole.dst_cookie;
		part.dst_offset = 1;
		part.length = 1000;
		device.call(KNEM_CMD_COPY_BOUNDED, part, "KNEM_CMD_COPY_BOUNDED");
		require(part.current_status == KNEM_STATUS_SUCCESS, "the copy failed");
	}
	owner.send(0);
}

template <typename Body> int run(Body body)
{
	try {
		body();
		return 0;
	} catch (const std::exception &error) {
		std::fprintf(stderr, "client: %s\n", error.what());
		return 1;
	}
}

} // namespace

int main()
{
	// Whatever goes wrong, nobody waits for ever.
	alarm(50);
	int sockets[2];
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, sockets) < 0)
		return 1;
	const pid_t child = fork();
	if (child < 0)
		return 1;
	close(sockets[child == 0 ? 0 : 1]);
	if (child == 0)
		return run([&] { own(Channel(sockets[1])); });
	int failed = run([&] { copy(Channel(sockets[0])); });
	int status = 0;
	if (waitpid(child, &status, 0) != child || !WIFEXITED(status))
		return 1;
	failed |= WEXITSTATUS(status);
	if (failed == 0)
		std::puts("client: every byte arrived");
	return failed;
}
