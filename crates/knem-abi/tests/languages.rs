// SPDX-License-Identifier: BSD-3-Clause

//! The header from C and C++, alone and among others, as configure scripts look at it.

mod support;

use knem_abi::ABI_VERSION;
use support::compiler::Compiler;

fn languages() -> Vec<Compiler> {
    let c = ["c99", "c11", "c17"].map(Compiler::c);
    let cpp = ["c++11", "c++14", "c++17", "c++20"].map(Compiler::cpp);
    [&c[..], &cpp[..]].concat()
}

fn all_take(source: &str) {
    for compiler in languages() {
        compiler.check(source).unwrap();
    }
}

/// A function that uses what the header brings with it.
const USE: &str = "int use(int fd);\n\
    int use(int fd)\n\
    {\n\
        struct knem_cmd_info info;\n\
        knem_cookie_t cookie = UINT64_MAX;\n\
        knem_status_t status = KNEM_STATUS_PENDING;\n\
        info.abi = status;\n\
        return ioctl(fd, KNEM_CMD_GET_INFO, &info) + (cookie == 0);\n\
    }\n";

// proves("4.self-contained")
#[test]
fn it_needs_no_other_header_and_no_order() {
    let knem = "#include <knem_io.h>\n";
    let mman = "#include <sys/mman.h>\n";
    let others = "#include <fcntl.h>\n#include <sys/ioctl.h>\n#include <stdint.h>\n";
    for parts in [
        &[knem][..],
        &[knem, knem],
        &[knem, mman],
        &[mman, knem],
        &[others, mman, knem, mman, knem],
    ] {
        all_take(&format!("{}{USE}", parts.concat()));
    }
    // Who wants PROT_READ includes what defines it.
    all_take(&format!("{knem}#ifdef PROT_READ\n#error\n#endif\n{USE}"));
    all_take(&format!("{knem}#ifndef KNEM_IO_H\n#error\n#endif\n{USE}"));
}

// proves("4.usable-in-if")
#[test]
fn the_preprocessor_can_compare_the_abi() {
    for (condition, holds) in [
        ("KNEM_ABI_VERSION < 0xc".to_string(), false),
        ("KNEM_ABI_VERSION >= 0xc".to_string(), true),
        (format!("KNEM_ABI_VERSION == {ABI_VERSION}"), true),
    ] {
        let source = format!(
            "#include <knem_io.h>\n#if {condition}\nint yes;\n#else\n#error no\n#endif\n{USE}"
        );
        for compiler in languages() {
            assert_eq!(compiler.check(&source).is_ok(), holds, "{condition}");
        }
    }
}

/// The source with which autoconf looks for a declaration.
fn declaration(name: &str) -> String {
    format!(
        "#include <knem_io.h>\n\
         int main(void)\n{{\n#ifndef {name}\n  (void) {name};\n#endif\n  ;\n  return 0;\n}}\n"
    )
}

// proves("4.declared")
#[test]
fn a_check_for_a_declaration_finds_the_request() {
    all_take(&declaration("KNEM_CMD_GET_INFO"));
    for compiler in languages() {
        let missing = compiler.check(&declaration("KNEM_CMD_GET_NOTHING"));
        assert!(missing.is_err(), "the check finds everything");
    }
}

/// As the machines do that encode directions in three bits.
const ALTERNATIVE: [&str; 5] = [
    "-D_IOC_SIZEBITS=13",
    "-D_IOC_DIRBITS=3",
    "-D_IOC_NONE=1U",
    "-D_IOC_READ=2U",
    "-D_IOC_WRITE=4U",
];

// proves("2.alternative-numbers")
#[test]
fn requests_follow_the_machine_s_encoding() {
    let numbers = [
        ("KNEM_CMD_GET_INFO", 0x8010_4b10_u32),
        ("KNEM_CMD_BIND_OFFLOAD", 0x4010_4b11),
        ("KNEM_CMD_INIT_SEND", 0xc018_4b20),
        ("KNEM_CMD_CREATE_REGION", 0xc020_4b21),
        ("KNEM_CMD_DESTROY_REGION", 0x4008_4b22),
        ("KNEM_CMD_INIT_ASYNC_RECV", 0x4020_4b30),
        ("KNEM_CMD_SYNC_RECV", 0x4020_4b31),
        ("KNEM_CMD_COPY", 0x4030_4b32),
        ("KNEM_CMD_INLINE_COPY", 0x4030_4b33),
        ("KNEM_CMD_COPY_BOUNDED", 0x4038_4b34),
        ("KNEM_CMD_INLINE_COPY_BOUNDED", 0x4038_4b35),
    ];
    let asserts =
        numbers.map(|(name, value)| format!("_Static_assert({name} == {value}U, \"{name}\");\n"));
    let source = format!("#include <knem_io.h>\n{}", asserts.concat());
    let compiler = Compiler::c("c11");
    compiler.clone().with(&ALTERNATIVE).check(&source).unwrap();
    assert!(compiler.check(&source).is_err(), "the encoding matters");
}
