// SPDX-License-Identifier: BSD-3-Clause

/** The tests of the client crate that need a real module, in crates/knem/tests. */
export const CRATE_TEST = "device";

/**
 * The shell script that builds the client crate's examples, and its tests for a real module, into `out`, the former in
 * `examples`; no name in it needs to be quoted. It runs at the top of the sources.
 */
export function buildCrate(out: string): string {
  const options = "--release --locked --package knem --all-features";
  return [
    `mkdir ${out}/examples`,
    `cargo build ${options} --examples`,
    "for source in crates/knem/examples/*.rs; do",
    `  cp target/release/examples/$(basename $source .rs) ${out}/examples`,
    "done",
    // Cargo says under which name it has built the tests.
    `cargo test ${options} --no-run --test ${CRATE_TEST} 2> ${out}/log || { cat ${out}/log >&2; exit 1; }`,
    `cp $(sed -n 's/^ *Executable .*(\\(.*\\))$/\\1/p' ${out}/log) ${out}/${CRATE_TEST}`,
    `rm ${out}/log`,
  ].join("\n");
}
