// SPDX-License-Identifier: BSD-3-Clause

//! Header and knem.pc, installed under a prefix of their own, as programs that build against KNEM
//! find them.

mod support;

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use knem_abi::VERSION;
use support::compiler::{include, Compiler, STRICT};

/// A prefix that goes away with the test.
struct Prefix(PathBuf);

impl Prefix {
    /// Installs header and knem.pc; the latter below `library`, as distributions differ in that.
    fn install(name: &str, library: &str) -> Prefix {
        let prefix = env::temp_dir().join(format!("knem-{name}.{}", std::process::id()));
        let (headers, files) = (
            prefix.join("include"),
            prefix.join(library).join("pkgconfig"),
        );
        for (from, to) in [("knem_io.h", &headers), ("knem.pc", &files)] {
            fs::create_dir_all(to).unwrap();
            fs::copy(include().join(from), to.join(from)).unwrap();
        }
        Prefix(prefix)
    }

    fn ask(&self, library: &str, question: &str) -> String {
        let output = Command::new("pkg-config")
            .args([question, "knem"])
            .env("PKG_CONFIG_LIBDIR", self.0.join(library).join("pkgconfig"))
            .env_remove("PKG_CONFIG_PATH")
            .output()
            .expect("pkg-config must be installed");
        let told = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "pkg-config {question}: {told}");
        String::from_utf8(output.stdout).unwrap().trim().to_string()
    }
}

impl Drop for Prefix {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

// proves("19.3.pkg-config")
#[test]
fn the_prefix_can_be_anywhere() {
    for (name, library) in [("lib", "lib"), ("share", "share"), ("lib64", "lib64")] {
        let prefix = Prefix::install(name, library);
        assert_eq!(prefix.ask(library, "--modversion"), VERSION);
        assert_eq!(prefix.ask(library, "--libs"), "");
        let flags = prefix.ask(library, "--cflags");
        let folder = flags.strip_prefix("-I").expect("one folder of headers");
        let folder = fs::canonicalize(folder).unwrap();
        assert_eq!(folder, fs::canonicalize(prefix.0.join("include")).unwrap());
    }
}

// proves("19.3.pkg-config")
#[test]
fn a_client_is_built_with_what_it_tells() {
    let prefix = Prefix::install("client", "lib");
    let flags = prefix.ask("lib", "--cflags");
    let program = prefix.0.join("client");
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/client.c");
    let output = Command::new(env::var_os("CC").unwrap_or_else(|| "cc".into()))
        .arg("-std=c99")
        .args(STRICT)
        .args(flags.split_whitespace())
        .arg(source)
        .arg("-o")
        .arg(&program)
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{told}");
    assert!(program.exists());
}

// proves("4.declared")
// proves("4.usable-in-if")
#[test]
fn configure_scripts_find_what_they_look_for() {
    let prefix = Prefix::install("configure", "lib");
    let flags = prefix.ask("lib", "--cflags");
    // UCX asks for a declaration, Open MPI for an ABI that is new enough.
    let compiler = Compiler::c("gnu11").with(&flags.split_whitespace().collect::<Vec<_>>());
    let sources = [
        "#include <knem_io.h>\nint main(void)\n{\n#ifndef KNEM_CMD_GET_INFO\n\
         (void) KNEM_CMD_GET_INFO;\n#endif\nreturn 0;\n}\n",
        "#include <knem_io.h>\nint main(void)\n{\n#if KNEM_ABI_VERSION < 0xc\n\
         #error \"Version needs to be at least 0xc\"\n#endif\nreturn 0;\n}\n",
    ];
    for source in sources {
        compiler.run(source).unwrap();
    }
    assert!(
        Compiler::c("gnu11").run(sources[0]).is_err(),
        "another header was found"
    );
}
