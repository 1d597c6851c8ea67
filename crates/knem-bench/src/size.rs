// SPDX-License-Identifier: BSD-3-Clause

const UNITS: [(&str, usize); 3] = [("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)];

/// The largest size that is accepted: the memory is there twice.
pub const LARGEST: usize = 1 << 36;

/// `4096`, `4KiB`, `64MiB`, `1GiB`: bytes.
pub fn parse(text: &str) -> Option<usize> {
    let (digits, unit) = UNITS
        .iter()
        .find_map(|(name, unit)| Some((text.strip_suffix(name)?, *unit)))
        .unwrap_or((text, 1));
    let bytes = digits.trim().parse::<usize>().ok()?.checked_mul(unit)?;
    (1..=LARGEST).contains(&bytes).then_some(bytes)
}

/// The reverse of [`parse`], in the largest unit that needs no fraction.
pub fn show(bytes: usize) -> String {
    for (name, unit) in UNITS {
        if bytes >= unit && bytes % unit == 0 {
            return format!("{} {name}", bytes / unit);
        }
    }
    format!("{bytes} B")
}

/// From `min` to `max`, both included, each four times the one before.
pub fn sweep(min: usize, max: usize) -> Vec<usize> {
    let steps = std::iter::successors(Some(min), |size| size.checked_mul(4));
    let mut sizes: Vec<usize> = steps.take_while(|&size| size < max).collect();
    sizes.push(max);
    sizes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_people_write() {
        assert_eq!(parse("4096"), Some(4096));
        assert_eq!(parse("4KiB"), Some(4096));
        assert_eq!(parse("64 MiB"), Some(64 << 20));
        for wrong in [
            "",
            "0",
            "-1",
            "4KB",
            "KiB",
            "1.5MiB",
            "18446744073709551615GiB",
            "65GiB",
        ] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn shows_the_shortest() {
        assert_eq!(show(4096), "4 KiB");
        assert_eq!(show(64 << 20), "64 MiB");
        assert_eq!(show(1025), "1025 B");
    }

    #[test]
    fn sweeps_to_the_end() {
        assert_eq!(sweep(4, 64), [4, 16, 64]);
        assert_eq!(sweep(4, 65), [4, 16, 64, 65]);
        assert_eq!(sweep(5, 5), [5]);
        let all = sweep(4 << 10, 64 << 20);
        assert_eq!((all.len(), all[7]), (8, 64 << 20));
    }
}
