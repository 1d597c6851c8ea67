// SPDX-License-Identifier: BSD-3-Clause

//! Other processes: forked peers that exchange numbers with the program.
//!
//! Fork before starting threads: only the calling thread lives on in the child.

use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::panic::{catch_unwind, AssertUnwindSafe};

use crate::copy::{Outcome, Status};
use crate::errno::{check, Errno};

/// How a process ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// By itself, with this code.
    Exited(i32),
    /// By this signal.
    Signaled(i32),
}

/// Exit code of a child that panicked; its message is on the standard error output.
const PANICKED: i32 = 101;

/// What fits into a message.
pub trait Message: Sized {
    /// As two words.
    fn pack(self) -> [u64; 2];
    /// Back from two words.
    fn unpack(words: [u64; 2]) -> Self;
}

impl Message for u64 {
    fn pack(self) -> [u64; 2] {
        [self, 0]
    }
    fn unpack([value, _]: [u64; 2]) -> u64 {
        value
    }
}

impl Message for Result<u64, Errno> {
    fn pack(self) -> [u64; 2] {
        match self {
            Ok(value) => [value, 0],
            Err(Errno(number)) => [number as u64, 1],
        }
    }
    fn unpack([value, failed]: [u64; 2]) -> Self {
        match failed {
            0 => Ok(value),
            _ => Err(Errno(value as i32)),
        }
    }
}

impl Message for Outcome {
    fn pack(self) -> [u64; 2] {
        self.map(|status| u64::from(status.0)).pack()
    }
    fn unpack(words: [u64; 2]) -> Self {
        Result::<u64, Errno>::unpack(words).map(|value| Status(value as u32))
    }
}

impl Message for Result<(), Errno> {
    fn pack(self) -> [u64; 2] {
        self.map(|()| 0).pack()
    }
    fn unpack(words: [u64; 2]) -> Self {
        Result::<u64, Errno>::unpack(words).map(drop)
    }
}

/// One end of the connection between a program and its peer.
pub struct Channel {
    stream: UnixStream,
}

impl Channel {
    fn pair() -> (Channel, Channel) {
        let (here, there) = UnixStream::pair().expect("a pair of sockets can be had");
        (Channel { stream: here }, Channel { stream: there })
    }

    /// The connection itself, to send descriptors over.
    pub fn stream(&self) -> &UnixStream {
        &self.stream
    }

    /// Sends a message.
    ///
    /// # Panics
    /// Where the other side is gone.
    pub fn tell<M: Message>(&mut self, message: M) {
        for word in message.pack() {
            self.stream
                .write_all(&word.to_ne_bytes())
                .expect("the other process listens");
        }
    }

    /// Waits for a message.
    ///
    /// # Panics
    /// Where the other side is gone.
    pub fn hear<M: Message>(&mut self) -> M {
        M::unpack([(); 2].map(|()| {
            let mut word = [0; 8];
            self.stream
                .read_exact(&mut word)
                .expect("the other process answers");
            u64::from_ne_bytes(word)
        }))
    }
}

/// A forked process.
pub struct Peer {
    id: libc::pid_t,
    channel: Channel,
    ended: bool,
}

impl Peer {
    /// Forks a process that runs `body` and exits with code 0.
    ///
    /// # Panics
    /// Where no process can be had.
    pub fn spawn(body: impl FnOnce(&mut Channel)) -> Peer {
        let (here, mut there) = Channel::pair();
        // SAFETY: the programs fork while they have one thread; the child runs only `body`.
        let id = unsafe { libc::fork() };
        match id {
            -1 => panic!("fork: {:?}", Errno::last()),
            0 => {
                // Only then does the peer see the end of the stream when the program dies.
                drop(here);
                let ended = catch_unwind(AssertUnwindSafe(|| body(&mut there)));
                // SAFETY: ends the child at once; no destructor of the parent's objects runs.
                unsafe { libc::_exit(if ended.is_ok() { 0 } else { PANICKED }) }
            }
            id => Peer {
                id,
                channel: here,
                ended: false,
            },
        }
    }

    /// Its process id.
    pub fn id(&self) -> libc::pid_t {
        self.id
    }

    /// The connection to it, to send descriptors over.
    pub fn stream(&self) -> &UnixStream {
        self.channel.stream()
    }

    /// Sends it a message.
    pub fn tell<M: Message>(&mut self, message: M) {
        self.channel.tell(message);
    }

    /// Waits for a message from it.
    pub fn hear<M: Message>(&mut self) -> M {
        self.channel.hear()
    }

    /// Sends it a signal.
    pub fn signal(&self, signal: i32) {
        // SAFETY: the process is our unreaped child, so the id is still its own.
        unsafe { libc::kill(self.id, signal) };
    }

    /// Waits for its end.
    ///
    /// # Panics
    /// Where the process was waited for already.
    pub fn wait(&mut self) -> End {
        assert!(!self.ended, "the peer was waited for already");
        let mut status = 0;
        // SAFETY: the status is lent mutably for the call.
        check(unsafe { libc::waitpid(self.id, &mut status, 0) } as isize)
            .expect("the peer is our child");
        self.ended = true;
        if libc::WIFSIGNALED(status) {
            End::Signaled(libc::WTERMSIG(status))
        } else {
            End::Exited(libc::WEXITSTATUS(status))
        }
    }

    /// Waits for its end, which must be a good one.
    ///
    /// # Panics
    /// Where the peer panicked, failed or was killed.
    pub fn join(mut self) {
        assert_eq!(self.wait(), End::Exited(0), "the peer ended well");
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        if !self.ended {
            self.signal(libc::SIGKILL);
            self.wait();
        }
    }
}

/// Runs `body` in a child and answers what it answered.
///
/// # Panics
/// Where the child did not end well.
pub fn in_child<M: Message>(body: impl FnOnce() -> M) -> M {
    let mut peer = Peer::spawn(|channel| {
        let answer = body();
        channel.tell(answer);
    });
    let answer = peer.hear();
    peer.join();
    answer
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_come_back_as_they_went() {
        let errno: Result<(), Errno> = Err(Errno::EPERM);
        assert_eq!(Result::<(), Errno>::unpack(errno.pack()), errno);
        assert_eq!(u64::unpack(u64::MAX.pack()), u64::MAX);
        let outcome: Outcome = Ok(Status(2));
        assert_eq!(Outcome::unpack(outcome.pack()), outcome);
    }

    #[test]
    fn a_peer_answers_and_ends() {
        let mut peer = Peer::spawn(|channel| {
            let value: u64 = channel.hear();
            channel.tell(value + 1);
        });
        peer.tell(41_u64);
        assert_eq!(peer.hear::<u64>(), 42);
        assert_eq!(peer.wait(), End::Exited(0));
    }

    #[test]
    fn the_end_of_a_peer_is_told() {
        let mut killed = Peer::spawn(|channel| {
            let _: u64 = channel.hear();
        });
        killed.signal(libc::SIGKILL);
        assert_eq!(killed.wait(), End::Signaled(libc::SIGKILL));
        assert_eq!(in_child(|| 7_u64), 7);
    }
}
