// SPDX-License-Identifier: BSD-3-Clause

//! The Rust and the C statement of the contract agree: `abi.rs` and `knem_io.h`.
//!
//! A C file of static assertions is made from the Rust side and given to the C compiler.

mod support;

use std::fmt::Write as _;

use knem_abi::*;
use support::compiler::Compiler;

macro_rules! layout {
    ($out:ident, $rust:ident = $c:literal { $($field:ident),* $(,)? }) => {
        let size = size_of::<$rust>();
        writeln!($out, "_Static_assert(sizeof(struct {}) == {size}, \"\");", $c).unwrap();
        let mut bytes = 0;
        $(
            let offset = std::mem::offset_of!($rust, $field);
            let field_size = size_of_val(&$rust::default().$field);
            bytes += field_size;
            writeln!(
                $out,
                "_Static_assert(offsetof(struct {c}, {f}) == {offset}, \"\");\n\
                 _Static_assert(sizeof(((struct {c} *)0)->{f}) == {field_size}, \"\");",
                c = $c,
                f = stringify!($field),
            )
            .unwrap();
        )*
        assert_eq!(bytes, size, "{} has padding or a field that is not listed", $c);
    };
}

fn layouts(out: &mut String) {
    layout!(out, Info = "knem_cmd_info" { abi, features, ignored_flags, forced_flags });
    layout!(out, BindOffload = "knem_cmd_bind_offload" { flags, mask_len, mask_ptr });
    layout!(out, Iovec = "knem_cmd_param_iovec" { base, len });
    layout!(out, CreateRegion = "knem_cmd_create_region" {
        iovec_array, iovec_nr, flags, protection, pad1, cookie,
    });
    layout!(out, Copy = "knem_cmd_copy" {
        src_cookie, src_offset, dst_cookie, dst_offset,
        flags, current_status, async_status_index, pad,
    });
    layout!(out, CopyBounded = "knem_cmd_copy_bounded" {
        src_cookie, src_offset, dst_cookie, dst_offset, length,
        flags, current_status, async_status_index, pad,
    });
    layout!(out, InlineCopy = "knem_cmd_inline_copy" {
        local_iovec_array, local_iovec_nr, write, remote_cookie, remote_offset,
        flags, current_status, async_status_index, pad,
    });
    layout!(out, InlineCopyBounded = "knem_cmd_inline_copy_bounded" {
        local_iovec_array, local_iovec_nr, write, remote_cookie, remote_offset, length,
        flags, current_status, async_status_index, pad,
    });
    layout!(out, InitSend = "knem_cmd_init_send_param" {
        send_iovec_array, send_iovec_nr, flags, send_cookie,
    });
    layout!(out, InitAsyncRecv = "knem_cmd_init_async_recv_param" {
        recv_iovec_array, recv_iovec_nr, status_index, send_cookie, flags, pad,
    });
    layout!(out, SyncRecv = "knem_cmd_sync_recv_param" {
        recv_iovec_array, recv_iovec_nr, status, send_cookie, flags, pad,
    });
    layout!(out, CopyCounted = "knem_cmd_copy_counted" {
        src_cookie, src_offset, dst_cookie, dst_offset, length,
        flags, async_status_index, current_status, pad, copied,
    });
    layout!(out, InlineCopyCounted = "knem_cmd_inline_copy_counted" {
        local_iovec_array, local_iovec_nr, write, remote_cookie, remote_offset, length,
        flags, async_status_index, current_status, pad, copied,
    });
    layout!(out, DestroyRegionWait = "knem_cmd_destroy_region_wait" { cookie, flags, pad });
    layout!(out, Statistics = "knem_cmd_statistics" {
        flags, pad, counters, failed_busy, regions_created, bytes_call, bytes_thread, bytes_dma,
        contexts, regions, queued, pinned_bytes, copy_sizes,
    });
}

/// Every integer constant of the header, with the value that the Rust side has for it.
const VALUES: &[(&str, u64)] = &[
    ("KNEM_ABI_VERSION", ABI_VERSION as u64),
    ("KNEM_CMD_MAGIC", request::MAGIC as u64),
    ("KNEM_STATUS_ARRAY_FILE_OFFSET", STATUS_ARRAY_FILE_OFFSET),
    ("KNEM_CMD_GET_INFO", request::GET_INFO as u64),
    ("KNEM_CMD_BIND_OFFLOAD", request::BIND_OFFLOAD as u64),
    ("KNEM_CMD_INIT_SEND", request::INIT_SEND as u64),
    ("KNEM_CMD_CREATE_REGION", request::CREATE_REGION as u64),
    ("KNEM_CMD_DESTROY_REGION", request::DESTROY_REGION as u64),
    ("KNEM_CMD_INIT_ASYNC_RECV", request::INIT_ASYNC_RECV as u64),
    ("KNEM_CMD_SYNC_RECV", request::SYNC_RECV as u64),
    ("KNEM_CMD_COPY", request::COPY as u64),
    ("KNEM_CMD_INLINE_COPY", request::INLINE_COPY as u64),
    ("KNEM_CMD_COPY_BOUNDED", request::COPY_BOUNDED as u64),
    (
        "KNEM_CMD_INLINE_COPY_BOUNDED",
        request::INLINE_COPY_BOUNDED as u64,
    ),
    ("KNEM_CMD_COPY_COUNTED", request::COPY_COUNTED as u64),
    (
        "KNEM_CMD_INLINE_COPY_COUNTED",
        request::INLINE_COPY_COUNTED as u64,
    ),
    (
        "KNEM_CMD_DESTROY_REGION_WAIT",
        request::DESTROY_REGION_WAIT as u64,
    ),
    ("KNEM_CMD_GET_STATISTICS", request::GET_STATISTICS as u64),
    ("KNEM_FEATURE_DMA", feature::DMA as u64),
    ("KNEM_FEATURE_COUNTED", feature::COUNTED as u64),
    ("KNEM_FEATURE_DESTROY_WAIT", feature::DESTROY_WAIT as u64),
    ("KNEM_FEATURE_STATISTICS", feature::STATISTICS as u64),
    ("KNEM_COUNTER_SUBMITTED", Counter::Submitted as u64),
    ("KNEM_COUNTER_PROCESSED", Counter::ProcessedTotal as u64),
    ("KNEM_COUNTER_PROCESSED_DMA", Counter::ProcessedDma as u64),
    (
        "KNEM_COUNTER_PROCESSED_THREAD",
        Counter::ProcessedThread as u64,
    ),
    (
        "KNEM_COUNTER_PROCESSED_PINLOCAL",
        Counter::ProcessedPinLocal as u64,
    ),
    (
        "KNEM_COUNTER_FAILED_INVALID_FLAGS",
        Counter::FailedInvalidFlags as u64,
    ),
    (
        "KNEM_COUNTER_FAILED_NO_MEMORY",
        Counter::FailedNoMemory as u64,
    ),
    (
        "KNEM_COUNTER_FAILED_READ_CMD",
        Counter::FailedReadCmd as u64,
    ),
    (
        "KNEM_COUNTER_FAILED_FIND_REGION",
        Counter::FailedFindRegion as u64,
    ),
    (
        "KNEM_COUNTER_FAILED_PIN_LOCAL",
        Counter::FailedPinLocal as u64,
    ),
    (
        "KNEM_COUNTER_FAILED_COPY_USER",
        Counter::FailedCopyUser as u64,
    ),
    (
        "KNEM_COUNTER_FAILED_DMA_COPY",
        Counter::FailedDmaCopy as u64,
    ),
    ("KNEM_COUNTER_NR", Counter::ALL.len() as u64),
    ("KNEM_SIZE_BUCKET_NR", SIZE_BUCKETS as u64),
    ("KNEM_BIND_FLAG_CUSTOM", bind::CUSTOM as u64),
    ("KNEM_BIND_FLAG_CURRENT", bind::CURRENT as u64),
    (
        "KNEM_BIND_FLAG_CURRENT_REVERSED",
        bind::CURRENT_REVERSED as u64,
    ),
    ("KNEM_FLAG_DMA", flag::DMA as u64),
    (
        "KNEM_FLAG_ASYNCDMACOMPLETE",
        flag::ASYNC_DMA_COMPLETE as u64,
    ),
    ("KNEM_FLAG_DMATHREAD", flag::DMA_THREAD as u64),
    ("KNEM_FLAG_MEMCPYTHREAD", flag::MEMCPY_THREAD as u64),
    ("KNEM_FLAG_PINLOCAL", flag::PIN_LOCAL as u64),
    ("KNEM_FLAG_SINGLEUSE", flag::SINGLE_USE as u64),
    ("KNEM_FLAG_NOTIFY_FD", flag::NOTIFY_FD as u64),
    ("KNEM_FLAG_ANY_USER_ACCESS", flag::ANY_USER_ACCESS as u64),
    ("KNEM_FLAG_ANY_THREAD_MASK", flag::THREAD_MASK as u64),
    ("KNEM_FLAG_ANY_ASYNC_MASK", flag::ASYNC_MASK as u64),
    ("KNEM_FLAG_ANY_DMA_MASK", flag::DMA_MASK as u64),
    ("KNEM_FLAG_ANY_CREATE_MASK", flag::CREATE_MASK as u64),
    ("KNEM_FLAG_ANY_COPY_MASK", flag::COPY_MASK as u64),
    ("KNEM_STATUS_PENDING", status::PENDING as u64),
    ("KNEM_STATUS_SUCCESS", status::SUCCESS as u64),
    ("KNEM_STATUS_FAILED", status::FAILED as u64),
];

const PROLOGUE: &str = "#include <knem_io.h>\n#include <stddef.h>\n";

/// Compilers whose programs the same module serves.
fn compilers() -> Vec<Compiler> {
    vec![
        Compiler::c("c11"),
        #[cfg(target_arch = "x86_64")]
        Compiler::c32("c11"),
    ]
}

// proves("1.abi")
// proves("3.layouts")
// proves("4.constants")
#[test]
fn header_and_rust_agree() {
    let mut source = String::from(PROLOGUE);
    source.push_str("#if KNEM_ABI_VERSION < 0xc\n#error not usable in the preprocessor\n#endif\n");
    layouts(&mut source);
    for (name, value) in VALUES {
        writeln!(
            source,
            "_Static_assert(({name}) == {value}ULL, \"{name}\");"
        )
        .unwrap();
    }
    for (name, value) in [
        ("KNEM_DEVICE_NAME", DEVICE_NAME.to_str().unwrap()),
        ("KNEM_DEVICE_FILENAME", DEVICE_PATH),
    ] {
        let bytes = value.len() + 1;
        writeln!(source, "static const char check_{name}[{bytes}] = {name};").unwrap();
        writeln!(
            source,
            "_Static_assert(sizeof({name}) == {bytes}, \"{name}\");\n\
             const char *use_{name}(void) {{ return check_{name}; }}",
        )
        .unwrap();
    }
    for compiler in compilers() {
        compiler.check(&source).unwrap();
    }
}

// proves("4.constants")
#[test]
fn every_integer_of_the_header_is_compared() {
    let header = include_str!("../../../include/knem_io.h");
    for line in header.lines() {
        let name = match line.split_whitespace().collect::<Vec<_>>()[..] {
            ["#define", name, _, ..] => name,
            [name, "=", ..] => name,
            _ => continue,
        };
        if name == "KNEM_DEVICE_NAME" || name == "KNEM_DEVICE_FILENAME" {
            continue;
        }
        assert!(
            VALUES.iter().any(|(listed, _)| *listed == name),
            "{name} is in the header, but not compared"
        );
    }
}

#[test]
fn a_difference_is_noticed() {
    let wrong = format!("{PROLOGUE}_Static_assert(KNEM_FLAG_DMA == 2, \"flag\");\n");
    for compiler in compilers() {
        assert!(compiler.check(&wrong).unwrap_err().contains("flag"));
    }
}

/// The numbers that compiled programs pass, as the contract lists them (§2).
// proves("2.numbers")
#[test]
#[cfg(target_arch = "x86_64")]
fn requests_have_the_numbers_of_compiled_programs() {
    assert_eq!(request::GET_INFO, 0x40104b10);
    assert_eq!(request::BIND_OFFLOAD, 0x80104b11);
    assert_eq!(request::INIT_SEND, 0xc0184b20);
    assert_eq!(request::CREATE_REGION, 0xc0204b21);
    assert_eq!(request::DESTROY_REGION, 0x80084b22);
    assert_eq!(request::INIT_ASYNC_RECV, 0x80204b30);
    assert_eq!(request::SYNC_RECV, 0x80204b31);
    assert_eq!(request::COPY, 0x80304b32);
    assert_eq!(request::INLINE_COPY, 0x80304b33);
    assert_eq!(request::COPY_BOUNDED, 0x80384b34);
    assert_eq!(request::INLINE_COPY_BOUNDED, 0x80384b35);
}
