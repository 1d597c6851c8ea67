// SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause

//! How many kernel threads each user has.

use crate::host::{params, task::Kuid, *};

/// The users that have kernel threads.
pub(super) struct Threads(RBTree<Kuid, usize>);

impl Threads {
    /// Nobody has one.
    pub(super) fn new() -> Self {
        Self(RBTree::new())
    }

    /// One more for a user, who gives it back.
    ///
    /// # Errors
    ///
    /// [`ENOMEM`] also if the user has as many as the administrator allows.
    pub(super) fn take(&mut self, user: Kuid) -> Result {
        let before = self.0.get(&user).copied().unwrap_or(0);
        if before >= params::most_threads() {
            return Err(ENOMEM);
        }
        match self.0.get_mut(&user) {
            Some(count) => *count = before + 1,
            None => {
                self.0.try_create_and_insert(user, 1, for_caller())?;
            }
        }
        Ok(())
    }

    /// One less.
    pub(super) fn give_back(&mut self, user: Kuid) {
        match self.0.get_mut(&user) {
            Some(count) if *count > 1 => *count -= 1,
            _ => {
                self.0.remove(&user);
            }
        }
    }
}
