// SPDX-License-Identifier: BSD-3-Clause

//! Driving a [`Queue`] from a tokio runtime.

use std::io;

use tokio::io::unix::AsyncFd;
use tokio::io::Interest;
use tokio::task::JoinHandle;

use crate::Queue;

/// A task that wakes the [`Pending`](crate::Pending) copies of a queue. It ends when this is
/// dropped.
#[derive(Debug)]
pub struct Driver(JoinHandle<()>);

impl Driver {
    /// Starts the task. A queue needs one.
    ///
    /// # Panics
    /// Outside a tokio runtime whose driver of descriptors is enabled.
    ///
    /// # Errors
    /// What the system says to watching the descriptor; `AlreadyExists` where the queue has a
    /// driver in this runtime.
    pub fn spawn(queue: &Queue) -> io::Result<Self> {
        // SAFETY: The queue keeps its device, whose one descriptor it gives, open.
        let watched = unsafe { AsyncFd::register_with_interest(queue.clone(), Interest::READABLE) };
        let descriptor = watched.map_err(|error| error.into_parts().1)?;
        Ok(Self(tokio::spawn(drive(descriptor))))
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        self.0.abort();
    }
}

async fn drive(descriptor: AsyncFd<Queue>) {
    while let Ok(mut ready) = descriptor.readable().await {
        if let Err(error) = descriptor.get_ref().drain() {
            // The descriptor can't be read: nobody here will hear of an end.
            eprintln!("knem: {error}");
            return;
        }
        ready.clear_ready();
    }
}
