// SPDX-License-Identifier: BSD-3-Clause

//! §7.6, W46: any memory that can be pinned may be a region or a local buffer; mapped devices are
//! EFAULT.

use knem_check::file;
use knem_check::prelude::*;
use std::fs::{self, File};
use std::os::fd::AsRawFd;

fn main() -> ExitCode {
    tap::run(env!("CARGO_BIN_NAME"), check)
}

const LENGTH: usize = 3 * PAGE + 11;

fn check(tap: &mut Tap) {
    let device = Device::open();
    let memfd = file::in_memory(LENGTH);
    let path = format!("/tmp/knem-check.{}", std::process::id());
    let in_tmp = File::options()
        .read(true)
        .write(true)
        .create_new(true)
        .open(&path)
        .expect("/tmp can be written");
    fs::remove_file(&path).expect("the file is ours");
    file::resize(&in_tmp, LENGTH);
    let map = |file, shared| Buffer::of_file(file, LENGTH, shared).expect("files can be mapped");
    tap.proves("7.6.memory-kinds");
    for (text, memory) in [
        ("private anonymous memory", Buffer::new(LENGTH)),
        ("shared anonymous memory", Buffer::shared(LENGTH)),
        ("a shared memory file", map(memfd.as_raw_fd(), true)),
        (
            "a private mapping of a memory file",
            map(memfd.as_raw_fd(), false),
        ),
        ("a shared file in /tmp", map(in_tmp.as_raw_fd(), true)),
        (
            "a private mapping of a file in /tmp",
            map(in_tmp.as_raw_fd(), false),
        ),
    ] {
        usable(tap, &device, text, &memory);
    }
    program_text(tap, &device);
    device_memory(tap, &device);
}

/// Writes to it and reads from it, as a region and as a local buffer.
fn usable(tap: &mut Tap, device: &Device, text: &str, memory: &Buffer) {
    let other = Buffer::filled(LENGTH, 1);
    let cookie = region::create(device, &[memory.segment()], READ_WRITE, 0);
    tap.check(&format!("{text}: a region"), cookie.is_ok());
    let cookie = cookie.unwrap_or(0);
    let answer = Inline::write(cookie, &[other.segment()]).run(device);
    tap.works(&format!("{text}: written to"), answer);
    tap.holds(
        &format!("{text}: seen through the mapping"),
        memory.matches("memory", 1),
    );
    memory.fill(2);
    let answer = Inline::read(cookie, &[other.segment()]).run(device);
    tap.works(&format!("{text}: read"), answer);
    tap.holds(
        &format!("{text}: what the mapping had"),
        other.matches("other", 2),
    );
    let cookie = region::whole(device, other.segment(), READ_WRITE);
    for flags in [0, flag::PIN_LOCAL] {
        memory.clear();
        let read = Inline::read(cookie, &[memory.segment()])
            .flags(flags)
            .run(device);
        tap.works(
            &format!("{text}: as a local buffer to read to, flags {flags:#x}"),
            read,
        );
        tap.holds(
            &format!("{text}: has the bytes"),
            memory.matches("memory", 2),
        );
        other.clear();
        let write = Inline::write(cookie, &[memory.segment()])
            .flags(flags)
            .run(device);
        tap.works(
            &format!("{text}: as a local buffer to write from, flags {flags:#x}"),
            write,
        );
        tap.holds(
            &format!("{text}: gave the bytes"),
            other.matches("other", 2),
        );
    }
}

/// The program's own constants: memory for reading only, backed by a file.
fn program_text(tap: &mut Tap, device: &Device) {
    static TEXT: [u8; 26] = *b"abcdefghijklmnopqrstuvwxyz";
    let segment = Iovec {
        base: TEXT.as_ptr() as u64,
        len: 26,
    };
    let local = Buffer::new(26);
    let cookie = region::create(device, &[segment], READ, 0).unwrap_or(0);
    let answer = Inline::read(cookie, &[local.segment()]).run(device);
    tap.works("constants of the program can be read", answer);
    tap.check("as they are", local.bytes() == TEXT);
    let answer = region::create(device, &[segment], WRITE, 0);
    tap.refuses("but not written to", answer, Errno::EFAULT);
}

/// What is no memory: mapped by page frame number, as devices are.
fn device_memory(tap: &mut Tap, device: &Device) {
    let Some(firmware) = firmware() else {
        return tap.skip("memory of a device is EFAULT", "none can be mapped here");
    };
    let segment = firmware.segment();
    let answer = region::create(device, &[segment], READ, 0);
    tap.proves("7.6.memory-kinds");
    tap.refuses("memory of a device is EFAULT", answer, Errno::EFAULT);
    let good = Buffer::new(PAGE);
    let answer = region::create(device, &[good.segment(), segment], READ, 0);
    tap.refuses("behind good memory too", answer, Errno::EFAULT);
    let cookie = region::whole(device, good.segment(), READ);
    let answer = Inline::read(cookie, &[segment])
        .flags(flag::PIN_LOCAL)
        .run(device);
    tap.refuses("as a pinned local buffer too", answer, Errno::EFAULT);
    tap.equal(
        "as a local buffer it is FAILED",
        Inline::read(cookie, &[segment]).run(device),
        FAILED,
    );
}

/// A page of where machines have no memory: at the end of the first megabyte, which is a PC's
/// firmware, or, where memory begins at 0, among the devices below 4 GiB.
fn firmware() -> Option<Buffer> {
    let file = File::options().read(true).open("/dev/mem").ok()?;
    [0xf_0000, 0xf000_0000]
        .into_iter()
        .find_map(|address| mapped(&file, address))
}

/// The page at an address, which the kernel does not give where there is memory.
fn mapped(file: &File, address: i64) -> Option<Buffer> {
    let memory = Buffer::new(PAGE);
    // SAFETY: the page of the buffer is replaced by the mapping; it is only ever read.
    let answer = unsafe {
        libc::mmap64(
            memory.address() as *mut _,
            PAGE,
            libc::PROT_READ,
            libc::MAP_SHARED | libc::MAP_FIXED,
            file.as_raw_fd(),
            address,
        )
    };
    (answer != libc::MAP_FAILED).then_some(memory)
}
