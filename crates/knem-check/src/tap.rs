// SPDX-License-Identifier: BSD-3-Clause

//! The reporter: points of a program in the Test Anything Protocol, version 13.

use std::fmt::Debug;
use std::io::{self, Write};
use std::process::ExitCode;

use crate::copy::{Outcome, SUCCESS};
use crate::device::Device;
use crate::errno::Errno;

/// Exit code of a program of which some points failed.
pub const EXIT_FAILED: u8 = 1;
/// Exit code of a program that does not apply to this machine.
pub const EXIT_SKIPPED: u8 = 4;

/// The points of one program.
pub struct Tap {
    output: Box<dyn Write>,
    points: usize,
    failed: usize,
    skipped: Option<String>,
}

/// Runs one program: header, the points of `body`, plan, exit code.
///
/// Without a device the program bails out with exit code 1: that is a broken test bed and not a
/// reason to skip.
pub fn run(program: &str, body: impl FnOnce(&mut Tap)) -> ExitCode {
    let mut tap = Tap::new(program, Box::new(io::stdout()));
    if let Err(reason) = Device::probe() {
        tap.line(&format!("Bail out! {reason}"));
        return ExitCode::from(EXIT_FAILED);
    }
    body(&mut tap);
    ExitCode::from(tap.finish())
}

impl Tap {
    fn new(program: &str, output: Box<dyn Write>) -> Tap {
        let mut tap = Tap {
            output,
            points: 0,
            failed: 0,
            skipped: None,
        };
        tap.line(&format!("# {program}"));
        tap.line("TAP version 13");
        tap
    }

    /// A point that holds or not.
    pub fn check(&mut self, text: &str, holds: bool) {
        self.points += 1;
        self.failed += usize::from(!holds);
        let verdict = if holds { "ok" } else { "not ok" };
        self.line(&format!("{verdict} {} - {text}", self.points));
    }

    /// A point about a value; shows both values where they differ.
    pub fn equal<T: PartialEq + Debug>(&mut self, text: &str, got: T, expected: T) {
        let holds = got == expected;
        self.check(text, holds);
        if !holds {
            self.note(&format!("expected {expected:?}, got {got:?}"));
        }
    }

    /// A point about a copy that must succeed.
    pub fn works(&mut self, text: &str, got: Outcome) {
        self.equal(text, got, SUCCESS);
    }

    /// A point about a call that must be refused with this error.
    pub fn refuses<T: PartialEq + Debug>(&mut self, text: &str, got: Result<T, Errno>, why: Errno) {
        self.equal(text, got, Err(why));
    }

    /// A point for which the contract leaves a choice.
    pub fn one_of<T: PartialEq + Debug>(&mut self, text: &str, got: T, allowed: &[T]) {
        let holds = allowed.contains(&got);
        self.check(text, holds);
        if !holds {
            self.note(&format!("expected one of {allowed:?}, got {got:?}"));
        }
    }

    /// A point about many cases: the error tells the first that went wrong.
    pub fn holds(&mut self, text: &str, outcome: Result<(), String>) {
        self.check(text, outcome.is_ok());
        if let Err(reason) = outcome {
            self.note(&reason);
        }
    }

    /// A point that cannot be tried on this machine.
    pub fn skip(&mut self, text: &str, reason: &str) {
        self.points += 1;
        self.line(&format!("ok {} - {text} # SKIP {reason}", self.points));
    }

    /// The whole program cannot be tried on this machine; call it before any point.
    pub fn skip_all(&mut self, reason: &str) {
        assert_eq!(self.points, 0, "a program with points cannot be skipped");
        self.skipped = Some(reason.to_string());
    }

    /// The next points prove this rule of `contract.toml`.
    pub fn proves(&mut self, id: &str) {
        self.line(&format!("# proves {id}"));
    }

    /// A comment line.
    pub fn note(&mut self, text: &str) {
        for line in text.lines() {
            self.line(&format!("# {line}"));
        }
    }

    /// Writes the plan and answers the exit code.
    fn finish(mut self) -> u8 {
        if let Some(reason) = self.skipped.take() {
            self.line(&format!("1..0 # SKIP {reason}"));
            return EXIT_SKIPPED;
        }
        self.line(&format!("1..{}", self.points));
        // A program without a single point proved nothing.
        if self.failed > 0 || self.points == 0 {
            EXIT_FAILED
        } else {
            0
        }
    }

    /// Writes one line at once, so that nothing is lost when the program is killed.
    fn line(&mut self, text: &str) {
        writeln!(self.output, "{text}")
            .and_then(|()| self.output.flush())
            .expect("the report can be written");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::{Arc, Mutex};

    /// An output that the test can look at afterwards.
    #[derive(Clone, Default)]
    struct Sink(Arc<Mutex<Vec<u8>>>);

    impl Write for Sink {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn report(body: impl FnOnce(&mut Tap)) -> (String, u8) {
        let sink = Sink::default();
        let mut tap = Tap::new("sample", Box::new(sink.clone()));
        body(&mut tap);
        let code = tap.finish();
        let text = String::from_utf8(sink.0.lock().unwrap().clone()).unwrap();
        (text, code)
    }

    #[test]
    fn all_points_passed() {
        let (text, code) = report(|tap| {
            tap.check("one", true);
            tap.equal("two", 2, 2);
        });
        let expected = "# sample\nTAP version 13\nok 1 - one\nok 2 - two\n1..2\n";
        assert_eq!((text.as_str(), code), (expected, 0));
    }

    #[test]
    fn a_failed_point_shows_both_values() {
        let (text, code) = report(|tap| tap.equal("two", 3, 2));
        assert!(text.ends_with("not ok 1 - two\n# expected 2, got 3\n1..1\n"));
        assert_eq!(code, EXIT_FAILED);
    }

    #[test]
    fn refusals_and_successes_show_what_came_instead() {
        let (text, _) = report(|tap| {
            tap.works("a copy", Err(Errno::EFAULT));
            tap.refuses("a write", Ok(1), Errno::EPERM);
        });
        assert!(text.contains("not ok 1 - a copy\n# expected Ok(SUCCESS), got Err(EFAULT)\n"));
        assert!(text.contains("not ok 2 - a write\n# expected Err(EPERM), got Ok(1)\n"));
    }

    #[test]
    fn rules_are_named_before_the_points_that_prove_them() {
        let (text, _) = report(|tap| {
            let rule = "7.2.overlap";
            tap.proves(rule);
            tap.check("one", true);
        });
        assert!(text.contains("# proves 7.2.overlap\nok 1 - one\n"));
    }

    #[test]
    fn no_point_at_all_is_a_failure() {
        assert_eq!(report(|_| ()).1, EXIT_FAILED);
    }

    #[test]
    fn a_skipped_program_says_why() {
        let (text, code) = report(|tap| tap.skip_all("no such memory here"));
        assert!(text.ends_with("1..0 # SKIP no such memory here\n"));
        assert_eq!(code, EXIT_SKIPPED);
    }
}
