// SPDX-License-Identifier: BSD-3-Clause

use std::fmt;
use std::io;

use crate::pattern::Mismatch;
use crate::size;

/// The result of everything that can fail here.
pub type Result<T> = std::result::Result<T, Failure>;

/// Why there are no figures.
#[derive(Debug)]
pub enum Failure {
    /// What the client of the module says.
    Knem(knem::Error),
    /// A byte is wrong.
    Mismatch {
        /// How it was copied.
        method: &'static str,
        /// Bytes of the copy.
        bytes: usize,
        /// Which copy of these.
        round: usize,
        /// The byte.
        byte: Mismatch,
    },
    /// What the other process says.
    Peer(String),
    /// What the system says.
    Io(&'static str, io::Error),
}

impl From<knem::Error> for Failure {
    fn from(error: knem::Error) -> Self {
        Failure::Knem(error)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Failure::Knem(error) => {
                // As the knem command shows errors: it reads the code, people the rest.
                write!(
                    f,
                    "{} [{}]\n  why: {}\n  what to do: {}",
                    error.what(),
                    error.code(),
                    error.why(),
                    error.remedy()
                )?;
                match error {
                    knem::Error::NoDevice { .. } => {
                        f.write_str(", or leave it out: --methods process_vm_readv,shm-double-copy")
                    }
                    _ => Ok(()),
                }
            }
            Failure::Mismatch {
                method,
                bytes,
                round,
                byte,
            } => write!(
                f,
                "{} of {} delivered a wrong byte\n  why: in copy {round}, byte {} is {:#04x} \
                 where {:#04x} was sent\n  what to do: trust no figure of this machine; report it",
                method,
                size::show(*bytes),
                byte.position,
                byte.found,
                byte.expected
            ),
            Failure::Peer(text) => write!(f, "the other process failed\n  why: {text}"),
            Failure::Io(action, error) => write!(f, "cannot {action}\n  why: {error}"),
        }
    }
}

/// Names what was being done when the system refused it.
pub fn doing<T>(action: &'static str, result: io::Result<T>) -> Result<T> {
    result.map_err(|error| Failure::Io(action, error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_client_says_is_told_with_its_code() {
        let mismatch = Failure::from(knem::Error::AbiMismatch {
            driver: 1,
            ours: 13,
        });
        let text = mismatch.to_string();
        assert_eq!(
            text.lines().next(),
            Some("cannot use the knem module that is loaded [KNEM_ABI_MISMATCH]")
        );
        assert!(text.contains("\n  why: its ABI is 0x1"), "{text}");
        assert!(text.contains("\n  what to do: "), "{text}");
    }

    #[test]
    fn a_missing_device_can_be_left_out() {
        let missing = Failure::from(knem::Error::NoDevice {
            path: "/dev/knem".into(),
            loaded: false,
        });
        let text = missing.to_string();
        assert!(
            text.starts_with("cannot open /dev/knem [KNEM_NO_DEVICE]\n"),
            "{text}"
        );
        assert!(
            text.ends_with("--methods process_vm_readv,shm-double-copy"),
            "{text}"
        );
    }
}
