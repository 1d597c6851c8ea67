// SPDX-License-Identifier: BSD-3-Clause

use super::{
    overlap, pinning, prefault, references, split, streaming, stripes, thread, Record, Setting,
};
use crate::failure::Result;

/// A way to carry out an experiment; several may belong to one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trial {
    /// A copy in two halves, by two threads of this program.
    SplitMemcpy,
    /// The same by the module: one half in the call, the other in the module's thread.
    SplitRegion,
    /// Stores that go past the caches.
    Streaming,
    /// A region in pieces, declared while those before are copied.
    Overlap,
    /// What that could win at most: regions declared for nothing.
    Pinning,
    /// Memory that is populated before it is copied to.
    Prefault,
    /// The same with the kernel's cross-memory attach, which a machine without the module has.
    PrefaultAttached,
    /// References that are counted in several places, by themselves.
    References,
    /// The same in the module.
    Stripes,
}

impl Trial {
    /// All of them.
    pub const ALL: [Trial; 9] = [
        Trial::SplitMemcpy,
        Trial::SplitRegion,
        Trial::Streaming,
        Trial::Overlap,
        Trial::Pinning,
        Trial::Prefault,
        Trial::PrefaultAttached,
        Trial::References,
        Trial::Stripes,
    ];

    /// Its name on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Trial::SplitMemcpy => "split-memcpy",
            Trial::SplitRegion => "split-region",
            Trial::Streaming => "streaming",
            Trial::Overlap => "overlap",
            Trial::Pinning => "pinning",
            Trial::Prefault => "prefault",
            Trial::PrefaultAttached => "prefault-attached",
            Trial::References => "references",
            Trial::Stripes => "stripes",
        }
    }

    /// The one of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|trial| trial.name() == name)
    }

    /// The experiment that it belongs to.
    pub const fn experiment(self) -> &'static str {
        match self {
            Trial::SplitMemcpy | Trial::SplitRegion => "split",
            Trial::Streaming => "streaming",
            Trial::Overlap | Trial::Pinning => "overlap",
            Trial::Prefault | Trial::PrefaultAttached => "prefault",
            Trial::References | Trial::Stripes => "references",
        }
    }

    /// Finds out what there is to find out here.
    pub fn carry_out(self, setting: &Setting<'_>) -> Result<Vec<Record>> {
        match self {
            Trial::SplitMemcpy => split::measure(setting),
            Trial::SplitRegion => thread::measure(setting),
            Trial::Streaming => streaming::measure(setting),
            Trial::Overlap => overlap::measure(setting),
            Trial::Pinning => pinning::measure(setting),
            Trial::Prefault => prefault::measure(setting),
            Trial::PrefaultAttached => prefault::measure_attached(setting),
            Trial::References => references::measure(setting),
            Trial::Stripes => stripes::measure(setting),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lead_back() {
        for trial in Trial::ALL {
            assert_eq!(Trial::named(trial.name()), Some(trial));
        }
        assert_eq!(Trial::named("split"), None);
    }
}
