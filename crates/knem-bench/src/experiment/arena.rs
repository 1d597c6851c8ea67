// SPDX-License-Identifier: BSD-3-Clause

use crate::buffer::{self, Buffer};
use crate::failure::{doing, Failure, Result};
use crate::pattern::Pattern;

/// Memory to copy from and memory to copy to.
pub struct Arena {
    /// Where the bytes come from.
    pub from: Buffer,
    /// Where they go.
    pub to: Buffer,
    round: u64,
}

impl Arena {
    /// Both, of so many bytes; that to copy to of huge pages or of small ones.
    pub fn new(bytes: usize, huge: bool) -> Result<Self> {
        let memory = |skew, huge| {
            let made = Buffer::private(bytes, skew, huge);
            doing("have that much memory", made)
        };
        Ok(Self {
            from: memory(buffer::OWNER, false)?,
            to: memory(if huge { 0 } else { buffer::COPIER }, huge)?,
            round: 0,
        })
    }

    /// Fills the one with new bytes, and looks whether they came to the other.
    pub fn verified<T>(
        &mut self,
        name: &'static str,
        copy: impl FnOnce(&[u8], &mut Buffer) -> Result<T>,
    ) -> Result<T> {
        self.round += 1;
        let pattern = Pattern::new(self.from.len(), self.round);
        pattern.fill(&mut self.from);
        let said = copy(&self.from, &mut self.to)?;
        check(name, pattern, self.round, &self.to).map(|()| said)
    }
}

/// Looks at every byte.
pub fn check(method: &'static str, pattern: Pattern, round: u64, memory: &[u8]) -> Result<()> {
    let mismatch = |byte| Failure::Mismatch {
        method,
        bytes: memory.len(),
        round: round as usize,
        byte,
    };
    pattern.check(memory).map_err(mismatch)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sees_what_was_not_copied() {
        let mut arena = Arena::new(8192, false).unwrap();
        let whole = |from: &[u8], to: &mut Buffer| {
            to.copy_from_slice(from);
            Ok(())
        };
        assert!(arena.verified("whole", whole).is_ok());
        let error = arena.verified("nothing", |_, _| Ok(())).unwrap_err();
        assert!(error.to_string().contains("nothing of 8 KiB delivered"));
    }
}
