// SPDX-License-Identifier: BSD-3-Clause

//! Compilers that are given sources which include the header.

use std::{
    env,
    ffi::OsString,
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// Warnings are errors, and no extension of the language is used.
pub const STRICT: [&str; 4] = ["-Wall", "-Wextra", "-Werror", "-pedantic"];

/// Where the header lies.
pub fn include() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../include")
}

/// A compiler for one language and one kind of machine.
#[derive(Clone)]
pub struct Compiler {
    program: OsString,
    language: &'static str,
    arguments: Vec<String>,
}

impl Compiler {
    /// The machine's C compiler, or that which CC names.
    pub fn c(standard: &str) -> Compiler {
        Compiler::named("CC", "cc", "c", standard)
    }

    /// The machine's C++ compiler, or that which CXX names.
    #[allow(dead_code, reason = "not every test has C++")]
    pub fn cpp(standard: &str) -> Compiler {
        Compiler::named("CXX", "c++", "c++", standard).with(&["-Wold-style-cast"])
    }

    /// A C compiler for 32-bit programs: Debian's gcc-i686-linux-gnu, or that which CC32 names.
    #[cfg(target_arch = "x86_64")]
    #[allow(dead_code, reason = "not every test has 32 bits")]
    pub fn c32(standard: &str) -> Compiler {
        Compiler::named("CC32", "i686-linux-gnu-gcc", "c", standard)
    }

    fn named(variable: &str, default: &str, language: &'static str, standard: &str) -> Compiler {
        let compiler = Compiler {
            program: env::var_os(variable).unwrap_or_else(|| default.into()),
            language,
            arguments: vec![format!("-std={standard}")],
        };
        compiler.with(&STRICT)
    }

    /// The same compiler with more arguments.
    pub fn with(mut self, arguments: &[&str]) -> Compiler {
        self.arguments
            .extend(arguments.iter().map(|argument| argument.to_string()));
        self
    }

    /// Checks a source that finds the header in this checkout; gives what the compiler complains of.
    #[allow(dead_code, reason = "not every test checks against this checkout")]
    pub fn check(&self, source: &str) -> Result<(), String> {
        let include = include();
        let place = include.to_str().expect("the checkout's path is text");
        self.clone().with(&["-I", place]).run(source)
    }

    /// Checks a source, with no other arguments than those given.
    pub fn run(&self, source: &str) -> Result<(), String> {
        let mut child = Command::new(&self.program)
            .args(&self.arguments)
            .args(["-fsyntax-only", "-x", self.language, "-"])
            .stdin(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{:?} must be installed: {error}", self.program));
        let mut input = child.stdin.take().expect("the input was asked for");
        input.write_all(source.as_bytes()).expect("it is read");
        drop(input);
        let output = child.wait_with_output().expect("the compiler ends");
        if output.status.success() {
            Ok(())
        } else {
            Err(String::from_utf8_lossy(&output.stderr).into_owned())
        }
    }
}
