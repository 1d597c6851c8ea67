// SPDX-License-Identifier: BSD-3-Clause

use crate::method::Method;
use crate::size;

/// What `--help` shows.
pub const HELP: &str = "\
knem-bench: how fast one process gets at another's memory, every byte verified

  --json              one JSON document instead of a table
  --min SIZE          smallest copy (4KiB)
  --max SIZE          largest copy (64MiB); each size is four times the one before
  --repeat N          timed copies per size and method (5)
  --methods A,B       inline-copy, inline-write, process_vm_readv, process_vm_writev,
                      shm-double-copy (all but process_vm_writev)
  --pages KIND        small or huge: what the memory asks of the kernel (small)
  --cpus N            2: each process has a CPU of its own, so that a double copy is half
                      hidden; 1: they share one, whose switches then count (2)
  --help              this text

Exit status: 0 all bytes arrived, 1 they did not or something is missing, 2 wrong command line
";

/// What to measure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Args {
    /// Print JSON.
    pub json: bool,
    /// Bytes of the smallest copy.
    pub min: usize,
    /// Bytes of the largest copy.
    pub max: usize,
    /// Timed copies per size and method.
    pub repeat: usize,
    /// In this order.
    pub methods: Vec<Method>,
    /// Ask for huge pages, or else for small ones.
    pub huge: bool,
    /// Give each process a CPU of its own, as far as there are two.
    pub apart: bool,
}

/// What the command line asks for.
#[derive(Debug, PartialEq, Eq)]
pub enum Command {
    /// Measure.
    Run(Args),
    /// Print [`HELP`].
    Help,
}

/// Reads the command line; an error says what is wrong with it.
pub fn parse(mut words: impl Iterator<Item = String>) -> Result<Command, String> {
    let mut args = Args {
        json: false,
        min: 4 << 10,
        max: 64 << 20,
        repeat: 5,
        methods: Method::USUAL.to_vec(),
        huge: false,
        apart: true,
    };
    while let Some(word) = words.next() {
        let mut value = || words.next().ok_or(format!("{word} needs a value"));
        match word.as_str() {
            "--help" | "-h" => return Ok(Command::Help),
            "--json" => args.json = true,
            "--min" => args.min = bytes(&value()?)?,
            "--max" => args.max = bytes(&value()?)?,
            "--repeat" => args.repeat = count(&value()?)?,
            "--methods" => args.methods = methods(&value()?)?,
            "--pages" => args.huge = second(&value()?, "small", "huge")?,
            "--cpus" => args.apart = second(&value()?, "1", "2")?,
            _ => return Err(format!("there is no option {word}")),
        }
    }
    if args.min > args.max {
        return Err("--min is larger than --max".into());
    }
    Ok(Command::Run(args))
}

fn bytes(text: &str) -> Result<usize, String> {
    size::parse(text).ok_or_else(|| format!("{text:?} is no size from 1 to 64GiB"))
}

fn count(text: &str) -> Result<usize, String> {
    let number = text.parse().ok().filter(|n| (1..=1_000_000).contains(n));
    number.ok_or_else(|| format!("{text:?} is no number from 1 to 1000000"))
}

fn methods(text: &str) -> Result<Vec<Method>, String> {
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
        assert_eq!((args.min, args.max, args.repeat), (4096, 64 << 20, 5));
        assert!(args.apart && !args.huge && !args.json);
        for method in Method::ALL {
            assert!(HELP.contains(method.name()));
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
        assert_eq!((args.min, args.max, args.repeat), (1, 2 << 20, 3));
        assert_eq!(args.methods, [Method::ShmDoubleCopy]);
        assert_eq!(parsed("--repeat 3 --help"), Ok(Command::Help));
    }

    #[test]
    fn says_what_is_wrong() {
        for (line, problem) in [
            ("--min 0", "\"0\" is no size"),
            ("--min", "--min needs a value"),
            ("--min 2 --max 1", "--min is larger than --max"),
            ("--repeat 0", "\"0\" is no number"),
            ("--methods inline-copy,", "there is no method \"\""),
            ("--pages big", "\"big\" is neither small nor huge"),
            ("fast", "there is no option fast"),
        ] {
            let error = parsed(line).unwrap_err();
            assert!(error.contains(problem), "{line}: {error}");
        }
    }
}
