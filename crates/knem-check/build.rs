// SPDX-License-Identifier: BSD-3-Clause

//! Lists the conformance programs, so that the runner knows its siblings without guessing.

use std::{env, fs, path::Path};

fn main() {
    println!("cargo::rerun-if-changed=src/bin");
    let mut names: Vec<String> = fs::read_dir("src/bin")
        .expect("src/bin holds the programs")
        .map(|entry| entry.expect("src/bin can be listed").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .map(|path| path.file_stem().unwrap().to_string_lossy().into_owned())
        .collect();
    names.sort();
    let out = env::var("OUT_DIR").expect("cargo sets OUT_DIR");
    fs::write(Path::new(&out).join("programs.rs"), format!("&{names:?}\n"))
        .expect("the output folder can be written");
}
