// SPDX-License-Identifier: BSD-3-Clause

use std::fmt;

use crate::method::Method;
use crate::size;

/// A call of which it is to be found out where its instructions go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Subject {
    /// The call.
    pub what: What,
    /// Of its memory; 0 for a call about none.
    pub bytes: usize,
    /// Whether that is of huge pages.
    pub huge: bool,
}

/// What can be looked at so closely.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// Asking the module what it is.
    GetInfo,
    /// Declaring a region.
    Create,
    /// Ending one.
    Destroy,
    /// Both in turn.
    CreateDestroy,
    /// A copy.
    Copy(Method),
}

impl What {
    fn name(self) -> &'static str {
        match self {
            What::GetInfo => "get-info",
            What::Create => "create",
            What::Destroy => "destroy",
            What::CreateDestroy => "create-destroy",
            What::Copy(method) => method.name(),
        }
    }

    fn named(name: &str) -> Option<Self> {
        let calls = [
            What::GetInfo,
            What::Create,
            What::Destroy,
            What::CreateDestroy,
        ];
        let copies = Method::ALL.map(What::Copy);
        let mut all = calls.into_iter().chain(copies);
        all.find(|what| what.name() == name && what.alone())
    }

    /// Whether one process does all of it.
    fn alone(self) -> bool {
        !matches!(self, What::Copy(Method::ShmDoubleCopy | Method::PingPong))
    }
}

impl Subject {
    /// Reads `CALL`, `CALL:SIZE` or `CALL:SIZE:huge`.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split(':');
        let name = parts.next()?;
        let what = What::named(name)?;
        let bytes = match (what, parts.next()) {
            (What::GetInfo, None) => 0,
            (What::GetInfo, Some(_)) | (_, None) => return None,
            (_, Some(text)) => size::parse(text)?,
        };
        let huge = match parts.next() {
            None => false,
            Some("huge") => true,
            Some(_) => return None,
        };
        parts.next().is_none().then_some(Self { what, bytes, huge })
    }
}

/// As it is written on the command line, the size in bytes.
impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.what.name())?;
        if self.bytes > 0 {
            write!(f, ":{}", self.bytes)?;
        }
        f.write_str(if self.huge { ":huge" } else { "" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_it_writes() {
        for text in ["get-info", "create:4096", "create-destroy:2097152:huge"] {
            assert_eq!(Subject::parse(text).unwrap().to_string(), text);
        }
        let copy = Subject::parse("inline-copy:64KiB").unwrap();
        assert_eq!(copy.what, What::Copy(Method::InlineCopy));
        assert_eq!(copy.bytes, 65536);
    }

    #[test]
    fn refuses_what_is_none() {
        for text in [
            "",
            "mkdir",
            "create",
            "get-info:8",
            "create:1:big",
            "create:1:huge:",
            "shm-double-copy:8",
        ] {
            assert_eq!(Subject::parse(text), None, "{text}");
        }
    }
}
