// SPDX-License-Identifier: BSD-3-Clause

//! System calls by themselves. The C library's wrappers are a part of some of them and not of
//! others: what is compared here is what the kernel does.

use std::io;

/// Carries out a system call and gives what the kernel says: a negative number is an errno's.
///
/// # Safety
/// The call may do nothing with the caller's memory but what the caller allows.
#[cfg(target_arch = "x86_64")]
#[inline(always)]
pub unsafe fn call(number: libc::c_long, arguments: [usize; 6]) -> isize {
    let [a, b, c, d, e, f] = arguments;
    let result;
    // SAFETY: The instruction changes the registers named and no memory but what the call does,
    // which the caller answers for.
    unsafe {
        std::arch::asm!(
            "syscall",
            inlateout("rax") number as isize => result,
            in("rdi") a, in("rsi") b, in("rdx") c, in("r10") d, in("r8") e, in("r9") f,
            lateout("rcx") _, lateout("r11") _,
            options(nostack),
        );
    }
    result
}

/// Where nobody counts instructions, the C library's way will do.
///
/// # Safety
/// As above.
#[cfg(not(target_arch = "x86_64"))]
pub unsafe fn call(number: libc::c_long, arguments: [usize; 6]) -> isize {
    let [a, b, c, d, e, f] = arguments;
    // SAFETY: As the caller promises.
    match unsafe { libc::syscall(number, a, b, c, d, e, f) } {
        -1 => {
            -(io::Error::last_os_error()
                .raw_os_error()
                .unwrap_or(libc::EIO) as isize)
        }
        result => result as isize,
    }
}

/// What the kernel said, as a result.
pub fn told(said: isize) -> io::Result<usize> {
    usize::try_from(said).map_err(|_| io::Error::from_raw_os_error(-said as i32))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_what_the_kernel_says() {
        // SAFETY: Neither call touches memory.
        let (own, none) = unsafe {
            let own = call(libc::SYS_getpid, [0; 6]);
            (own, call(libc::SYS_close, [usize::MAX, 0, 0, 0, 0, 0]))
        };
        assert_eq!(told(own).unwrap(), std::process::id() as usize);
        assert_eq!(told(none).unwrap_err().raw_os_error(), Some(libc::EBADF));
    }
}
