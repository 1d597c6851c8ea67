// SPDX-License-Identifier: BSD-3-Clause

//! The error number of a failed call.

use std::{fmt, io};

/// An error number that shows itself by name.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Errno(pub i32);

/// Names of the numbers that the contract knows, and of those that a broken driver might give.
const NAMES: [(i32, &str); 18] = [
    (libc::EPERM, "EPERM"),
    (libc::EINTR, "EINTR"),
    (libc::EIO, "EIO"),
    (libc::EBADF, "EBADF"),
    (libc::EAGAIN, "EAGAIN"),
    (libc::ENOMEM, "ENOMEM"),
    (libc::EACCES, "EACCES"),
    (libc::EFAULT, "EFAULT"),
    (libc::EBUSY, "EBUSY"),
    (libc::ENODEV, "ENODEV"),
    (libc::EINVAL, "EINVAL"),
    (libc::ENOTTY, "ENOTTY"),
    (libc::ENOSPC, "ENOSPC"),
    (libc::ESPIPE, "ESPIPE"),
    (libc::ENOSYS, "ENOSYS"),
    (libc::EOVERFLOW, "EOVERFLOW"),
    (libc::EOPNOTSUPP, "EOPNOTSUPP"),
    (libc::ENOENT, "ENOENT"),
];

impl Errno {
    /// The caller may not do this.
    pub const EPERM: Errno = Errno(libc::EPERM);
    /// A signal came.
    pub const EINTR: Errno = Errno(libc::EINTR);
    /// Nothing there yet.
    pub const EAGAIN: Errno = Errno(libc::EAGAIN);
    /// The descriptor is of the wrong kind.
    pub const EBADF: Errno = Errno(libc::EBADF);
    /// Out of memory, or too much asked for.
    pub const ENOMEM: Errno = Errno(libc::ENOMEM);
    /// The protection of the region forbids it.
    pub const EACCES: Errno = Errno(libc::EACCES);
    /// Memory that is not there.
    pub const EFAULT: Errno = Errno(libc::EFAULT);
    /// In use.
    pub const EBUSY: Errno = Errno(libc::EBUSY);
    /// An argument makes no sense.
    pub const EINVAL: Errno = Errno(libc::EINVAL);
    /// The descriptor has no position.
    pub const ESPIPE: Errno = Errno(libc::ESPIPE);
    /// No such request.
    pub const ENOSYS: Errno = Errno(libc::ENOSYS);

    /// The error of the last failed call of this thread.
    pub fn last() -> Errno {
        Errno(io::Error::last_os_error().raw_os_error().unwrap_or(0))
    }
}

impl fmt::Debug for Errno {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match NAMES.iter().find(|(number, _)| *number == self.0) {
            Some((_, name)) => formatter.write_str(name),
            None => write!(formatter, "errno {}", self.0),
        }
    }
}

/// Turns the answer of a system call into a result.
///
/// # Errors
/// The calling thread's error number where `answer` is negative.
pub fn check(answer: isize) -> Result<usize, Errno> {
    usize::try_from(answer).map_err(|_| Errno::last())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_names_and_unknown_numbers() {
        assert_eq!(format!("{:?}", Errno::EFAULT), "EFAULT");
        assert_eq!(format!("{:?}", Errno(4095)), "errno 4095");
    }

    #[test]
    fn a_negative_answer_is_the_last_error() {
        // SAFETY: closing a descriptor that cannot exist touches nothing.
        let answer = unsafe { libc::close(-1) };
        assert_eq!(check(answer as isize), Err(Errno::EBADF));
        assert_eq!(check(7), Ok(7));
    }
}
