// SPDX-License-Identifier: BSD-3-Clause

//! §8.1, §13.1: the array is charged to the control group of the caller: one that is too large for
//! it is ENOMEM and harms nobody, and a smaller one works then.

use std::fs;
use std::path::{Path, PathBuf};

use knem_check::array::How;
use knem_check::prelude::*;

fn main() -> ExitCode {
    tap::run(env!("CARGO_BIN_NAME"), check)
}

const LIMIT: usize = 48 << 20;
const TOO_LARGE: usize = 256 << 20;
const LARGE: usize = 4 << 20;

fn check(tap: &mut Tap) {
    let group = match Group::new() {
        Ok(group) => group,
        Err(reason) => return tap.skip_all(&reason),
    };
    let mut peer = Peer::spawn(|channel| {
        fs::write(group.0.join("cgroup.procs"), "0").expect("the process can be moved");
        let device = Device::open();
        for length in [Some(TOO_LARGE), usize::try_from(1_u64 << 32).ok()] {
            let answer = Array::map(&device, How::length(length.unwrap_or(TOO_LARGE)));
            channel.tell(answer.map(|array| array.slots() as u64));
        }
        let before = group.charged();
        let array = Array::map(&device, How::length(LARGE));
        channel.tell(group.charged().saturating_sub(before));
        channel.tell(array.map(|array| array.slots() as u64));
    });
    let no_memory: Result<u64, Errno> = Err(Errno::ENOMEM);
    tap.proves("ext.array-charged");
    tap.proves("13.1.mmap-no-memory");
    tap.equal("an array beyond the limit", peer.hear(), no_memory);
    tap.equal("the largest there may be", peer.hear(), no_memory);
    let charged: u64 = peer.hear();
    tap.proves("8.1.retry");
    tap.equal("a smaller one", peer.hear(), Ok(LARGE as u64));
    tap.check("is charged to the group", charged >= LARGE as u64);
    tap.note(&format!("{charged} bytes for {LARGE} slots"));
    tap.equal("nobody was killed", peer.wait(), End::Exited(0));
    let events = fs::read_to_string(group.0.join("memory.events")).unwrap_or_default();
    let kills = events.lines().any(|line| line == "oom_kill 0");
    tap.check("as the group says too", kills);
}

/// A control group with a limit of memory.
struct Group(PathBuf);

impl Group {
    fn new() -> Result<Group, String> {
        let root = hierarchy()?;
        let said = |what: &str, error: std::io::Error| format!("{what}: {error}");
        fs::write(root.join("cgroup.subtree_control"), "+memory")
            .map_err(|error| said("control groups do not limit memory here", error))?;
        let folder = root.join(format!("knem-{}", std::process::id()));
        fs::create_dir(&folder).map_err(|error| said("no group can be made", error))?;
        fs::write(folder.join("memory.max"), LIMIT.to_string())
            .map_err(|error| said("the limit cannot be set", error))?;
        Ok(Group(folder))
    }

    fn charged(&self) -> u64 {
        let text = fs::read_to_string(self.0.join("memory.current")).unwrap_or_default();
        text.trim().parse().unwrap_or(0)
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        // Pages may still be charged for a moment; then the group stays, and harms nobody.
        let _ = fs::remove_dir(&self.0);
    }
}

/// Where control groups are, mounted if need be.
fn hierarchy() -> Result<PathBuf, String> {
    let usual = Path::new("/sys/fs/cgroup");
    if usual.join("cgroup.subtree_control").exists() {
        return Ok(usual.to_path_buf());
    }
    let folder = PathBuf::from("/tmp/knem-cgroup");
    fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    if folder.join("cgroup.subtree_control").exists() {
        return Ok(folder);
    }
    // SAFETY: the strings are C strings; nothing is kept.
    let answer = unsafe {
        libc::mount(
            c"none".as_ptr(),
            c"/tmp/knem-cgroup".as_ptr(),
            c"cgroup2".as_ptr(),
            0,
            std::ptr::null(),
        )
    };
    match answer {
        0 => Ok(folder),
        _ => Err(format!("no control groups here: {:?}", Errno::last())),
    }
}
