// SPDX-License-Identifier: BSD-3-Clause

//! Measures how fast one process gets at another's memory, and proves that every byte arrives.
//!
//! Two processes: the *owner* has the memory and declares it as a region, the *copier* copies from
//! it or to it and takes the time; *readers* copy beside it where several are asked for. What a
//! round of copies left is verified, by whoever received the bytes, outside of the time taken. The exit status is 0 if all bytes were right, 1 if not or if something is
//! missing, 2 for a wrong command line.

mod args;
mod bed;
mod buffer;
mod calls;
mod channel;
mod clock;
mod copier;
mod cpu;
mod dma;
mod experiment;
mod failure;
mod life;
mod memory;
mod method;
mod operation;
mod overlap;
mod pattern;
mod peer;
mod percentiles;
mod pins;
mod report;
mod requests;
mod ring;
mod signal;
mod size;
mod spinner;
mod stamp;
mod subject;
mod syscall;
mod trace;
mod tracer;

use std::process::ExitCode;

use args::{Args, Command};

fn main() -> ExitCode {
    let measured = match args::parse(std::env::args().skip(1)) {
        Ok(Command::Run(args)) => run(&args),
        Ok(Command::Dma(json)) => dma::measure(json).and_then(|text| report::print(&text)),
        Ok(Command::Help) => {
            print!("{}", args::HELP);
            return ExitCode::SUCCESS;
        }
        Err(problem) => {
            eprintln!("error: {problem}\n  what to do: see knem-bench --help");
            return ExitCode::from(2);
        }
    };
    match measured {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("error: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn run(args: &Args) -> failure::Result<()> {
    if !args.trace.is_empty() {
        return trace::trace_all(&args.trace);
    }
    if !args.experiments.is_empty() {
        return report::print(&experiment::text(
            args.json,
            &experiment::measure_all(args)?,
        ));
    }
    let report = copier::measure_all(args)?;
    let text = if args.json {
        report.json()
    } else {
        report.table()
    };
    report::print(&text)
}
