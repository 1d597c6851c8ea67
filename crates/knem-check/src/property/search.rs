// SPDX-License-Identifier: BSD-3-Clause

//! Looks for a sequence that goes wrong, and shortens it.

use std::cell::RefCell;
use std::time::{Duration, Instant};

use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner};

use super::driver::{self, Outcomes, PATIENCE};
use super::operation::{self, Operation};
use super::target::Target;
use crate::random::Random;

/// A sequence that goes wrong.
#[derive(Debug)]
pub struct Failure {
    /// The operations that are left of it.
    pub operations: Vec<Operation>,
    /// What went wrong at their end, and what led to it.
    pub reason: String,
}

/// The most attempts to simplify a sequence.
const MOST_ATTEMPTS: u32 = 4000;
/// The most time for that, and for shortening it afterwards.
const MOST_TIME: Duration = Duration::from_secs(6);

/// How long things may lag while a sequence is simplified. What is left is tried with patience.
const HASTE: Duration = Duration::from_millis(100);

/// Runs so many sequences, those of a seed.
///
/// # Errors
/// The first sequence that goes wrong, as short as it could be made.
pub fn search(target: &mut dyn Target, seed: u64, cases: u32) -> Result<Outcomes, Failure> {
    let config = Config {
        cases,
        failure_persistence: None,
        max_shrink_iters: MOST_ATTEMPTS,
        max_shrink_time: MOST_TIME.as_millis() as u32,
        ..Config::default()
    };
    let mut runner = TestRunner::new_with_rng(config, rng(seed));
    let state = RefCell::new((target, Outcomes::new(), None));
    let outcome = runner.run(&operation::sequence(), |operations| {
        let (target, outcomes, first) = &mut *state.borrow_mut();
        let patience = if first.is_some() { HASTE } else { PATIENCE };
        driver::run(*target, &operations, outcomes, patience).map_err(|reason| {
            if first.is_none() {
                eprintln!("# going to simplify: {reason}");
                let reason = reason.clone();
                *first = Some(Failure { operations, reason });
            }
            TestCaseError::fail(reason)
        })
    });
    let (target, outcomes, first) = state.into_inner();
    match (outcome, first) {
        (Ok(()), _) => Ok(outcomes),
        (Err(TestError::Fail(reason, operations)), Some(first)) => {
            let reason = reason.to_string();
            let shorter = shorten(target, Failure { operations, reason });
            // In haste one may have lost sight of what was wrong.
            let again = driver::run(target, &shorter.operations, &mut Outcomes::new(), PATIENCE);
            Err(again
                .err()
                .map_or(first, |reason| Failure { reason, ..shorter }))
        }
        (Err(error), _) => Err(Failure {
            operations: Vec::new(),
            reason: error.to_string(),
        }),
    }
}

/// Takes away what can be taken away now that every operation is as simple as it gets.
fn shorten(target: &mut dyn Target, mut failure: Failure) -> Failure {
    let deadline = Instant::now() + MOST_TIME;
    let mut at = failure.operations.len();
    while at > 0 && Instant::now() < deadline {
        at -= 1;
        let mut operations = failure.operations.clone();
        operations.remove(at);
        if let Err(reason) = driver::run(target, &operations, &mut Outcomes::new(), HASTE) {
            failure = Failure { operations, reason };
            at = failure.operations.len();
        }
    }
    failure
}

fn rng(seed: u64) -> TestRng {
    let mut random = Random::new(seed);
    let bytes: Vec<u8> = (0..4).flat_map(|_| random.any().to_le_bytes()).collect();
    TestRng::from_seed(RngAlgorithm::ChaCha, &bytes)
}

#[cfg(test)]
mod tests {
    use super::super::arena::{ACTORS, ARENA};
    use super::super::call::{Answer, Call, Request};
    use super::super::simulation::{Liar, Simulation};
    use super::*;
    use knem_abi::status;

    const SEED: u64 = 4;

    /// The failure that is found in a target which lies in one way.
    fn caught(lie: impl FnMut(&Call, &mut Answer)) -> Failure {
        let mut liar = Liar::new(lie);
        search(&mut liar, SEED, 500).expect_err("the lie is seen")
    }

    #[test]
    fn an_honest_target_is_never_accused() {
        let outcomes = search(&mut Simulation::default(), SEED, 150).expect("no complaint");
        let kinds = [
            "copy: SUCCESS",
            "copy: PENDING",
            "copy: EINVAL",
            "copy: EPERM",
            "copy: EACCES",
            "copy: EBADF",
            "inline read: FAILED",
            "inline read: ENOMEM",
            "inline read: PENDING",
            "inline write: EFAULT",
            "inline write: SUCCESS",
            "create: done",
            "create: EFAULT",
            "destroy: done",
            "destroy and wait: done",
            "old asynchronous receive: done",
            "old receive: SUCCESS",
            "read: done",
            "read: EAGAIN",
            "read: EFAULT",
            "flood: EBUSY",
            "map: EBUSY",
            "write: done",
            "write: EPERM",
        ];
        for kind in kinds {
            assert!(
                outcomes.contains_key(kind),
                "{kind} is missing: {outcomes:#?}"
            );
        }
    }

    #[test]
    fn the_same_seed_gives_the_same_sequences() {
        let outcomes = |seed| search(&mut Simulation::default(), seed, 5).expect("no complaint");
        assert_eq!(outcomes(7), outcomes(7));
        assert_ne!(outcomes(7), outcomes(8));
    }

    #[test]
    fn a_wrong_answer_is_found_and_the_sequence_shortened() {
        let failure = caught(|call, answer| {
            let count = match call {
                Call::Ask(_, Request::Between(copy)) => copy.form.limit(),
                _ => return,
            };
            if let (Answer::Status(Ok((value, _))), true) = (answer, count > 1000) {
                *value = status::FAILED.into();
            }
        });
        // The copy alone: every sequence begins with some regions.
        assert_eq!(failure.operations.len(), 1, "{failure:#?}");
        assert!(failure.reason.contains("FAILED"), "{}", failure.reason);
    }

    #[test]
    fn a_late_lie_is_shortened_to_what_it_takes() {
        let mut regions = 0;
        let failure = caught(move |call, answer| match (call, answer) {
            (Call::Open { handle: 0, .. }, _) => regions = 0,
            (_, Answer::Region(cookie @ Ok(_))) => {
                regions += 1;
                if regions == 5 + ACTORS {
                    *cookie = Ok(0);
                }
            }
            _ => (),
        });
        assert_eq!(failure.operations.len(), 5, "{failure:#?}");
        assert!(failure.reason.contains("named 0"), "{}", failure.reason);
    }

    #[test]
    fn events_out_of_order_are_found() {
        let failure = caught(|_, answer| {
            if let Answer::Events(Ok(events)) = answer {
                events.reverse();
            }
        });
        // A region, two copies with events, and a read of both.
        assert!(failure.operations.len() <= 6, "{failure:#?}");
    }

    #[test]
    fn a_wrong_byte_is_found() {
        let mut liar = Liar::new(|_, _| ());
        liar.spoil = Some((1, ARENA - 1));
        let failure = search(&mut liar, SEED, 1).expect_err("the byte is seen");
        assert!(
            failure.reason.contains("byte 16383 of actor 1"),
            "{}",
            failure.reason
        );
    }

    #[test]
    fn a_wrong_counter_and_a_wrong_slot_are_found() {
        let failure = caught(|_, answer| {
            if let Answer::Statistics(Ok(statistics)) = answer {
                statistics.copy_sizes[13] += 1;
            }
        });
        assert!(failure.operations.len() <= 2, "{failure:#?}");
        let failure = caught(|_, answer| match answer {
            Answer::Slots(slots) if slots[5] == status::SUCCESS => slots[5] = status::FAILED,
            _ => (),
        });
        assert!(
            failure.reason.contains("slot 5 of file"),
            "{}",
            failure.reason
        );
        assert!(failure.operations.len() <= 3, "{failure:#?}");
    }
}
