// SPDX-License-Identifier: BSD-3-Clause

//! Runs the programs one after the other, each in a process of its own, and sums up.

use std::env;
use std::io::{BufRead, BufReader};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use crate::device::Device;
use crate::{pins, tap};

/// The names of all programs, sorted.
pub const PROGRAMS: &[&str] = include!(concat!(env!("OUT_DIR"), "/programs.rs"));

/// How long one program may take on a kernel as it is.
const TIME_LIMIT: Duration = Duration::from_secs(60);

/// Names how many times as long programs may take, on a kernel that looks for faults meanwhile.
const SLOWNESS: &str = "KNEM_SLOWNESS";

/// How long one program may take here.
fn time_limit() -> Duration {
    let slowness = env::var(SLOWNESS).ok().and_then(|text| text.parse().ok());
    TIME_LIMIT * slowness.unwrap_or(1)
}

/// What came out of some programs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Programs that ran.
    pub programs: usize,
    /// Points that hold.
    pub passed: usize,
    /// Points that don't, crashes and time limits included.
    pub failed: usize,
    /// Points and programs that do not apply to this machine.
    pub skipped: usize,
}

impl Summary {
    /// The comment line at the end of a run.
    pub fn line(&self) -> String {
        format!(
            "# {} programs: {} passed, {} failed, {} skipped",
            self.programs, self.passed, self.failed, self.skipped
        )
    }
}

/// One line of a program's report.
#[derive(Debug, PartialEq, Eq)]
enum Line {
    Passed,
    Failed,
    Skipped,
    /// The plan, with the number of points.
    Plan(usize),
    SkippedAll,
    Other,
}

fn classify(line: &str) -> Line {
    if line.starts_with("not ok ") {
        Line::Failed
    } else if line.starts_with("ok ") {
        if line.contains(" # SKIP") {
            Line::Skipped
        } else {
            Line::Passed
        }
    } else if line.starts_with("1..0 # SKIP") {
        Line::SkippedAll
    } else if let Some(count) = line.strip_prefix("1..") {
        count.parse().map_or(Line::Other, Line::Plan)
    } else {
        Line::Other
    }
}

/// Whether the programs can run here at all.
///
/// # Errors
/// What is missing.
pub fn ready() -> Result<(), String> {
    Device::probe()?;
    pins::count().map(drop)
}

/// Runs the named programs, which lie in `folder`, and streams what they report.
///
/// To each report one point is added: the pages that the program had pinned are free again.
/// Needs root, for the count of pins.
pub fn run(folder: &Path, names: &[&str]) -> Summary {
    let base = pins::outstanding();
    let mut summary = Summary::default();
    for name in names {
        summary.programs += 1;
        let mut program = Program::new(name, &mut summary);
        program.run(&folder.join(name));
        program.check_pins(base);
    }
    summary
}

/// A program while it runs.
struct Program<'a> {
    name: &'a str,
    points: usize,
    plan: Option<usize>,
    skipped: bool,
    summary: &'a mut Summary,
}

impl<'a> Program<'a> {
    fn new(name: &'a str, summary: &'a mut Summary) -> Program<'a> {
        Program {
            name,
            points: 0,
            plan: None,
            skipped: false,
            summary,
        }
    }

    fn run(&mut self, path: &Path) {
        let started = Instant::now();
        let child = Command::new(path)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            // Its own group, so that peers which it leaves behind can be ended with it.
            .process_group(0)
            .spawn();
        let mut child = match child {
            Ok(child) => child,
            Err(error) => {
                let text = format!("{} cannot be started: {error}", path.display());
                return self.point(false, &text);
            }
        };
        let output = child.stdout.take().expect("the output was asked for");
        let in_time = self.stream(&lines_of(output), started + time_limit());
        let status = end(&mut child, in_time);
        self.judge(in_time, status, started.elapsed());
    }

    /// Shows the lines as they come; answers whether the program ended in time.
    fn stream(&mut self, lines: &Receiver<String>, deadline: Instant) -> bool {
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            match lines.recv_timeout(left) {
                Ok(line) => self.line(&line),
                Err(RecvTimeoutError::Disconnected) => return true,
                Err(RecvTimeoutError::Timeout) => return false,
            }
        }
    }

    fn line(&mut self, line: &str) {
        match classify(line) {
            Line::Passed => self.summary.passed += 1,
            Line::Failed => self.summary.failed += 1,
            Line::Skipped => self.summary.skipped += 1,
            Line::SkippedAll => {
                self.summary.skipped += 1;
                self.skipped = true;
            }
            // The plan is shown at the end: a point is still to be added.
            Line::Plan(count) => {
                self.plan = Some(count);
                return;
            }
            Line::Other => return println!("{line}"),
        }
        self.points += usize::from(!self.skipped);
        println!("{line}");
    }

    /// Adds a failed point where the report alone does not tell that something went wrong.
    fn judge(&mut self, in_time: bool, status: ExitStatus, took: Duration) {
        println!("# {} took {} ms", self.name, took.as_millis());
        if !in_time {
            let limit = time_limit().as_secs();
            return self.point(false, &format!("{} took more than {limit} s", self.name));
        }
        if let Some(signal) = status.signal() {
            return self.point(
                false,
                &format!("{} was ended by signal {signal}", self.name),
            );
        }
        let code = status.code().unwrap_or(-1);
        let skipped = self.skipped && code == i32::from(tap::EXIT_SKIPPED);
        let complete = self.plan == Some(self.points) && self.points > 0;
        let reported = complete && (code == 0 || code == i32::from(tap::EXIT_FAILED));
        if !skipped && !reported {
            let text = format!("{} reported completely (exit code {code})", self.name);
            self.point(false, &text);
        }
    }

    fn check_pins(&mut self, base: i64) {
        if self.skipped {
            return println!("1..0 # SKIP");
        }
        let now = pins::settle(base);
        self.point(now == base, "pins balanced");
        if now != base {
            println!("# {} pages are still pinned", now - base);
        }
        println!("1..{}", self.points);
    }

    fn point(&mut self, holds: bool, text: &str) {
        let verdict = if holds { "ok" } else { "not ok" };
        self.points += 1;
        self.summary.passed += usize::from(holds);
        self.summary.failed += usize::from(!holds);
        println!("{verdict} {} - {text}", self.points);
    }
}

/// Reads the output in a thread of its own, so that waiting for a line can have a limit.
fn lines_of(output: ChildStdout) -> Receiver<String> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        for line in BufReader::new(output).split(b'\n') {
            let Ok(line) = line else { break };
            let line = String::from_utf8_lossy(&line).into_owned();
            if sender.send(line).is_err() {
                break;
            }
        }
    });
    receiver
}

/// Waits for the end of the program, or brings it about.
fn end(child: &mut Child, in_time: bool) -> ExitStatus {
    if !in_time {
        let group = -(child.id() as libc::pid_t);
        // SAFETY: no memory is involved; the child is not yet reaped, so the group is its own.
        unsafe { libc::kill(group, libc::SIGKILL) };
    }
    child.wait().expect("the program is our child")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_told_apart() {
        assert_eq!(classify("ok 1 - works"), Line::Passed);
        assert_eq!(classify("not ok 2 - works"), Line::Failed);
        assert_eq!(classify("ok 3 - huge # SKIP none here"), Line::Skipped);
        assert_eq!(classify("1..12"), Line::Plan(12));
        assert_eq!(classify("1..0 # SKIP no"), Line::SkippedAll);
        assert_eq!(classify("# note"), Line::Other);
    }

    fn run_script(script: &str) -> Summary {
        let mut summary = Summary::default();
        let mut program = Program::new("script", &mut summary);
        let mut child = Command::new("sh")
            .args(["-c", script])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let output = child.stdout.take().unwrap();
        let in_time = program.stream(&lines_of(output), Instant::now() + Duration::from_secs(5));
        let status = end(&mut child, in_time);
        program.judge(in_time, status, Duration::ZERO);
        summary
    }

    #[test]
    fn a_complete_report_is_taken_as_it_is() {
        let summary = run_script("echo 'ok 1 - a'; echo 'not ok 2 - b'; echo 1..2; exit 1");
        assert_eq!((summary.passed, summary.failed), (1, 1));
    }

    #[test]
    fn crashes_and_lost_plans_are_failures() {
        assert_eq!(run_script("echo 'ok 1 - a'; kill -SEGV $$").failed, 1);
        assert_eq!(run_script("echo 'ok 1 - a'").failed, 1);
        assert_eq!(run_script("echo 'ok 1 - a'; echo 1..3").failed, 1);
        assert_eq!(run_script("exit 0").failed, 1);
        assert_eq!(run_script("echo 'Bail out! no device'; exit 1").failed, 1);
    }

    #[test]
    fn a_skipped_program_is_no_failure() {
        let summary = run_script("echo '1..0 # SKIP no'; exit 4");
        assert_eq!((summary.failed, summary.skipped), (0, 1));
    }

    #[test]
    fn programs_are_known_by_name() {
        assert!(PROGRAMS.contains(&"info"), "{PROGRAMS:?}");
        assert!(PROGRAMS.windows(2).all(|pair| pair[0] < pair[1]));
    }
}
