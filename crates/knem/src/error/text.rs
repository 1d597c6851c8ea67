// SPDX-License-Identifier: BSD-3-Clause

//! What errors say to people.

use crate::flags::feature_names;
use crate::{group, Cookie, Error, DEVICE_PATH};

impl Error {
    /// What happened.
    pub fn what(&self) -> String {
        match self {
            Error::NoDevice { path, .. } | Error::PermissionDenied { path, .. } => {
                format!("cannot open {}", path.display())
            }
            Error::NotKnem { path } => format!("cannot use {}", path.display()),
            Error::AbiMismatch { .. } => "cannot use the knem module that is loaded".into(),
            Error::UnknownCookie { regions } => format!("there is no {}", list(regions)),
            Error::NotOwner { regions } | Error::ProtectionRefused { regions } => {
                format!("may not use {}", list(regions))
            }
            Error::CopyFailed { copied: None } => {
                "the copy ended before all bytes were there".into()
            }
            Error::CopyFailed {
                copied: Some(copied),
            } => format!("the copy ended after {copied} bytes"),
            Error::Unsupported { missing } => {
                format!("cannot use {}", feature_names(*missing).join(" and "))
            }
            Error::Parameter { .. } => "cannot make a queue of copies".into(),
            Error::NotPrivileged => "cannot clear the statistics".into(),
            Error::BadStatistics { .. } => "cannot read the statistics".into(),
            Error::ShortTransfer { copied, wanted } => {
                format!("copied {copied} of {wanted} bytes")
            }
            Error::MayNotTrace { pid } => format!("may not use the memory of process {pid}"),
            Error::NoRegion => "there is nothing to copy from or to".into(),
            Error::BadAddress { action }
            | Error::NoMemory { action }
            | Error::Busy { action }
            | Error::Io { action, .. } => format!("cannot {action}"),
        }
    }

    /// Why it happened.
    pub fn why(&self) -> String {
        match self {
            Error::NoDevice { loaded: false, .. } => "the knem module is not loaded".into(),
            Error::NoDevice { loaded: true, .. } => {
                "the knem module is loaded, but its device node is not here".into()
            }
            Error::PermissionDenied {
                access: Some((mode, gid)),
                ..
            } => format!(
                "its mode is {mode:04o}, its group is {}, and this user is not let in",
                group::name(*gid)
            ),
            Error::PermissionDenied { access: None, .. } => "this user is not let in".into(),
            Error::NotKnem { .. } => "it is not the device of the knem module".into(),
            Error::AbiMismatch { driver, ours } => {
                format!("its ABI is {driver:#x}, this program was built for {ours:#x}")
            }
            Error::UnknownCookie { .. } => {
                "never declared, destroyed, used up (single use), or its owner is gone".into()
            }
            Error::NotOwner { .. } => "it belongs to another user".into(),
            Error::ProtectionRefused { .. } => {
                "it was declared without the right to be copied in this direction".into()
            }
            Error::BadAddress { .. } | Error::CopyFailed { .. } => {
                "part of this process's memory is not mapped, or not with the access needed".into()
            }
            Error::NoMemory { .. } => {
                "the kernel has no memory for it, or lets this user pin no more".into()
            }
            Error::Unsupported { .. } => "the module that is loaded has no such feature".into(),
            Error::Parameter { name, effect } => format!("the module's parameter {name} {effect}"),
            Error::Busy { .. } => "all places are taken".into(),
            Error::NotPrivileged => "only a privileged user may (CAP_SYS_ADMIN)".into(),
            Error::BadStatistics { problem } => problem.clone(),
            Error::ShortTransfer { .. } => {
                "the rest of the other process's memory is not mapped".into()
            }
            Error::MayNotTrace { .. } => {
                "it runs as another user, or kernel.yama.ptrace_scope keeps processes apart".into()
            }
            Error::NoRegion => "the peer works without the module and declared no region".into(),
            Error::Io { source, .. } => source.to_string(),
        }
    }

    /// What to do about it.
    pub fn remedy(&self) -> String {
        match self {
            Error::NoDevice { loaded: false, .. } => {
                "load it as root: modprobe knem; if it is not found, install it for this kernel"
                    .into()
            }
            Error::NoDevice { loaded: true, .. } => {
                format!("in a container, pass the device on (--device {DEVICE_PATH}); else look at udev and devtmpfs")
            }
            Error::PermissionDenied { access, .. } => admission(*access),
            Error::NotKnem { .. } => format!("name the device of the module, {DEVICE_PATH}"),
            Error::AbiMismatch { .. } | Error::Unsupported { .. } => {
                "install the module and this program from the same release".into()
            }
            Error::UnknownCookie { .. } => {
                "keep the region and its device open until the peer has answered".into()
            }
            Error::NotOwner { .. } => {
                "run both processes as one user, or declare the region with any-user access".into()
            }
            Error::ProtectionRefused { .. } => {
                "declare the region with read protection to copy from it, with write to copy to it"
                    .into()
            }
            Error::BadAddress { .. } | Error::CopyFailed { .. } => {
                "check the addresses and lengths that were passed".into()
            }
            Error::NoMemory { .. } => "use fewer or smaller regions, or raise ulimit -l".into(),
            Error::Parameter { name, .. } => {
                format!("as root: load the module without {name}; or use copies that are over when their calls return")
            }
            Error::Busy { .. } => {
                "wait for copies to end, or open another device: each has one queue".into()
            }
            Error::NotPrivileged => format!("as root: echo 1 > {DEVICE_PATH}"),
            Error::BadStatistics { .. } => {
                format!("compare with: cat {DEVICE_PATH}; is this module's release another one?")
            }
            Error::ShortTransfer { .. } => "check the address and length that the peer sent".into(),
            Error::MayNotTrace { .. } => {
                "load the knem module, which does not need that right; or let the other process \
                 call prctl(PR_SET_PTRACER)"
                    .into()
            }
            Error::NoRegion => {
                "let both processes open the device, or neither: see the peer's fallback".into()
            }
            Error::Io { .. } => "see the kernel's log (dmesg)".into(),
        }
    }
}

/// How a user gets to open a device with such permission bits and such a group.
fn admission(access: Option<(u32, u32)>) -> String {
    match access {
        Some((mode, gid)) if mode & 0o060 == 0o060 && gid != 0 => {
            let group = group::name(gid);
            format!("as root: usermod -aG {group} USER, then log in again")
        }
        _ => "as root: install the udev rule KERNEL==\"knem\", GROUP=\"rdma\", MODE=\"0660\", and \
              join that group; or run this as root"
            .into(),
    }
}

fn list(regions: &[Cookie]) -> String {
    match regions {
        [] => "region".into(),
        [one] => format!("region {one}"),
        [first, rest @ ..] => rest.iter().fold(format!("region {first}"), |list, next| {
            format!("{list} or {next}")
        }),
    }
}
