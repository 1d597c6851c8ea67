// SPDX-License-Identifier: BSD-3-Clause

//! Gives a sequence of operations to a target and compares everything with the world.

use std::collections::BTreeMap;
use std::fmt;
use std::thread::sleep;
use std::time::{Duration, Instant};

use knem_abi::{flag, protection};

use super::arena::{Segment, ACTORS};
use super::call::{Answer, Call, FileId, Flaw, Handle, List, Mode, Request};
use super::expectation::Expected;
use super::operation::Operation;
use super::target::Target;
use super::world::{same_statistics, World};
use crate::memory::PAGE;

/// How long copies in threads, and counters, may lag.
pub const PATIENCE: Duration = Duration::from_secs(8);

/// How often each kind of call came to each end.
pub type Outcomes = BTreeMap<String, usize>;

/// What happened, for the case that something goes wrong.
enum Step {
    Wait,
    Call(Box<Given>),
}

/// A call that was given.
struct Given {
    call: Call,
    expected: Expected,
    answer: Option<Answer>,
}

/// One run.
struct Driver<'a> {
    target: &'a mut dyn Target,
    world: World,
    outcomes: &'a mut Outcomes,
    patience: Duration,
    transcript: Vec<Step>,
}

/// Runs a sequence, from a fresh start to the last close. What may lag is given so much time.
///
/// # Errors
/// What is wrong, with everything that led to it.
pub fn run(
    target: &mut dyn Target,
    operations: &[Operation],
    outcomes: &mut Outcomes,
    patience: Duration,
) -> Result<(), String> {
    target.reset()?;
    let start = target.statistics()?;
    let mut driver = Driver {
        target,
        world: World::new(start),
        outcomes,
        patience,
        transcript: Vec::new(),
    };
    driver
        .begin()
        .and_then(|()| operations.iter().try_for_each(|one| driver.step(one)))
        .and_then(|()| driver.finish())
        .map_err(|reason| format!("{reason}\n{}", driver.told()))
}

impl Driver<'_> {
    /// Every actor has a context of its own with a region; all but the last have a status array.
    fn begin(&mut self) -> Result<(), String> {
        for actor in 0..ACTORS {
            self.step(&Operation::Open(actor, Mode::ReadWrite))?;
        }
        for actor in 0..ACTORS {
            self.apply(&Call::Ask(actor, first_region()))?;
        }
        (0..ACTORS - 1).try_for_each(|actor| {
            self.apply(&Call::Map {
                handle: actor,
                length: PAGE,
                offset: 0,
            })
        })
    }

    /// All that happened, a line each.
    fn told(&self) -> String {
        let lines = self.transcript.iter().map(|step| format!("  {step}"));
        self.world.by_number(&lines.collect::<Vec<_>>().join("\n"))
    }

    fn step(&mut self, operation: &Operation) -> Result<(), String> {
        if let Operation::Wait = operation {
            return self.wait();
        }
        let calls = self.world.resolve(operation);
        calls.iter().try_for_each(|call| self.prepare(call))
    }

    /// Gives a call, as soon as it races with nothing.
    fn prepare(&mut self, call: &Call) -> Result<(), String> {
        if self.world.must_wait(call) {
            self.wait()?;
            self.read_uncertain(call)?;
        }
        // What could still race, with the late end of a copy whose slot another one shares, is left
        // out.
        if self.world.must_wait(call) {
            return Ok(());
        }
        self.apply(call)
    }

    /// Reads all events of the context that a call uses if the last may not be there yet: nothing
    /// but an event itself proves that it is there.
    fn read_uncertain(&mut self, call: &Call) -> Result<(), String> {
        let (Call::Ask(handle, _) | Call::Flood(handle, ..)) = *call else {
            return Ok(());
        };
        self.read_all(handle, true)
    }

    fn read_all(&mut self, handle: Handle, only_uncertain: bool) -> Result<(), String> {
        let file = self.world.descriptors[handle].file;
        let uncertain = self.world.uncertain_events(file).is_some();
        let count = size_of::<u32>() * self.world.events(file);
        if count == 0 || only_uncertain && !uncertain {
            return Ok(());
        }
        self.apply(&Call::Read {
            handle,
            count,
            room: count,
            blocking: true,
        })
    }

    fn apply(&mut self, call: &Call) -> Result<(), String> {
        let expected = self.world.expect(call);
        self.transcript.push(Step::Call(Box::new(Given {
            call: call.clone(),
            expected: expected.clone(),
            answer: None,
        })));
        let answer = self.target.give(call)?;
        let moved = self.moved(&expected)?;
        if let Some(Step::Call(given)) = self.transcript.last_mut() {
            given.answer = Some(answer.clone());
        }
        self.world.conclude(&expected, &answer, moved)?;
        *self.outcomes.entry(outcome(call, &answer)).or_default() += 1;
        for file in self.world.mapped_files() {
            if self.world.touches_slots(call, file) {
                self.look(file)?;
            }
        }
        self.compare_memory()
    }

    /// What a copy in the call moved that does not say so itself.
    fn moved(&mut self, expected: &Expected) -> Result<u64, String> {
        match expected {
            Expected::Failed(..) => {
                let now = self.target.statistics()?.bytes_call;
                Ok(now.wrapping_sub(self.world.bytes_call()))
            }
            _ => Ok(0),
        }
    }

    /// Compares the slots of a context, and tells whether they show copies that are not over.
    fn look(&mut self, file: FileId) -> Result<bool, String> {
        let call = Call::Look(file);
        let expected = self.world.expect(&call);
        let answer = self.target.give(&call)?;
        self.world.conclude(&expected, &answer, 0)?;
        Ok(matches!(answer, Answer::Slots(slots) if self.world.shows_running(file, &slots)))
    }

    fn compare_memory(&mut self) -> Result<(), String> {
        let loose = self.world.queue.writes();
        (0..ACTORS).try_for_each(|actor| {
            let got = self.target.memory(actor);
            self.world.memory.compare(actor, &got, &loose)
        })
    }

    /// Waits until everything queued is over, and compares what only then has one right value.
    fn wait(&mut self) -> Result<(), String> {
        self.transcript.push(Step::Wait);
        let deadline = Instant::now() + self.patience;
        for file in self.world.mapped_files() {
            self.wait_for(file, deadline)?;
        }
        loop {
            let got = self.target.statistics()?;
            match same_statistics(&got, &self.world.statistics()) {
                Ok(()) => break,
                Err(reason) if Instant::now() > deadline => {
                    return Err(format!("after {:?}: {reason}", self.patience));
                }
                Err(_) => sleep(Duration::from_millis(1)),
            }
        }
        self.world.settle();
        for file in self.world.mapped_files() {
            self.look(file)?;
        }
        self.compare_memory()
    }

    /// Watches the slots of a context until all are final. The moment a slot is, the bytes must be.
    fn wait_for(&mut self, file: FileId, deadline: Instant) -> Result<(), String> {
        while self.look(file)? {
            self.compare_memory()?;
            if Instant::now() > deadline {
                return Err(format!(
                    "after {:?}: file {file} still has copies pending",
                    self.patience
                ));
            }
        }
        self.compare_memory()
    }

    /// Reads what events are left, and closes and unmaps everything.
    fn finish(&mut self) -> Result<(), String> {
        self.wait()?;
        for handle in self.world.open_descriptors() {
            self.read_all(handle, false)?;
            self.apply(&Call::Close(handle))?;
        }
        for file in self.world.mapped_files() {
            self.apply(&Call::Unmap(file))?;
        }
        self.wait()
    }
}

/// A region for everybody, in two parts that begin and end somewhere in a page.
fn first_region() -> Request {
    let part = |start, length| Segment {
        read_only: false,
        start,
        length,
    };
    Request::Create {
        list: List {
            segments: vec![part(9001, 5000), part(123, 4100)],
            flaw: Flaw::None,
        },
        protection: protection::READ | protection::WRITE,
        flags: flag::ANY_USER_ACCESS,
    }
}

impl World {
    /// Whether a call may have changed the slots of a file.
    fn touches_slots(&self, call: &Call, file: FileId) -> bool {
        match call {
            Call::Map { handle, .. }
            | Call::Read { handle, .. }
            | Call::Ask(handle, _)
            | Call::Flood(handle, ..) => self.descriptors[*handle].file == file,
            Call::Poke(touched, ..) => *touched == file,
            _ => false,
        }
    }

    /// Names regions in a text by their numbers, instead of by cookies.
    fn by_number(&self, text: &str) -> String {
        let named = (0..self.regions.len()).filter(|&region| self.regions[region].cookie != 0);
        named.fold(text.to_string(), |text, region| {
            let cookie = self.regions[region].cookie.to_string();
            text.replace(&cookie, &format!("region {region}"))
        })
    }

    /// Events of a context that were not read.
    fn events(&self, file: FileId) -> usize {
        let array = self.files[file].array.as_ref();
        array.map_or(0, |array| array.events.len())
    }
}

impl fmt::Display for Step {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Step::Call(given) = self else {
            return write!(formatter, "wait");
        };
        let Given {
            call,
            expected,
            answer,
        } = &**given;
        match (expected, answer) {
            (Expected::Exactly(wanted), Some(got)) if wanted == got => {
                write!(formatter, "{call}: {got:?}")
            }
            (_, Some(got)) => write!(formatter, "{call}: expected {expected:?}, got {got:?}"),
            (_, None) => write!(formatter, "{call}: expected {expected:?}"),
        }
    }
}

/// The kind of a call and its end, for counting.
fn outcome(call: &Call, answer: &Answer) -> String {
    let kind = match call {
        Call::Ask(_, Request::Between(_)) => "copy",
        Call::Ask(_, Request::Inline(copy)) if copy.write == 0 => "inline read",
        Call::Ask(_, Request::Inline(_)) => "inline write",
        Call::Ask(_, Request::Create { .. }) => "create",
        Call::Ask(_, Request::Destroy(_)) => "destroy",
        Call::Ask(_, Request::DestroyWait(..)) => "destroy and wait",
        Call::Ask(_, Request::InitSend(..)) => "old send",
        Call::Ask(_, Request::AsyncReceive(_)) => "old asynchronous receive",
        Call::Ask(_, Request::SyncReceive(_)) => "old receive",
        Call::Ask(..) => "other requests",
        Call::Read { .. } => "read",
        Call::Flood(..) => "flood",
        Call::Map { .. } => "map",
        Call::Write(_) => "write",
        _ => "others",
    };
    let end = match (answer.error(), answer) {
        (Some(error), _) => format!("{error:?}"),
        (None, Answer::Status(Ok((status, _)))) => format!("{:?}", crate::copy::Status(*status)),
        _ => "done".to_string(),
    };
    format!("{kind}: {end}")
}
