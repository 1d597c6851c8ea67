// SPDX-License-Identifier: BSD-3-Clause

use crate::clock::Unit;
use crate::experiment::trial::Trial;
use crate::method::Method;
use crate::size;
use crate::subject::Subject;

/// What `--help` shows.
pub const HELP: &str = "\
knem-bench: how fast one process gets at another's memory, the bytes of every round verified

  --json              one JSON document instead of a table
  --min SIZE          smallest copy (4KiB)
  --max SIZE          largest copy (64MiB); each size is four times the one before
  --sizes A,B         these instead
  --repeat N          timed rounds per size and method (5)
  --methods A,B       memcpy, process_vm_readv, process_vm_writev, shm-double-copy, inline-copy,
                      inline-write, create-copy-destroy, region-copy, vector-copy, ping-pong; or none
                      (inline-copy, inline-write, process_vm_readv, shm-double-copy)
  --pages KIND        small or huge: what the memory is made of (small)
  --readers N         copies from the owner, or to parts of its memory, also by 2 to N processes
                      at once (1)
  --pieces N          into how many segments a vector copy goes (8)
  --each              takes the time of each copy by itself, for percentiles
  --cpus N            2: each process has a CPU of its own, as far as there are, so that a double
                      copy is half hidden; 1: they share one, whose switches then count (2)
  --calls             also what calls cost that move no bytes
  --overlap           also how much of a copy in a kernel thread is hidden behind computing
  --instructions      the machine runs one instruction a nanosecond, as QEMU does with
                      -icount shift=0: count them, in rounds of one copy
  --dma               instead: 64 MiB by the processor and by a DMA engine, and what is left of the
                      processor meanwhile
  --trace A,B         nothing else, but have the host record what these execute: get-info; create,
                      destroy, create-destroy or a method, with :SIZE and perhaps :huge after it
  --experiments A,B   nothing else, but what the module might do otherwise: split-memcpy, split-region,
                      streaming, overlap, pinning, prefault, prefault-attached, references,
                      stripes
  --help              this text

Exit status: 0 all bytes arrived, 1 they did not or something is missing, 2 wrong command line
";

/// What to measure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Args {
    /// Print JSON.
    pub json: bool,
    /// Bytes of the copies.
    pub sizes: Vec<usize>,
    /// Timed rounds per size and method.
    pub repeat: usize,
    /// In this order.
    pub methods: Vec<Method>,
    /// Ask for huge pages, or else for small ones.
    pub huge: bool,
    /// How many processes copy at once at most.
    pub readers: usize,
    /// Give each process a CPU of its own, as far as there are.
    pub apart: bool,
    /// Into how many segments a vector copy goes.
    pub pieces: usize,
    /// Rounds are of one copy.
    pub each: bool,
    /// Measure calls as well.
    pub calls: bool,
    /// Measure copies in a kernel thread as well.
    pub overlap: bool,
    /// What is taken.
    pub unit: Unit,
    /// Calls to be recorded, instead of all of that.
    pub trace: Vec<Subject>,
    /// Experiments, instead of all of that.
    pub experiments: Vec<Trial>,
}

/// What the command line asks for.
#[derive(Debug, PartialEq, Eq)]
pub enum Command {
    /// Measure.
    Run(Args),
    /// Measure what a DMA engine leaves to its caller; true: print JSON.
    Dma(bool),
    /// Print [`HELP`].
    Help,
}

/// Reads the command line; an error says what is wrong with it.
pub fn parse(mut words: impl Iterator<Item = String>) -> Result<Command, String> {
    let mut args = Args {
        json: false,
        sizes: Vec::new(),
        repeat: 5,
        methods: Method::USUAL.to_vec(),
        huge: false,
        readers: 1,
        apart: true,
        pieces: 8,
        each: false,
        calls: false,
        overlap: false,
        unit: Unit::Time,
        trace: Vec::new(),
        experiments: Vec::new(),
    };
    let mut dma = false;
    let (mut min, mut max) = (4 << 10, 64 << 20);
    while let Some(word) = words.next() {
        let mut value = || words.next().ok_or(format!("{word} needs a value"));
        match word.as_str() {
            "--help" | "-h" => return Ok(Command::Help),
            "--json" => args.json = true,
            "--min" => min = bytes(&value()?)?,
            "--max" => max = bytes(&value()?)?,
            "--sizes" => args.sizes = value()?.split(',').map(bytes).collect::<Result<_, _>>()?,
            "--repeat" => args.repeat = count(&value()?, 1_000_000)?,
            "--methods" => args.methods = methods(&value()?)?,
            "--pages" => args.huge = second(&value()?, "small", "huge")?,
            "--readers" => args.readers = count(&value()?, 64)?,
            "--cpus" => args.apart = second(&value()?, "1", "2")?,
            "--pieces" => args.pieces = count(&value()?, 65_000)?,
            "--each" => args.each = true,
            "--calls" => args.calls = true,
            "--overlap" => args.overlap = true,
            "--dma" => dma = true,
            "--instructions" => args.unit = instructions()?,
            "--trace" => args.trace = subjects(&value()?)?,
            "--experiments" => args.experiments = trials(&value()?)?,
            _ => return Err(format!("there is no option {word}")),
        }
    }
    if dma {
        return Ok(Command::Dma(args.json));
    }
    if min > max {
        return Err("--min is larger than --max".into());
    }
    if args.overlap && args.unit == Unit::Instructions {
        return Err("--overlap takes time, not --instructions".into());
    }
    if args.sizes.is_empty() {
        args.sizes = size::sweep(min, max);
    }
    Ok(Command::Run(args))
}

fn instructions() -> Result<Unit, String> {
    if cfg!(target_arch = "x86_64") {
        return Ok(Unit::Instructions);
    }
    Err("--instructions and --trace are for x86_64 machines".into())
}

fn subjects(text: &str) -> Result<Vec<Subject>, String> {
    instructions()?;
    let subject =
        |text| Subject::parse(text).ok_or_else(|| format!("{text:?} is no call to trace"));
    text.split(',').map(subject).collect()
}

fn trials(text: &str) -> Result<Vec<Trial>, String> {
    let trial = |name| Trial::named(name).ok_or_else(|| format!("there is no experiment {name:?}"));
    text.split(',').map(trial).collect()
}

fn bytes(text: &str) -> Result<usize, String> {
    size::parse(text).ok_or_else(|| format!("{text:?} is no size from 1 to 64GiB"))
}

fn count(text: &str, most: usize) -> Result<usize, String> {
    let number = text.parse().ok().filter(|n| (1..=most).contains(n));
    number.ok_or_else(|| format!("{text:?} is no number from 1 to {most}"))
}

fn methods(text: &str) -> Result<Vec<Method>, String> {
    if text == "none" {
        return Ok(Vec::new());
    }
    let method = |name| Method::named(name).ok_or_else(|| format!("there is no method {name:?}"));
    text.split(',').map(method).collect()
}

/// Whether the second of two words was chosen.
fn second(text: &str, first: &str, second: &str) -> Result<bool, String> {
    match text {
        _ if text == first => Ok(false),
        _ if text == second => Ok(true),
        _ => Err(format!("{text:?} is neither {first} nor {second}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Result<Command, String> {
        parse(line.split_whitespace().map(String::from))
    }

    #[test]
    fn has_the_defaults_that_help_names() {
        let Ok(Command::Run(args)) = parsed("") else {
            panic!("an empty command line is right");
        };
        assert_eq!(
            (args.sizes[0], args.sizes.last()),
            (4096, Some(&(64 << 20)))
        );
        assert_eq!((args.repeat, args.readers, args.unit), (5, 1, Unit::Time));
        assert!(args.apart && !args.calls && !args.huge && !args.json);
        for method in Method::ALL {
            assert!(HELP.contains(method.name()));
        }
        for trial in Trial::ALL {
            assert!(HELP.contains(trial.name()));
        }
    }

    #[test]
    fn reads_options() {
        let Ok(Command::Run(args)) = parsed(
            "--json --min 1 --max 2MiB --repeat 3 --methods shm-double-copy --pages huge --cpus 1",
        ) else {
            panic!("this command line is right");
        };
        assert!(args.json && args.huge && !args.apart);
        assert_eq!((args.sizes[1], args.sizes.last()), (4, Some(&(2 << 20))));
        assert_eq!(args.repeat, 3);
        assert_eq!(args.methods, [Method::ShmDoubleCopy]);
        assert_eq!(parsed("--repeat 3 --help"), Ok(Command::Help));
        assert_eq!(parsed("--dma --json"), Ok(Command::Dma(true)));
        let line = "--sizes 8,1MiB --methods none --calls --readers 2 --each --pieces 3 --overlap";
        let Ok(Command::Run(args)) = parsed(line) else {
            panic!("this command line is right");
        };
        assert!(args.each && args.overlap && args.pieces == 3);
        assert_eq!(args.sizes, [8, 1 << 20]);
        assert!(args.methods.is_empty() && args.calls && args.readers == 2);
    }

    #[test]
    fn says_what_is_wrong() {
        for (line, problem) in [
            ("--min 0", "\"0\" is no size"),
            ("--min", "--min needs a value"),
            ("--min 2 --max 1", "--min is larger than --max"),
            ("--repeat 0", "\"0\" is no number"),
            ("--readers 65", "\"65\" is no number from 1 to 64"),
            ("--sizes 1,", "\"\" is no size"),
            ("--methods inline-copy,", "there is no method \"\""),
            ("--pages big", "\"big\" is neither small nor huge"),
            ("--pieces none", "\"none\" is no number from 1 to 65000"),
            ("--trace create", "\"create\" is no call to trace"),
            ("--experiments luck", "there is no experiment \"luck\""),
            ("fast", "there is no option fast"),
        ] {
            let error = parsed(line).unwrap_err();
            assert!(error.contains(problem), "{line}: {error}");
        }
    }
}
