// SPDX-License-Identifier: BSD-3-Clause

use std::fs;

/// The name of a group, or its number where it has no name in `/etc/group`.
pub(crate) fn name(gid: u32) -> String {
    let groups = fs::read_to_string("/etc/group").unwrap_or_default();
    find(&groups, gid).unwrap_or_else(|| gid.to_string())
}

fn find(groups: &str, gid: u32) -> Option<String> {
    groups.lines().find_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next()?;
        let number: u32 = fields.nth(1)?.parse().ok()?;
        (number == gid).then(|| name.to_string())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_by_number() {
        let groups = "root:x:0:\n# comment\nrdma:x:104:ada,grace\nbroken\n";
        assert_eq!(find(groups, 104).as_deref(), Some("rdma"));
        assert_eq!(find(groups, 105), None);
    }

    #[test]
    fn falls_back_to_the_number() {
        assert_eq!(name(4_000_000_001), "4000000001");
    }
}
