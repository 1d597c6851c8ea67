// SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause

//! What user space sees: the device file with its two personalities, the requests, the statistics.

mod file;
mod ioctl;
mod report;

pub(crate) use file::OpenFile;
