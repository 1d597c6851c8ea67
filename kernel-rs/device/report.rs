// SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause

//! The statistics as a file.

use core::fmt;

use crate::{
    engine::Engine,
    host::{params, user::UserSliceWriter, *},
};

/// How much memory the text starts with at most, in bytes, whatever the parameter says.
const FIRST_AT_MOST: usize = 1 << 20;

/// The statistics as one open file shows them.
///
/// A read at the start takes a new look; later reads go on in the text of the last look, so that a
/// text that is read in pieces fits together.
pub(crate) struct Report {
    engine: Arc<Engine>,
    text: Pin<KBox<Mutex<Text>>>,
}

impl Report {
    /// A report that has not been read yet.
    pub(super) fn new(engine: Arc<Engine>) -> Result<Self> {
        let text = KBox::pin_init(new_mutex!(Text(KVVec::new()), "Report::text"), for_caller())?;
        Ok(Self { engine, text })
    }

    /// What the report is about.
    pub(super) fn engine(&self) -> &Engine {
        &self.engine
    }

    /// Reads from `position`, and tells how many bytes it were.
    pub(super) fn read(&self, mut buffer: UserSliceWriter, position: u64) -> Result<usize> {
        let mut text = self.text.lock();
        if position == 0 || text.0.is_empty() {
            text.0.clear();
            text.0
                .reserve(params::statistics_length().min(FIRST_AT_MOST), for_caller())?;
            self.engine.report(&mut *text).map_err(|_| ENOMEM)?;
        }
        let rest = text.0.get(position as usize..).unwrap_or_default();
        let bytes = rest.len().min(buffer.len());
        buffer.write_slice(&rest[..bytes])?;
        Ok(bytes)
    }
}

/// A growing text; writing to it fails only for want of memory.
struct Text(KVVec<u8>);

impl fmt::Write for Text {
    fn write_str(&mut self, part: &str) -> fmt::Result {
        self.0
            .extend_from_slice(part.as_bytes(), for_caller())
            .map_err(|_| fmt::Error)
    }
}
