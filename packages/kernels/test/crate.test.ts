// SPDX-License-Identifier: BSD-3-Clause
import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { buildCrate } from "../src/crate.js";

/** A cargo that builds what it is asked for by making empty files, unless `BROKEN` is set. */
const CARGO = `#!/bin/sh
case $1 in
build) mkdir -p target/release/examples; touch target/release/examples/one ;;
test)
  [ -z "$BROKEN" ] || { echo "error: no" >&2; exit 101; }
  mkdir -p target/release/deps
  echo tests > target/release/deps/device-0123
  echo "  Executable tests/device/main.rs (target/release/deps/device-0123)" >&2 ;;
esac
`;

describe("buildCrate", () => {
  let folder: string;
  const build = (env = {}) =>
    execFileSync("sh", ["-euc", buildCrate(join(folder, "out"))], {
      cwd: folder,
      env: { PATH: `${folder}/bin:${process.env["PATH"]}`, ...env },
      stdio: "pipe",
    });

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "knem-crate-"));
    for (const name of ["bin", "out", "crates/knem/examples"])
      mkdirSync(join(folder, name), { recursive: true });
    writeFileSync(join(folder, "crates/knem/examples/one.rs"), "");
    writeFileSync(join(folder, "bin/cargo"), CARGO);
    chmodSync(join(folder, "bin/cargo"), 0o755);
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("brings examples and tests under names that do not change", () => {
    build();
    expect(existsSync(join(folder, "out/examples/one"))).toBe(true);
    expect(existsSync(join(folder, "out/device"))).toBe(true);
    expect(existsSync(join(folder, "out/log"))).toBe(false);
  });

  it("fails, and says why, where the tests do not compile", () => {
    expect(() => build({ BROKEN: "1" })).toThrow(/error: no/);
  });
});
