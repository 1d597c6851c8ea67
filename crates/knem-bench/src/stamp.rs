// SPDX-License-Identifier: BSD-3-Clause

//! Looks at the time-stamp counter at the begin and at the end of something. Each is a function of
//! its own, so that a trace of what the machine executes shows both by their addresses: from the
//! counter's instruction at the one to that at the other are as many instructions as the counter
//! says.

#[cfg(target_arch = "x86_64")]
mod counter {
    use std::arch::global_asm;

    // The counter is read by the first instruction of each.
    global_asm!(
        ".pushsection .text",
        ".globl knem_bench_begin, knem_bench_end",
        ".hidden knem_bench_begin, knem_bench_end",
        "knem_bench_begin:",
        "rdtsc",
        "jmp 2f",
        "knem_bench_end:",
        "rdtsc",
        "2: shl rdx, 32",
        "or rax, rdx",
        "ret",
        ".popsection",
    );

    extern "C" {
        fn knem_bench_begin() -> u64;
        fn knem_bench_end() -> u64;
    }

    /// The counter at the begin.
    #[inline]
    pub fn begin() -> u64 {
        // SAFETY: The function above only reads the counter, which every processor of this
        // architecture has.
        unsafe { knem_bench_begin() }
    }

    /// The counter at the end.
    #[inline]
    pub fn end() -> u64 {
        // SAFETY: As above.
        unsafe { knem_bench_end() }
    }

    /// The addresses of the instructions that read the counter.
    pub fn addresses() -> [u64; 2] {
        [
            knem_bench_begin as *const () as u64,
            knem_bench_end as *const () as u64,
        ]
    }
}

/// The command line refuses to count instructions elsewhere.
#[cfg(not(target_arch = "x86_64"))]
mod counter {
    pub fn begin() -> u64 {
        0
    }

    pub fn end() -> u64 {
        0
    }

    pub fn addresses() -> [u64; 2] {
        [0; 2]
    }
}

pub use counter::{addresses, begin, end};
