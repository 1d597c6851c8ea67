// SPDX-License-Identifier: BSD-3-Clause

use knem_abi::{feature, flag};

/// What a region allows beyond its protection (contract §6.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RegionOptions {
    /// The region is gone after its first use.
    pub single_use: bool,
    /// Every user may use the region, not only the one who opened the device.
    pub any_user: bool,
}

impl RegionOptions {
    /// The bits that the module takes.
    pub const fn bits(self) -> u32 {
        let single_use = if self.single_use { flag::SINGLE_USE } else { 0 };
        let any_user = if self.any_user {
            flag::ANY_USER_ACCESS
        } else {
            0
        };
        single_use | any_user
    }
}

/// How a synchronous copy is done (contract §7.3).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CopyFlags(u32);

impl CopyFlags {
    /// As the module thinks best.
    pub const NONE: Self = Self(0);
    /// Pin the caller's memory, so that a bad address is found before a byte is copied.
    pub const PIN_LOCAL: Self = Self(flag::PIN_LOCAL);
    /// Use the DMA engine, where there is one.
    pub const DMA: Self = Self(flag::DMA);

    /// Both this and `other`.
    pub const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// The bits that the module takes.
    pub const fn bits(self) -> u32 {
        self.0
    }
}

/// The names of the request flags among `bits`, lowest first, as the public header has them but
/// without its prefix; bits without a name come last, together, in hexadecimal.
pub fn names(bits: u32) -> Vec<String> {
    const NAMED: [(u32, &str); 8] = [
        (flag::DMA, "DMA"),
        (flag::ASYNC_DMA_COMPLETE, "ASYNCDMACOMPLETE"),
        (flag::DMA_THREAD, "DMATHREAD"),
        (flag::MEMCPY_THREAD, "MEMCPYTHREAD"),
        (flag::PIN_LOCAL, "PINLOCAL"),
        (flag::SINGLE_USE, "SINGLEUSE"),
        (flag::NOTIFY_FD, "NOTIFY_FD"),
        (flag::ANY_USER_ACCESS, "ANY_USER_ACCESS"),
    ];
    named(bits, &NAMED)
}

/// The names of the features among `bits`, in the same way.
pub fn feature_names(bits: u32) -> Vec<String> {
    const NAMED: [(u32, &str); 4] = [
        (feature::DMA, "DMA"),
        (feature::COUNTED, "COUNTED"),
        (feature::DESTROY_WAIT, "DESTROY_WAIT"),
        (feature::STATISTICS, "STATISTICS"),
    ];
    named(bits, &NAMED)
}

fn named(bits: u32, known: &[(u32, &str)]) -> Vec<String> {
    let set = known.iter().filter(|(bit, _)| bits & bit != 0);
    let mut names: Vec<String> = set.map(|(_, name)| name.to_string()).collect();
    let rest = known.iter().fold(bits, |rest, (bit, _)| rest & !bit);
    if rest != 0 {
        names.push(format!("{rest:#x}"));
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stay_within_what_the_module_looks_at() {
        let all = RegionOptions {
            single_use: true,
            any_user: true,
        };
        assert_eq!(all.bits(), flag::CREATE_MASK);
        assert_eq!(RegionOptions::default().bits(), 0);
        let copy = CopyFlags::PIN_LOCAL.with(CopyFlags::DMA).bits();
        assert_eq!(copy & !flag::COPY_MASK, 0);
        assert_eq!(copy & flag::ASYNC_MASK, 0, "these copies are synchronous");
    }

    #[test]
    fn every_flag_has_a_name_and_no_bit_is_lost() {
        assert_eq!(names(0), Vec::<String>::new());
        assert_eq!(names(flag::CREATE_MASK), ["SINGLEUSE", "ANY_USER_ACCESS"]);
        assert_eq!(names(flag::CREATE_MASK | flag::COPY_MASK).len(), 8);
        assert_eq!(names(flag::DMA | 0x300), ["DMA", "0x300"]);
    }

    #[test]
    fn every_feature_has_a_name() {
        let all = feature::ALWAYS | feature::DMA;
        let names = feature_names(all);
        assert_eq!(names.len(), all.count_ones() as usize);
        assert!(
            names.iter().all(|name| !name.starts_with("0x")),
            "{names:?}"
        );
        assert_eq!(feature_names(1 << 31), ["0x80000000"]);
    }
}
