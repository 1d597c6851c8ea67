// SPDX-License-Identifier: BSD-3-Clause

//! How long something takes, and doing something for a while.

use std::time::{Duration, Instant};

/// Runs `body` and tells how long it took.
pub fn time<T>(body: impl FnOnce() -> T) -> (T, Duration) {
    let start = Instant::now();
    let value = body();
    (value, start.elapsed())
}

/// Repeats `body` until `span` is over and it ran at least so many times, or until it fails; tells
/// how often it ran. On a busy machine a span alone may be over before anything happened.
///
/// # Errors
/// The first failure of `body`.
pub fn during(
    span: Duration,
    least: usize,
    mut body: impl FnMut() -> Result<(), String>,
) -> Result<usize, String> {
    let start = Instant::now();
    let mut rounds = 0;
    while start.elapsed() < span || rounds < least {
        body().map_err(|error| format!("round {rounds}: {error}"))?;
        rounds += 1;
    }
    Ok(rounds)
}

/// How long a condition may take to come true; a machine that works needs a small part of it.
pub const PATIENCE: Duration = Duration::from_secs(25);

/// Waits until a condition holds; false if that does not happen within [`PATIENCE`].
pub fn wait_until(mut condition: impl FnMut() -> bool) -> bool {
    let start = Instant::now();
    while !condition() {
        if start.elapsed() > PATIENCE {
            return false;
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_failure_ends_it() {
        let mut count = 0;
        let outcome = during(Duration::from_secs(60), 0, || {
            count += 1;
            if count == 3 {
                Err("enough".to_string())
            } else {
                Ok(())
            }
        });
        assert_eq!(outcome, Err("round 2: enough".to_string()));
        assert_eq!(time(|| 7).0, 7);
        assert_eq!(during(Duration::ZERO, 5, || Ok(())), Ok(5));
    }
}
