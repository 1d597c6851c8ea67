// SPDX-License-Identifier: BSD-3-Clause

//! §14, §15: the kernel's log: lines at load and unload, lines of errors and events with `debug`,
//! and none without; and `statslen`, which cuts nothing off.

use knem_check::log::Log;
use knem_check::module::{self, Module, Setting};
use knem_check::prelude::*;

fn main() -> ExitCode {
    tap::run(env!("CARGO_BIN_NAME"), check)
}

fn check(tap: &mut Tap) {
    let mut log = match Log::from_now() {
        Ok(log) => log,
        Err(error) => return tap.skip_all(&format!("the log cannot be read: {error}")),
    };
    lines(tap, &mut log);
    loading(tap, &mut log);
    length(tap);
}

/// What this module said.
fn said(log: &mut Log) -> Vec<String> {
    let mut messages = log.messages();
    messages.retain(|message| message.contains("knem"));
    messages
}

/// Some errors, and the life of a context.
fn act() {
    let bed = Bed::new(64);
    for _ in 0..3 {
        let _ = bed.device.call_at(1, 0);
        let _ = Inline {
            remote: 0,
            ..bed.read()
        }
        .run(&bed.device);
    }
    assert_eq!(bed.thread(0).run(&bed.device), PENDING);
    assert_eq!(bed.array.wait(0), Status::SUCCESS);
}

fn lines(tap: &mut Tap, log: &mut Log) {
    tap.proves("15.debug");
    act();
    tap.equal("with debug=0 nothing is told", said(log), vec![]);
    let setting = Setting::new("debug", "1");
    act();
    let told = said(log);
    tap.check("with debug=1 something is", !told.is_empty());
    let marked = told.iter().all(|line| line.starts_with("knem: "));
    tap.check("in lines that begin with the name", marked);
    tap.note(&told.join("\n"));
    tap.proves("14.lines");
    let shown = statistics::text().contains("\n Debug: BuiltIn Enabled\n");
    tap.check("the statistics say so", shown);
    drop(setting);
    let _ = said(log);
    act();
    tap.equal("with debug=0 again nothing", said(log), vec![]);
    let shown = statistics::text().contains("\n Debug: BuiltIn Disabled\n");
    tap.check("as the statistics say", shown);
}

fn loading(tap: &mut Tap, log: &mut Log) {
    let Some(module) = Module::named() else {
        let reason = format!("{} names no module", module::VARIABLE);
        return tap.skip("lines at load and unload", &reason);
    };
    let _ = said(log);
    module::unload().expect("nobody uses the module");
    let gone = said(log);
    module.load("").expect("it comes again");
    let came = said(log);
    let one = |lines: &[String], word: &str| lines.len() == 1 && lines[0].contains(word);
    tap.check("one line at unload", one(&gone, "terminating"));
    tap.check("one line at load", one(&came, "initialized"));
    tap.note(&[gone, came].concat().join("\n"));
}

/// Whatever the length to begin with, the text is whole.
fn length(tap: &mut Tap) {
    let device = Device::open();
    for _ in 0..3000 {
        region::create(&device, &[], 0, 0).expect("an empty region");
    }
    let _verbose = Setting::new("statsverbose", "1");
    let expected = statistics::text();
    tap.proves("14.pieces");
    tap.check("a long text", expected.len() > 40_000);
    for value in ["0", "1", "100", "65536", "18446744073709551615"] {
        let _setting = Setting::new("statslen", value);
        let same = statistics::text() == expected;
        tap.check(&format!("statslen={value}: the same"), same);
    }
}
