// SPDX-License-Identifier: BSD-3-Clause

use std::fs;

/// On what this runs: `uml` for User Mode Linux, `qemu`, or `host`, a machine as it is.
pub fn name() -> &'static str {
    let read = |path| fs::read_to_string(path).unwrap_or_default();
    recognise(
        &read("/proc/cpuinfo"),
        &read("/sys/class/dmi/id/sys_vendor"),
    )
}

fn recognise(cpuinfo: &str, vendor: &str) -> &'static str {
    if cpuinfo.contains("User Mode Linux") {
        "uml"
    } else if cpuinfo.contains("QEMU") || vendor.contains("QEMU") {
        "qemu"
    } else {
        "host"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recognises_the_beds() {
        let uml = "processor\t: 0\nvendor_id\t: User Mode Linux\nmodel name\t: UML\n";
        assert_eq!(recognise(uml, ""), "uml");
        let tcg = "model name\t: QEMU TCG CPU version 2.5+\n";
        assert_eq!(recognise(tcg, ""), "qemu");
        assert_eq!(recognise("", "QEMU\n"), "qemu");
        assert_eq!(recognise("model name\t: Some CPU\n", "Maker\n"), "host");
    }
}
