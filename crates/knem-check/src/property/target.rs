// SPDX-License-Identifier: BSD-3-Clause

//! What calls are given to.

use knem_abi::Statistics;

use super::call::{Answer, Call};

/// Something that behaves as the contract says, or does not.
pub trait Target {
    /// Makes everything as at the start: no file is open, no slot mapped, the memory has its first
    /// content.
    ///
    /// # Errors
    /// What went wrong.
    fn reset(&mut self) -> Result<(), String>;

    /// Gives one call.
    ///
    /// # Errors
    /// What is wrong beyond the answer: no answer at all, or a block that came back as it must not.
    fn give(&mut self, call: &Call) -> Result<Answer, String>;

    /// The memory of an actor now.
    fn memory(&mut self, actor: usize) -> Vec<u8>;

    /// The statistics of the module now.
    ///
    /// # Errors
    /// What went wrong.
    fn statistics(&mut self) -> Result<Statistics, String>;
}
