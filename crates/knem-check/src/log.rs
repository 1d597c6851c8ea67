// SPDX-License-Identifier: BSD-3-Clause

//! What the kernel logs.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom};
use std::os::unix::fs::OpenOptionsExt;

/// The kernel's log from some moment on.
pub struct Log(File);

impl Log {
    /// Everything that is logged from now on.
    ///
    /// # Errors
    /// What the kernel answers: needs root.
    pub fn from_now() -> io::Result<Log> {
        let mut file = OpenOptions::new()
            .read(true)
            .custom_flags(libc::O_NONBLOCK)
            .open("/dev/kmsg")?;
        file.seek(SeekFrom::End(0))?;
        Ok(Log(file))
    }

    /// The messages that came since the last call, without what the kernel puts before them.
    pub fn messages(&mut self) -> Vec<String> {
        let mut messages = Vec::new();
        let mut record = [0; 8192];
        loop {
            match self.0.read(&mut record) {
                Ok(count) => messages.extend(message(&record[..count])),
                // Old records were overwritten: reading goes on behind them.
                Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {}
                Err(_) => return messages,
            }
        }
    }
}

/// The first line of a record, which stands behind a semicolon.
fn message(record: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(record);
    let (_, text) = text.split_once(';')?;
    text.lines().next().map(str::to_string)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_has_a_message() {
        let record = b"6,339,5140900,-;knem: here\n SUBSYSTEM=misc\n";
        assert_eq!(message(record), Some("knem: here".to_string()));
        assert_eq!(message(b""), None);
    }
}
