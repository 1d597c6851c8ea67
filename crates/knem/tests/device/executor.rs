// SPDX-License-Identifier: BSD-3-Clause

//! An executor of one future, which watches a queue's descriptor.

use std::future::Future;
use std::os::fd::AsRawFd;
use std::pin::pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};

use knem::Queue;

#[derive(Default)]
struct Wakes(AtomicUsize);

impl Wake for Wakes {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

/// Runs a future; it is polled again only when it was woken.
pub fn run<F: Future>(queue: &Queue, future: F) -> F::Output {
    let wakes = Arc::new(Wakes::default());
    let waker = Waker::from(Arc::clone(&wakes));
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
            return output;
        }
        while wakes.0.swap(0, Ordering::SeqCst) == 0 {
            let mut entry = libc::pollfd {
                fd: queue.as_raw_fd(),
                events: libc::POLLIN,
                revents: 0,
            };
            // SAFETY: One entry is borrowed for writing.
            let ready = unsafe { libc::poll(&mut entry, 1, 20_000) };
            assert_eq!(ready, 1, "an event comes");
            assert!(queue.drain().unwrap() > 0);
        }
    }
}
