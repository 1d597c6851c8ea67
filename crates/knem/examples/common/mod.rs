// SPDX-License-Identifier: BSD-3-Clause

//! How the examples' processes are started and talk: a child runs the same program with a word as
//! argument, and its standard input and output are the way to it.

// Each example uses a part of this.
#![allow(dead_code)]

use std::io::{self, Read, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitCode, Stdio};

pub type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

/// The word a child was started with; none in the first process.
pub fn role() -> Option<String> {
    std::env::args().nth(1)
}

/// Tells what went wrong, in three lines where the crate knows them.
pub fn exit(result: Result<()>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Another process of this program.
pub struct Peer {
    child: Child,
    to: ChildStdin,
    from: ChildStdout,
}

impl Peer {
    pub fn start(role: &str) -> io::Result<Self> {
        let mut command = Command::new(std::env::current_exe()?);
        command
            .arg(role)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        let mut child = command.spawn()?;
        let missing = || io::Error::other("the child has no pipes");
        let to = child.stdin.take().ok_or_else(missing)?;
        let from = child.stdout.take().ok_or_else(missing)?;
        Ok(Self { child, to, from })
    }

    pub fn tell(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.to.write_all(bytes)?;
        self.to.flush()
    }

    pub fn hear<const N: usize>(&mut self) -> io::Result<[u8; N]> {
        let mut bytes = [0; N];
        self.from.read_exact(&mut bytes)?;
        Ok(bytes)
    }

    /// Waits until the child has ended well.
    pub fn finish(mut self) -> io::Result<()> {
        drop(self.to);
        let status = self.child.wait()?;
        if status.success() {
            return Ok(());
        }
        Err(io::Error::other(format!(
            "the other process ended with {status}"
        )))
    }
}

/// What the process that started this one says.
pub fn hear<const N: usize>() -> io::Result<[u8; N]> {
    let mut bytes = [0; N];
    io::stdin().read_exact(&mut bytes)?;
    Ok(bytes)
}

pub fn tell(bytes: &[u8]) -> io::Result<()> {
    let mut out = io::stdout();
    out.write_all(bytes)?;
    out.flush()
}

/// A cookie that came as bytes.
pub fn cookie(bytes: [u8; 8]) -> io::Result<knem::Cookie> {
    knem::Cookie::new(u64::from_ne_bytes(bytes)).ok_or_else(|| io::Error::other("no cookie"))
}

/// Bytes that tell where they are.
pub fn pattern(seed: usize, length: usize) -> Vec<u8> {
    (0..length)
        .map(|at| (at * 7 + at / 251 + seed) as u8)
        .collect()
}
