// SPDX-License-Identifier: BSD-3-Clause
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { metadataError } from "../src/metadata.js";

const script = new URL("../../../kernel-rs/metadata.sh", import.meta.url).pathname;
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "knem-metadata-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(path: string, text: string, mode = 0o644): string {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  chmodSync(file, mode);
  return file;
}

/** Headers of a kernel that rustc 1.85.1 and gcc 14.2.0 built, with compilers that say they are those. */
function headers(): string {
  write(
    "headers/.config",
    [
      'CONFIG_CC_VERSION_TEXT="x86_64-linux-gnu-gcc-14 (Debian 14.2.0-19) 14.2.0"',
      "CONFIG_GCC_VERSION=140200",
      "CONFIG_RUSTC_VERSION=108501",
      "CONFIG_RUST=y",
      'CONFIG_RUSTC_VERSION_TEXT="rustc 1.85.1 (4eb161250 2025-03-15)"',
      "",
    ].join("\n"),
  );
  write(
    "headers/Module.symvers",
    "0x1\t_RNvAlpha\tvmlinux\tEXPORT\n0x2\tkmalloc\tvmlinux\tEXPORT\n0x3\trust_helper_b\tvmlinux\tE\n",
  );
  write("headers/include/generated/a.h", "#define A 1\n");
  write("headers/include/generated/compile.h", "stock\n");
  write("headers/include/config/auto.conf", "CONFIG_RUST=y\n");
  write("headers/Makefile", "KBUILD_OUTPUT=/somewhere\ninclude x\n");
  compilers("1.85.1", "14.2.0");
  return join(folder, "headers");
}

function compilers(rustc: string, gcc: string): void {
  write("bin/rustc", `#!/bin/sh\necho "rustc ${rustc} (abc 2025-01-01)"\n`, 0o755);
  write("bin/cc", `#!/bin/sh\necho ${gcc}\n`, 0o755);
}

/** What `make prepare` would have left, for the same kernel. */
function build(): string {
  write("build/rust/exports_core_generated.h", "EXPORT_SYMBOL_RUST_GPL(_RNvAlpha);\n");
  write("build/rust/exports_helpers_generated.h", "EXPORT_SYMBOL_RUST_GPL(rust_helper_b);\n");
  write("build/rust/libcore.rmeta", "meta");
  write("build/rust/libmacros.so", "so");
  write("build/scripts/target.json", "{}");
  write("build/include/generated/a.h", "#define A 1\n");
  write("build/include/generated/compile.h", "ours\n");
  write("build/include/config/auto.conf", "CONFIG_RUST=y\n");
  return join(folder, "build");
}

function sh(...args: string[]) {
  const env = { ...process.env, RUSTC: join(folder, "bin/rustc"), CC: join(folder, "bin/cc") };
  const { status, stderr } = spawnSync("sh", [script, ...args], { env, encoding: "utf8" });
  return { status, stderr, ...metadataError(status ?? -1, stderr) };
}

const edit = (path: string, from: string, to: string) =>
  write(path, readFileSync(join(folder, path), "utf8").replace(from, to));

describe("the compilers", () => {
  test("are accepted when they are the kernel's own", () => {
    expect(sh("check", headers())).toMatchObject({ status: 0, stderr: "" });
  });

  test("another rustc is refused, both versions named", () => {
    const path = headers();
    compilers("1.97.1", "14.2.0");
    const { code, why } = sh("check", path);
    expect(code).toBe("TOOLCHAIN_MISMATCH");
    expect(why).toMatch(/rustc 1\.97\.1 .*; the kernel: rustc 1\.85\.1/);
  });

  test("a patch level of rustc is another rustc", () => {
    const path = headers();
    compilers("1.85.0", "14.2.0");
    expect(sh("check", path).status).toBe(4);
  });

  test("another gcc is refused, both versions named", () => {
    const path = headers();
    compilers("1.85.1", "14.3.0");
    const { code, why } = sh("check", path);
    expect(code).toBe("TOOLCHAIN_MISMATCH");
    expect(why).toMatch(/14\.3\.0; the kernel: x86_64-linux-gnu-gcc-14 \(Debian 14\.2\.0-19\)/);
  });

  test("no rustc at all is told as such", () => {
    const path = headers();
    rmSync(join(folder, "bin/rustc"));
    expect(sh("check", path).why).toMatch(/here: no rustc; the kernel: rustc 1\.85\.1/);
  });

  test("a kernel without Rust is refused", () => {
    const path = headers();
    edit("headers/.config", "CONFIG_RUST=y\n", "# CONFIG_RUST is not set\n");
    expect(sh("check", path).code).toBe("NO_RUST");
  });
});

describe("the verification", () => {
  test("passes when exports, headers and configuration are the stock ones", () => {
    expect(sh("verify", headers(), build())).toMatchObject({ status: 0, stderr: "" });
  });

  test.each([
    [
      "an export too many",
      "build/rust/exports_core_generated.h",
      "_RNvAlpha);\n",
      "_RNvAlpha);\nEXPORT_SYMBOL_RUST_GPL(_RNvZulu);\n",
      "EXPORTS_DIFFER",
      "ours _RNvZulu",
    ],
    [
      "an export renamed",
      "build/rust/exports_core_generated.h",
      "Alpha",
      "Beta",
      "EXPORTS_DIFFER",
      "stock _RNvAlpha",
    ],
    [
      "an export too few",
      "build/rust/exports_helpers_generated.h",
      "EXPORT_SYMBOL_RUST_GPL(rust_helper_b);",
      "",
      "EXPORTS_DIFFER",
      "stock rust_helper_b",
    ],
    [
      "a generated header",
      "build/include/generated/a.h",
      "A 1",
      "A 2",
      "HEADERS_DIFFER",
      "generated/a.h",
    ],
    [
      "auto.conf",
      "build/include/config/auto.conf",
      "=y",
      "=m",
      "AUTOCONF_DIFFERS",
      "stock CONFIG_RUST=y",
    ],
  ])("names the first difference: %s", (_, path, from, to, code, difference) => {
    const [stock, ours] = [headers(), build()];
    edit(path, from, to);
    const refused = sh("verify", stock, ours);
    expect(refused.code).toBe(code);
    expect(refused.why).toContain(difference);
    expect(refused.stderr.trim().split("\n")).toHaveLength(3);
  });

  test("no exports at all do not pass as equal", () => {
    const [stock, ours] = [headers(), build()];
    write("headers/Module.symvers", "");
    write("build/rust/exports_core_generated.h", "");
    write("build/rust/exports_helpers_generated.h", "");
    expect(sh("verify", stock, ours).code).toBe("EXPORTS_DIFFER");
  });
});

describe("the graft", () => {
  test("finds itself, holds the metadata, and refers to the rest", () => {
    const [stock, ours] = [headers(), build()];
    write("kbuild/scripts/Makefile.build", "rules");
    symlinkSync("../kbuild/scripts", join(stock, "scripts"));
    const out = join(folder, "out");
    expect(sh("graft", stock, ours, out)).toMatchObject({ status: 0, stderr: "" });
    const read = (path: string) => readFileSync(join(out, path), "utf8");
    expect(read("Makefile")).toBe(`KBUILD_OUTPUT=${out}\ninclude x\n`);
    expect(read("scripts/Makefile.build")).toBe("rules");
    expect(read("scripts/target.json")).toBe("{}");
    expect([read("rust/libcore.rmeta"), read("rust/libmacros.so")]).toEqual(["meta", "so"]);
    expect(read(".config")).toContain("CONFIG_RUST=y");
  });

  test("without metadata there is no tree", () => {
    const [stock, ours] = [headers(), build()];
    rmSync(join(ours, "rust/libcore.rmeta"));
    expect(sh("graft", stock, ours, join(folder, "out")).status).toBe(9);
    expect(() => readFileSync(join(folder, "out/Makefile"))).toThrow();
  });
});

test("the source is unpacked without what plays no part", () => {
  const top = "linux-source-7.3";
  const files = [
    "Makefile",
    "drivers/a/Kconfig",
    "drivers/a/b.c",
    "rust/helpers/net/x.c",
    "net/core/y.c",
  ];
  for (const name of files) write(`pack/${top}/${name}`, name);
  const tarball = join(folder, `${top}.tar.xz`);
  spawnSync("tar", ["-C", join(folder, "pack"), "-cJf", tarball, top]);
  const out = join(folder, "source");
  expect(sh("unpack", tarball, out).status).toBe(0);
  const there = (name: string) => spawnSync("test", ["-f", join(out, name)]).status === 0;
  expect(files.filter(there)).toEqual(["Makefile", "drivers/a/Kconfig", "rust/helpers/net/x.c"]);
});

test("a tarball cut short is refused", () => {
  const tarball = write("linux-source-7.3.tar.xz", "not a tarball");
  expect(sh("unpack", tarball, join(folder, "source")).code).toBe("UNPACK_FAILED");
});

test("a kernel's make that fails is told with its first error and its log", () => {
  const stock = headers();
  write("headers/.kernelvariables", "override ARCH = x86\noverride KERNELRELEASE = 7.3.4\n");
  write("source/Makefile", "olddefconfig:\n\t@echo 'fatal error: no such thing' >&2; false\n");
  cpSync(join(stock, ".config"), join(folder, "config"));
  const { code, why, remedy } = sh(
    "make",
    stock,
    join(folder, "source"),
    join(folder, "work"),
    join(folder, "out"),
  );
  expect(code).toBe("KERNEL_MAKE_FAILED");
  expect(why).toContain("fatal error: no such thing");
  expect(remedy).toContain("make.log");
});

test("a configuration that does not hold is refused with the first difference", () => {
  const stock = headers();
  write("source/Makefile", "olddefconfig:\n\t@sed -i s/140200/130000/ $(O)/.config\n");
  const { code, why } = sh(
    "make",
    stock,
    join(folder, "source"),
    join(folder, "work"),
    join(folder, "out"),
  );
  expect(code).toBe("CONFIG_DIFFERS");
  expect(why).toContain("CONFIG_GCC_VERSION=140200");
});

test.each([[[]], [["check"]], [["nonsense", "x"]], [["check", "/knem/no/such"]]])(
  "%j is refused",
  (args) => {
    const { status, stderr } = sh(...args);
    expect(status).toBe(2);
    expect(stderr).toMatch(/^error: .*\n {2}why: .*\n {2}what to do: /);
  },
);
