// SPDX-License-Identifier: BSD-3-Clause

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

/// Where the kernel tells of the ports that lead to the host.
const PORTS: &str = "/sys/class/virtio-ports";
/// The name of the one on which traces are asked for.
const NAME: &str = "knem.trace";

/// Asks the host to record every instruction that this machine executes, for a while.
#[derive(Debug)]
pub struct Tracer(File);

impl Tracer {
    /// The way to the host, where it offers traces.
    pub fn open() -> io::Result<Self> {
        let device = port(Path::new(PORTS), NAME)?;
        let file = OpenOptions::new().read(true).write(true).open(device)?;
        Ok(Self(file))
    }

    /// Has `work` recorded under the name that it gives; what the machine does before and after may
    /// be in it as well.
    pub fn record(&mut self, work: impl FnOnce() -> io::Result<String>) -> io::Result<()> {
        self.ask("begin\n")?;
        let name = work()?;
        self.ask(&format!("end {name}\n"))
    }

    /// Says something and waits for the answer, which is an empty line.
    fn ask(&mut self, line: &str) -> io::Result<()> {
        self.0.write_all(line.as_bytes())?;
        let mut answer = [0];
        self.0.read_exact(&mut answer)?;
        match answer {
            [b'\n'] => Ok(()),
            _ => Err(io::ErrorKind::InvalidData.into()),
        }
    }
}

/// The device file of the port of that name.
fn port(ports: &Path, wanted: &str) -> io::Result<PathBuf> {
    for entry in fs::read_dir(ports)? {
        let entry = entry?;
        let name = fs::read_to_string(entry.path().join("name")).unwrap_or_default();
        if name.trim_end() == wanted {
            return Ok(Path::new("/dev").join(entry.file_name()));
        }
    }
    Err(io::Error::other("the host records no traces"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_port_by_its_name() {
        let ports = std::env::temp_dir().join(format!("knem-ports-{}", std::process::id()));
        for (number, name) in ["knem.output", "knem.trace"].iter().enumerate() {
            let folder = ports.join(format!("vport0p{number}"));
            fs::create_dir_all(&folder).unwrap();
            fs::write(folder.join("name"), format!("{name}\n")).unwrap();
        }
        let found = port(&ports, NAME);
        let none = port(&ports, "knem.nothing");
        fs::remove_dir_all(&ports).unwrap();
        assert_eq!(found.unwrap(), Path::new("/dev/vport0p1"));
        assert!(none.is_err());
    }
}
