// SPDX-License-Identifier: BSD-3-Clause

use std::fs::File;
use std::io;
use std::os::fd::{AsFd, FromRawFd};

use crate::buffer::{self, Buffer};
use crate::signal::Signal;

/// Bytes that are passed on at once: few enough to be still in the cache when they are read.
const CHUNK: usize = 32 << 10;
/// Chunks that are on their way.
const CHUNKS: u32 = 8;
/// The chunks begin so many bytes in; the state comes before.
const DATA: usize = buffer::SHARED * 4096;

/// Shared memory through which one process sends bytes to another, both copying at once: what
/// message passing does where there is nothing better.
#[derive(Debug)]
pub struct Ring {
    memory: Buffer,
    looks: u32,
}

/// What both processes see at the start of the memory, each on a cache line of its own.
#[repr(C)]
struct State {
    /// Transfers that the receiver has begun.
    begun: Signal,
    /// Chunks written, over all transfers.
    written: Signal,
    /// Chunks read.
    read: Signal,
    /// Balls that the one has played.
    ping: Signal,
    /// Balls that the other has returned.
    pong: Signal,
}

impl Ring {
    /// A new ring, to be shared by `fork`. Who waits looks so many times before it sleeps.
    pub fn new(looks: u32) -> io::Result<Self> {
        // SAFETY: The name is a string with its end; the call gives a new descriptor.
        let file = unsafe {
            match libc::memfd_create(c"knem-bench".as_ptr(), libc::MFD_CLOEXEC) {
                -1 => return Err(io::Error::last_os_error()),
                descriptor => File::from_raw_fd(descriptor),
            }
        };
        let length = DATA + CHUNKS as usize * CHUNK;
        file.set_len(length as u64)?;
        let mut memory = Buffer::shared(file.as_fd(), length)?;
        memory.fill(0);
        Ok(Self { memory, looks })
    }

    fn state(&self) -> &State {
        // SAFETY: The memory begins on a page, is larger than the state, and was zeroed; both
        // processes access it by atomic operations only.
        unsafe { &*self.memory.address().cast() }
    }

    fn chunk(&self, number: u32) -> *mut u8 {
        // SAFETY: The result lies in the memory.
        unsafe {
            self.memory
                .address()
                .add(DATA + (number % CHUNKS) as usize * CHUNK)
        }
    }

    /// Plays a ball and waits until it is returned.
    pub fn play(&self) -> io::Result<()> {
        let State { ping, pong, .. } = self.state();
        let ball = ping.get().wrapping_add(1);
        ping.set(ball);
        pong.wait_while(self.looks, |now| now != ball)
    }

    /// Waits for the next ball, does something, and returns it, also where that failed: nobody is
    /// to wait for it.
    pub fn answer<E: From<io::Error>>(
        &self,
        work: impl FnOnce() -> Result<(), E>,
    ) -> Result<(), E> {
        let State { ping, pong, .. } = self.state();
        let ball = pong.get().wrapping_add(1);
        ping.wait_while(self.looks, |now| now != ball)?;
        let done = work();
        pong.set(ball);
        done
    }

    /// How many transfers have begun; the sender looks before it says that it is ready.
    pub fn begun(&self) -> u32 {
        self.state().begun.get()
    }

    /// Waits for the transfer after the first `begun` to begin, and sends all bytes.
    pub fn send(&self, begun: u32, from: &[u8]) -> io::Result<()> {
        let state = self.state();
        state.begun.wait_while(self.looks, |now| now == begun)?;
        let mut number = state.written.get();
        for piece in from.chunks(CHUNK) {
            let full = |read: u32| number.wrapping_sub(read) >= CHUNKS;
            state.read.wait_while(self.looks, full)?;
            // SAFETY: The receiver has read what was in this chunk, and does not look at it
            // again before it is counted as written.
            unsafe {
                self.chunk(number)
                    .copy_from_nonoverlapping(piece.as_ptr(), piece.len())
            };
            number = number.wrapping_add(1);
            state.written.set(number);
        }
        Ok(())
    }

    /// Begins a transfer and receives all bytes of it.
    pub fn receive(&self, to: &mut [u8]) -> io::Result<()> {
        let state = self.state();
        state.begun.set(state.begun.get().wrapping_add(1));
        let mut number = state.read.get();
        for piece in to.chunks_mut(CHUNK) {
            state
                .written
                .wait_while(self.looks, |written| written == number)?;
            // SAFETY: The chunk was written, and is not written again before it is counted as
            // read.
            unsafe {
                self.chunk(number)
                    .copy_to_nonoverlapping(piece.as_mut_ptr(), piece.len())
            };
            number = number.wrapping_add(1);
            state.read.set(number);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pattern::Pattern;

    #[test]
    fn passes_any_length_on() {
        for looks in [0, 1000] {
            pass_on(&Ring::new(looks).unwrap());
        }
    }

    fn pass_on(ring: &Ring) {
        let lengths = [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 20 * CHUNK + 77];
        for (round, length) in lengths.into_iter().enumerate() {
            let pattern = Pattern::new(length, round as u64);
            let mut sent = vec![0; length];
            pattern.fill(&mut sent);
            let mut received = vec![0; length];
            let begun = ring.begun();
            std::thread::scope(|scope| {
                // Only shared, atomically counted memory is used by both.
                let sender = Sender(ring);
                scope.spawn(move || sender.send(begun, &sent));
                ring.receive(&mut received).unwrap();
            });
            assert_eq!(pattern.check(&received), Ok(()), "{length}");
        }
    }

    struct Sender<'r>(&'r Ring);

    // SAFETY: A ring is made to be used by two at once.
    unsafe impl Send for Sender<'_> {}

    impl Sender<'_> {
        fn send(&self, begun: u32, from: &[u8]) {
            self.0.send(begun, from).unwrap();
        }
    }
}
