// SPDX-License-Identifier: BSD-3-Clause

//! Targets without a device, to try the search: one that answers what the world expects, and one
//! that lies. They prove nothing about the world itself.

use knem_abi::Statistics;

use super::arena::ACTORS;
use super::call::{Answer, Call};
use super::expectation::Expected;
use super::target::Target;
use super::world::World;

/// Does what a world of its own says.
pub struct Simulation {
    world: World,
    cookies: u64,
}

impl Default for Simulation {
    fn default() -> Simulation {
        Simulation {
            world: World::new(Statistics::default()),
            cookies: 0xfeed_0000_0000_0000,
        }
    }
}

impl Simulation {
    fn answer(&mut self, expected: &Expected) -> Answer {
        match expected {
            Expected::Exactly(answer) | Expected::Failed(answer, _) => answer.clone(),
            Expected::OneOf(answers) => answers[0].clone(),
            Expected::NewRegion(_) => {
                self.cookies += 1;
                Answer::Region(Ok(self.cookies))
            }
            Expected::Events(_, 0, most) if most.is_empty() => {
                Answer::Events(Err(crate::errno::Errno(libc::EAGAIN)))
            }
            Expected::Events(_, _, most) => Answer::Events(Ok(most.clone())),
            Expected::Lingering(_) => Answer::Done(Ok(())),
            Expected::Statistics => Answer::Statistics(Ok(Box::new(self.world.statistics()))),
            Expected::Slots(file) => {
                let array = self.world.files[*file].array.as_ref();
                Answer::Slots(array.expect("it is mapped").slots.clone())
            }
        }
    }
}

impl Target for Simulation {
    fn reset(&mut self) -> Result<(), String> {
        self.world = World::new(self.world.statistics());
        Ok(())
    }

    fn give(&mut self, call: &Call) -> Result<Answer, String> {
        let expected = self.world.expect(call);
        let answer = self.answer(&expected);
        let moved = match &expected {
            Expected::Failed(_, movement) => movement.count,
            _ => 0,
        };
        self.world.conclude(&expected, &answer, moved)?;
        // The threads that it does not have are very fast.
        for file in 0..self.world.files.len() {
            self.world.prove(file, u64::MAX, true);
        }
        self.world.settle();
        Ok(answer)
    }

    fn memory(&mut self, actor: usize) -> Vec<u8> {
        self.world.memory.bytes(actor).to_vec()
    }

    fn statistics(&mut self) -> Result<Statistics, String> {
        Ok(self.world.statistics())
    }
}

/// A simulation whose answers are falsified.
pub struct Liar<F> {
    honest: Simulation,
    lie: F,
    /// A byte of an actor that is shown wrong.
    pub spoil: Option<(usize, usize)>,
}

impl<F: FnMut(&Call, &mut Answer)> Liar<F> {
    /// Falsifies what `lie` falsifies.
    pub fn new(lie: F) -> Liar<F> {
        Liar {
            honest: Simulation::default(),
            lie,
            spoil: None,
        }
    }
}

impl<F: FnMut(&Call, &mut Answer)> Target for Liar<F> {
    fn reset(&mut self) -> Result<(), String> {
        self.honest.reset()
    }

    fn give(&mut self, call: &Call) -> Result<Answer, String> {
        let mut answer = self.honest.give(call)?;
        (self.lie)(call, &mut answer);
        Ok(answer)
    }

    fn memory(&mut self, actor: usize) -> Vec<u8> {
        let mut bytes = self.honest.memory(actor);
        if let Some((spoilt, at)) = self.spoil {
            assert!(spoilt < ACTORS);
            bytes[at] ^= u8::from(actor == spoilt);
        }
        bytes
    }

    fn statistics(&mut self) -> Result<Statistics, String> {
        self.honest.statistics()
    }
}
