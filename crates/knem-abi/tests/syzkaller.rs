// SPDX-License-Identifier: BSD-3-Clause

//! What `fuzz/syzkaller/dev_knem.txt` describes is the device: every request, structures as long as they
//! are, and no name that the header does not have.

use std::collections::BTreeSet;
use std::mem::size_of;

use knem_abi::*;

const DESCRIPTION: &str = include_str!("../../../fuzz/syzkaller/dev_knem.txt");
const HEADER: &str = include_str!("../../../include/knem_io.h");

/// The names that begin so, in a text.
fn names(text: &str, prefix: &str) -> BTreeSet<String> {
    text.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_')
        .filter(|word| word.starts_with(prefix))
        .map(str::to_string)
        .collect()
}

/// The description without its comments.
fn description() -> String {
    let lines = DESCRIPTION.lines().filter(|line| !line.starts_with('#'));
    lines.collect::<Vec<_>>().join("\n")
}

/// The bytes of a described structure.
fn described(name: &str) -> Option<usize> {
    let text = description();
    let body = text.split_once(&format!("\n{name} {{\n"))?.1;
    let fields = body.split_once("\n}")?.0;
    fields.lines().map(bytes_of).sum()
}

/// The bytes of a field: `name type`, and perhaps its direction.
fn bytes_of(field: &str) -> Option<usize> {
    let (_, kind) = field.trim().split_once(char::is_whitespace)?;
    let kind = kind.trim().trim_end_matches("(out)").trim();
    let base = kind.trim_end_matches(']').rsplit([',', ' ']).next()?;
    if let Some(count) = kind.strip_prefix("array[int64, ") {
        return Some(8 * count.trim_end_matches(']').parse::<usize>().ok()?);
    }
    if kind.starts_with("ptr64[") || kind == "vma64" || kind == "knem_cookie" {
        return Some(8);
    }
    match (base.trim_end_matches("[0:64"), kind) {
        ("int64", _) => Some(8),
        ("int32", _) | (_, "bool32") => Some(4),
        _ => None,
    }
}

#[test]
fn every_request_is_described() {
    // The magic number is none.
    let requests = names(HEADER, "KNEM_CMD_")
        .into_iter()
        .filter(|name| name != "KNEM_CMD_MAGIC");
    for name in requests {
        assert!(
            DESCRIPTION.contains(&format!("cmd const[{name}]")),
            "{name}"
        );
    }
}

#[test]
fn every_name_is_one_of_the_header() {
    let known = names(HEADER, "KNEM_");
    for name in names(&description(), "KNEM_") {
        // The name of the statistics' request on the other kind of descriptor.
        let name = name.trim_end_matches("_view");
        assert!(known.contains(name), "{name}");
    }
}

#[test]
fn structures_are_as_long_as_they_are() {
    for (name, bytes) in [
        ("knem_cmd_info", size_of::<Info>()),
        ("knem_cmd_bind_offload", size_of::<BindOffload>()),
        ("knem_cmd_param_iovec", size_of::<Iovec>()),
        ("knem_cmd_create_region", size_of::<CreateRegion>()),
        (
            "knem_cmd_destroy_region_wait",
            size_of::<DestroyRegionWait>(),
        ),
        ("knem_cmd_copy", size_of::<Copy>()),
        ("knem_cmd_copy_bounded", size_of::<CopyBounded>()),
        ("knem_cmd_copy_counted", size_of::<CopyCounted>()),
        ("knem_cmd_inline_copy", size_of::<InlineCopy>()),
        (
            "knem_cmd_inline_copy_bounded",
            size_of::<InlineCopyBounded>(),
        ),
        (
            "knem_cmd_inline_copy_counted",
            size_of::<InlineCopyCounted>(),
        ),
        ("knem_cmd_init_send_param", size_of::<InitSend>()),
        ("knem_cmd_init_async_recv_param", size_of::<InitAsyncRecv>()),
        ("knem_cmd_sync_recv_param", size_of::<SyncRecv>()),
        ("knem_cmd_statistics", size_of::<Statistics>()),
    ] {
        assert_eq!(described(name), Some(bytes), "{name}");
    }
}
