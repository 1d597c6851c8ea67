// SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause

//! Lists of runs that grow.

use kernel::prelude::*;

use super::for_caller;
use crate::logic::runs::{self, Growth, Run};

/// A list of runs, of which `N` need no memory of their own.
pub(crate) struct RunList<const N: usize> {
    /// The first of these are used, as long as there are no `many`.
    few: [Run; N],
    used: usize,
    many: KVVec<Run>,
}

impl<const N: usize> RunList<N> {
    /// An empty list.
    pub(crate) fn new() -> Self {
        Self {
            few: [Run::default(); N],
            used: 0,
            many: KVVec::new(),
        }
    }

    /// The runs.
    pub(crate) fn as_slice(&self) -> &[Run] {
        if self.used <= N {
            &self.few[..self.used]
        } else {
            &self.many
        }
    }

    /// All bytes of the list.
    pub(crate) fn length(&self) -> u64 {
        runs::length(self.as_slice())
    }

    /// Adds a run to the end. If that takes more memory, there will be room for `expected` runs.
    pub(crate) fn push(&mut self, run: Run, expected: usize) -> Result {
        if self.used < N {
            self.few[self.used] = run;
        } else {
            self.push_to_many(run, expected)?;
        }
        self.used += 1;
        Ok(())
    }

    /// Does to the list what a piece does. If that takes more memory, there will be room for
    /// `expected` runs.
    pub(crate) fn grow(&mut self, growth: Growth, expected: usize) -> Result {
        match growth {
            Growth::Longer(end) => {
                self.last_mut().ok_or(EINVAL)?.end = end;
                Ok(())
            }
            Growth::Another(run) => self.push(run, expected),
        }
    }

    fn last_mut(&mut self) -> Option<&mut Run> {
        if self.used <= N {
            self.few[..self.used].last_mut()
        } else {
            self.many.last_mut()
        }
    }

    fn push_to_many(&mut self, run: Run, expected: usize) -> Result {
        let expected = expected.max(1);
        if self.many.is_empty() {
            self.many.reserve(N + expected, for_caller())?;
            self.many.extend_from_slice(&self.few, for_caller())?;
        }
        if self.many.len() == self.many.capacity() {
            self.many.reserve(expected, for_caller())?;
        }
        self.many.push(run, for_caller())?;
        Ok(())
    }
}
