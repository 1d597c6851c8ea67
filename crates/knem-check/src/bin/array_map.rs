// SPDX-License-Identifier: BSD-3-Clause

//! §8.1, §13.1: mapping the status array: how many slots there are, once per context, which error
//! comes first, and what the mapping can be used for.

use knem_check::array::How;
use knem_check::prelude::*;

fn main() -> ExitCode {
    tap::run(env!("CARGO_BIN_NAME"), check)
}

/// One slot more than any array may have, where addresses are long enough to say so.
fn too_many() -> Option<usize> {
    usize::try_from((1_u64 << 32) + 1).ok()
}

fn check(tap: &mut Tap) {
    rounding(tap);
    once(tap);
    order(tap);
    modes(tap);
    sharing(tap);
    inheritance(tap);
    as_memory(tap);
}

fn map(device: &Device, how: How) -> Result<usize, Errno> {
    Array::map(device, how).map(|array| array.slots())
}

/// The length is rounded up to pages, and so is the number of slots.
fn rounding(tap: &mut Tap) {
    for (length, slots) in [
        (1, PAGE),
        (45, PAGE),
        (PAGE, PAGE),
        (PAGE + 1, 2 * PAGE),
        (3 * PAGE - 1, 3 * PAGE),
    ] {
        let device = Device::open();
        let array = Array::map(&device, How::length(length)).expect("the array can be mapped");
        tap.proves("8.1.zeroed");
        let zero = (0..slots).all(|slot| array.slot(slot) == Status::PENDING);
        tap.check(
            &format!("{length} bytes: every slot begins as PENDING"),
            zero,
        );
        let (memory, local) = (Buffer::filled(64, 1), Buffer::new(64));
        let cookie = region::whole(&device, memory.segment(), READ);
        let segments = [local.segment()];
        let read = Inline::read(cookie, &segments).flags(flag::MEMCPY_THREAD);
        let last = slots as u32 - 1;
        tap.proves("8.1.page-rounded");
        let answer = read.slot(last).run(&device);
        tap.equal(&format!("{length} bytes: the last slot"), answer, PENDING);
        tap.equal("is used", array.wait(slots - 1), Status::SUCCESS);
        for beyond in [last + 1, 1 << 31, u32::MAX] {
            let answer = read.slot(beyond).run(&device);
            tap.refuses(
                &format!("{length} bytes: slot {beyond}"),
                answer,
                Errno::EINVAL,
            );
        }
    }
}

/// A second mapping is refused for ever; a failed one does not count.
fn once(tap: &mut Tap) {
    let device = Device::open();
    let misplaced = How {
        offset: PAGE as i64,
        ..How::default()
    };
    tap.proves("8.1.offset");
    tap.refuses(
        "an offset is EINVAL",
        map(&device, misplaced),
        Errno::EINVAL,
    );
    if let Some(length) = too_many() {
        tap.proves("8.1.limit");
        let answer = map(&device, How::length(length));
        tap.refuses("2^32 + 1 slots are EINVAL", answer, Errno::EINVAL);
    }
    tap.proves("8.1.retry");
    let array = Array::map(&device, How::default());
    tap.check("after that it can be mapped", array.is_ok());
    let busy = |answer: Result<usize, Errno>| answer == Err(Errno::EBUSY);
    tap.proves("8.1.once");
    tap.check("but not again", busy(map(&device, How::default())));
    tap.check("nor in another size", busy(map(&device, How::length(9))));
    let duplicate = device.duplicate();
    let answer = map(&duplicate, How::default());
    tap.check("nor through a duplicate", busy(answer));
    let by_child = || in_child(|| map(&device, How::default()).map(|slots| slots as u64));
    tap.refuses("nor in a child", by_child(), Errno::EBUSY);
    drop(array);
    tap.check("nor after munmap", busy(map(&device, How::default())));
    tap.refuses("nor in a child then", by_child(), Errno::EBUSY);
    let other = Device::open();
    tap.proves("5.independent");
    let answer = map(&other, How::default());
    tap.equal("another context has its own", answer, Ok(PAGE));
}

/// Which error comes first.
fn order(tap: &mut Tap) {
    let view = Device::open_with(libc::O_RDONLY).expect("the device opens");
    let device = Device::open();
    let how = |length, offset| How {
        length,
        offset,
        protection: libc::PROT_READ,
        ..How::default()
    };
    let far = PAGE as i64;
    tap.proves("13.1.mmap-no-context");
    for (text, how) in [
        ("", how(PAGE, 0)),
        (" with an offset", how(PAGE, far)),
        (" and too long", how(too_many().unwrap_or(PAGE), far)),
    ] {
        let answer = map(&view, how);
        tap.refuses(&format!("no context{text}: EBADF"), answer, Errno::EBADF);
    }
    let array = Array::new(&device);
    tap.proves("8.1.order");
    let answer = map(&device, how(PAGE, far));
    tap.refuses("mapped, with an offset: EINVAL", answer, Errno::EINVAL);
    if let Some(length) = too_many() {
        let answer = map(&device, how(length, 0));
        tap.refuses("mapped, too many slots: EINVAL", answer, Errno::EINVAL);
    }
    let answer = map(&device, how(PAGE, 0));
    tap.refuses("mapped: EBUSY", answer, Errno::EBUSY);
    drop(array);
}

/// What the kernel itself refuses.
fn modes(tap: &mut Tap) {
    let view = Device::open_with(libc::O_RDONLY).expect("the device opens");
    let answer = map(&view, How::default());
    tap.refuses("shared and writable, read-only", answer, Errno::EACCES);
    let writer = Device::open_with(libc::O_WRONLY).expect("the device opens");
    tap.proves("5.write-only");
    let answer = map(&writer, How::default());
    tap.refuses("a write-only descriptor", answer, Errno::EACCES);
    let mut info = knem_abi::Info::default();
    let answer = writer.call(knem_abi::request::GET_INFO, &mut info);
    tap.equal("which serves requests", answer, Ok(()));
}

/// Private and read-only mappings.
fn sharing(tap: &mut Tap) {
    tap.proves("8.1.any-protection");
    for (text, protection, flags) in [
        ("read-only", libc::PROT_READ, libc::MAP_SHARED),
        ("private", How::default().protection, libc::MAP_PRIVATE),
        ("private, read-only", libc::PROT_READ, libc::MAP_PRIVATE),
    ] {
        let device = Device::open();
        let how = How {
            protection,
            flags,
            ..How::default()
        };
        let array = Array::map(&device, how).expect("the array can be mapped");
        let (memory, local) = (Buffer::filled(64, 1), Buffer::new(64));
        let cookie = region::whole(&device, memory.segment(), READ);
        let segments = [local.segment()];
        let read = Inline::read(cookie, &segments).flags(flag::MEMCPY_THREAD);
        let answer = read.slot(7).run(&device);
        tap.equal(&format!("{text}: a request"), answer, PENDING);
        tap.equal("is seen to end", array.wait(7), Status::SUCCESS);
    }
}

/// Children have the mapping, and nobody can enlarge it.
fn inheritance(tap: &mut Tap) {
    let device = Device::open();
    let array = Array::new(&device);
    array.put(9, 77);
    let seen = in_child(|| {
        let seen = u64::from(array.slot(9).0);
        array.put(10, 78);
        seen
    });
    tap.proves("8.1.inherited");
    tap.equal("a child sees the slots", seen, 77);
    tap.equal("and what it writes is seen", array.slot(10), Status(78));
    let address = array.address() as *mut libc::c_void;
    // SAFETY: the mapping is this program's; nothing else lies at the new place.
    let grown = unsafe { libc::mremap(address, PAGE, 2 * PAGE, libc::MREMAP_MAYMOVE) };
    tap.check("mremap cannot enlarge it", grown == libc::MAP_FAILED);
    let flags = flags_of(array.address());
    tap.note(&flags);
    let has = |name: &str| flags.split(' ').any(|flag| flag == name);
    tap.check("and it stays out of core dumps", has("dd") && has("de"));
}

/// The flags of the mapping at an address, as /proc/self/smaps has them.
fn flags_of(address: u64) -> String {
    let text = std::fs::read_to_string("/proc/self/smaps").unwrap_or_default();
    let start = format!("{address:x}-");
    let mut lines = text.lines().skip_while(|line| !line.starts_with(&start));
    let line = lines.find_map(|line| line.strip_prefix("VmFlags:"));
    line.unwrap_or_default().trim().to_string()
}

/// An array is memory like any other.
fn as_memory(tap: &mut Tap) {
    let device = Device::open();
    let array = Array::new(&device);
    let cookie = region::create(&device, &[array.segment()], READ_WRITE, 0).unwrap_or(0);
    let local = Buffer::filled(PAGE, 5);
    tap.proves("7.6.memory-kinds");
    let write = Inline::write(cookie, &[local.segment()]).run(&device);
    tap.works("an array can be the memory of a region", write);
    let same = (0..PAGE).all(|slot| array.slot(slot).0 == u32::from(local.byte(slot)));
    tap.check("which is written to", same);
    local.clear();
    let read = Inline::read(cookie, &[local.segment()]).run(&device);
    tap.works("and read", read);
    tap.holds("as it was written", local.matches("local", 5));
}
