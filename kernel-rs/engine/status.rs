// SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause

//! Where a context learns of the end of its requests: the status array and the events.

use super::events::Events;
use crate::host::{files::Area, shared::SharedBytes, *};

/// The status array, which user space maps, and the events.
#[pin_data]
pub(crate) struct Status {
    array: SetOnce<SharedBytes>,
    #[pin]
    pub(crate) events: Events,
}

impl Status {
    /// There is no array yet.
    pub(super) fn new() -> Result<Arc<Self>> {
        Arc::pin_init(
            pin_init!(Self {
                array: SetOnce::new(),
                events <- Events::new(),
            }),
            for_caller(),
        )
    }

    /// Makes the array and shows it at addresses of the caller. Only called as long as there is none.
    ///
    /// # Errors
    ///
    /// [`ENOMEM`].
    pub(super) fn map(&self, area: &Area<'_>) -> Result {
        let array = SharedBytes::new(area.length())?;
        area.settle();
        array.show(area)?;
        self.array.populate(array);
        Ok(())
    }

    /// How many slots the array has; 0 before it is mapped.
    pub(crate) fn slots(&self) -> u64 {
        self.array.as_ref().map_or(0, SharedBytes::length)
    }

    /// Stores a value of [`crate::abi::status`] in a slot, after all data that were copied.
    pub(super) fn store(&self, index: u32, status: u8) {
        if let Some(array) = self.array.as_ref() {
            array.store_release(u64::from(index), status);
        }
    }
}
