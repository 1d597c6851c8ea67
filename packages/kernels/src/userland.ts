// SPDX-License-Identifier: BSD-3-Clause
import { copyFile, mkdir, readdir, readFile, rename, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { Cache } from "./cache.js";
import { compileClients } from "./clients.js";
import { type CommandResult, tail } from "./command.js";
import { buildCrate, CRATE_TEST } from "./crate.js";
import { KnemError } from "./errors.js";
import { cargoFor, type PlatformName, platforms } from "./platforms.js";
import type { Sandbox } from "./sandbox.js";
import type { Count } from "./tier.js";
import { hashOf, mirror, sourceFiles } from "./tree.js";

/** What the products are made of, from the checkout's top. */
const SOURCES = [
  ...["Cargo.toml", "Cargo.lock", "clippy.toml", "rustfmt.toml", "crates", "include"],
  ...["kernel-rs/abi.rs", "kernel-rs/logic", "packages/knem/package.json"],
];

/** What the clients are made of. */
const CLIENT_SOURCES = ["examples", "include"];

/** What tests read besides: they hold the code against the documents and the module. */
const TESTED = [
  ...SOURCES.filter((name) => !name.startsWith("kernel-rs")),
  "docs",
  "examples",
  "dkms.conf",
  "fuzz",
  "kernel-rs",
];

/** How code is compiled that is to tell a fuzzer where it has been. */
const COVERAGE = [
  "-Cpasses=sancov-module",
  "-Cllvm-args=-sanitizer-coverage-level=4",
  "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
  "-Cllvm-args=-sanitizer-coverage-pc-table",
  "-Cllvm-args=-sanitizer-coverage-trace-compares",
  "-Clink-dead-code",
  "--cfg=fuzzing",
];

/** With a platform named, what runs while building is compiled as usual. */
const FUZZ_PLATFORM = "x86_64-unknown-linux-gnu";

const SOURCE_INSIDE = "/knem/source";
const CHECKOUT_INSIDE = "/knem/checkout";
const OUT_INSIDE = "/knem/out";

/** The crates that are programs. */
export type ProgramCrate = "knem-bench" | "knem-check";

/** Programs of a crate. */
export interface ProgramChoice {
  readonly crate: ProgramCrate;
  /** What they are to run on; default amd64. */
  readonly platform?: PlatformName;
  /** All, if none is named. */
  readonly only?: readonly string[];
}

/** Programs and where they lie. */
export interface Programs {
  readonly folder: string;
  readonly names: readonly string[];
}

/** What packages/knem loads. */
export interface Binding {
  /** The Node binding (`knem.linux-x64-gnu.node`), as placed in packages/knem. */
  readonly file: string;
  /** Its TypeScript declarations, as generated with it. */
  readonly declarations: string;
}

/**
 * The cargo workspace of a checkout. It is built from a mirror in the cache, with one target folder for all
 * checkouts: a file of the mirror is written only when its content changes, so cargo's time stamps never lie.
 */
export class Userland {
  constructor(
    private readonly cache: Cache,
    private readonly sandbox: Sandbox,
    private readonly checkout: string,
  ) {}

  /** The release programs of a crate, or some of them. Errors: CARGO_FAILED, DISK_FULL. */
  async programs({ crate, platform = "amd64", only = [] }: ProgramChoice): Promise<Programs> {
    const install = ["cargo", "install", "--locked", "--no-track", "--root", OUT_INSIDE];
    const chosen = ["--path", `crates/${crate}`, ...only.map((name) => `--bin=${name}`)];
    const argv = [...cargoFor(platforms[platform]), ...install, ...chosen];
    return programsIn(join(await this.product(crate, argv), "bin"));
  }

  /** The clients of examples/, each once for every way of compiling it. Errors: CARGO_FAILED, DISK_FULL. */
  async clients(platform: PlatformName = "amd64"): Promise<Programs> {
    const build = compileClients(platform, "examples", "include", OUT_INSIDE);
    return programsIn(await this.product("the clients", ["sh", "-euc", build], CLIENT_SOURCES));
  }

  /** The client crate's examples, in the folder `examples`, and its tests for a real module. Errors: CARGO_FAILED, DISK_FULL. */
  crate(): Promise<string> {
    return this.product("the examples of knem", ["sh", "-euc", buildCrate(OUT_INSIDE)]);
  }

  /** The Node binding. Errors: CARGO_FAILED, DISK_FULL. */
  async binding(): Promise<Binding> {
    const cli = `${CHECKOUT_INSIDE}/packages/knem/node_modules/@napi-rs/cli/dist/cli.js`;
    const build = ["build", "--platform", "--release", "--no-js", "--package", "knem-node"];
    const where = ["--manifest-path", `${SOURCE_INSIDE}/crates/knem-node/Cargo.toml`];
    // The command stages its products beside the folder for them, so that folder is not the bound one itself.
    const out = `${OUT_INSIDE}/node`;
    const call = ["node", cli, ...build, ...where, "--output-dir", out];
    const argv = ["sh", "-c", `mkdir ${out}; cd packages/knem && exec "$@"`, "sh", ...call];
    const entry = join(await this.product("knem-node", argv), "node");
    const name = (await readdir(entry)).find((name) => name.endsWith(".node")) ?? "";
    const file = join(this.checkout, "packages/knem", name);
    await place(join(entry, name), file);
    return { file, declarations: join(entry, "index.d.ts") };
  }

  /**
   * Holds the declarations of the binding that packages/knem has against those that its Rust source gives.
   * Errors: DECLARATIONS_DIFFER.
   */
  async checkDeclarations(): Promise<void> {
    const { declarations } = await this.binding();
    const committed = join(this.checkout, "packages/knem/src/binding.d.ts");
    if ((await readFile(declarations, "utf8")) === (await readFile(committed, "utf8"))) return;
    throw new KnemError({
      code: "DECLARATIONS_DIFFER",
      what: "the binding's TypeScript declarations are not what its Rust source says",
      why: `${committed} differs from ${declarations}`,
      remedy: `cp ${declarations} ${committed}`,
    });
  }

  /** `cargo test`; gives the numbers of tests that passed and failed. Errors: CARGO_FAILED if it did not compile. */
  async test(): Promise<Count> {
    // The programs of knem-check are tests themselves, for guests; here only their library is tested.
    const script = [
      "cargo test --locked --no-fail-fast --workspace --all-features --exclude knem-check; others=$?",
      "cargo test --locked --no-fail-fast --package knem-check --lib && exit $others",
    ].join("\n");
    const result = await this.inside(["sh", "-c", script]);
    const counts = countTests(result.output);
    if (result.status !== 0 && counts.failed === 0) throw cargoFailed("cargo test", result);
    return { ...counts, ...(counts.failed > 0 && { failures: tail(result.output, 80) }) };
  }

  /** The names of the fuzz targets. */
  async fuzzTargets(): Promise<string[]> {
    const files = await readdir(join(this.checkout, "fuzz/fuzz_targets"));
    return files.map((file) => basename(file, ".rs")).sort();
  }

  /**
   * Fuzzes one target for so many seconds, beginning with the inputs that the checkout has.
   * Errors: CARGO_FAILED, with the input, if one was found that it does not stand, or it did not compile.
   */
  async fuzz(target: string, seconds: number): Promise<void> {
    const program = `target/${FUZZ_PLATFORM}/release/${target}`;
    const limits = `-max_total_time=${seconds} -max_len=256 -timeout=10`;
    const script = [
      `cd fuzz && mkdir /tmp/found`,
      `cargo build --locked --release --target=${FUZZ_PLATFORM} --bin=${target}`,
      `${program} ${limits} -artifact_prefix=/tmp/ /tmp/found corpus/${target}`,
    ].join(" && ");
    const env = { RUSTFLAGS: COVERAGE.join(" ") };
    const result = await this.inside(["sh", "-c", script], undefined, env);
    if (result.status !== 0) throw cargoFailed(`fuzzing ${target}`, result);
  }

  /** clippy over every crate, warnings being errors. Errors: CARGO_FAILED. */
  async lint(): Promise<void> {
    const lint = ["clippy", "--locked", "--all-features"];
    const all = ["--workspace", "--all-targets", "--", "-Dwarnings"];
    await this.check("cargo clippy", [...lint, ...all]);
    // Not among all targets, because it is not a test here.
    const test = ["--package", "knem", "--test", CRATE_TEST, "--", "-Dwarnings"];
    await this.check("cargo clippy", [...lint, ...test]);
    const document = ["rustdoc", "--locked", "--package", "knem", "--all-features"];
    await this.check("cargo rustdoc", [...document, "--", "-Dwarnings"]);
  }

  /** rustfmt over every crate. Errors: CARGO_FAILED. */
  async checkFormat(): Promise<void> {
    await this.check("cargo fmt", ["fmt", "--all", "--check"]);
    const fuzz = ["--manifest-path", "fuzz/Cargo.toml"];
    await this.check("cargo fmt", ["fmt", ...fuzz, "--check"]);
  }

  /** What `argv` leaves in OUT_INSIDE, made once for these sources and this root. */
  private async product(crate: string, argv: readonly string[], of = SOURCES): Promise<string> {
    const sources = await hashOf(this.checkout, await this.files(of));
    const inputs = { crate, sources, argv, root: this.sandbox.root.key };
    const make = async (folder: string) => {
      const result = await this.inside(argv, folder);
      if (result.status !== 0) throw cargoFailed(`building ${crate}`, result);
    };
    return this.cache.entry("userland", inputs, make, { needs: 1e9 });
  }

  private async check(what: string, args: readonly string[]): Promise<void> {
    const result = await this.cargo(args);
    if (result.status !== 0) throw cargoFailed(what, result);
  }

  private cargo(args: readonly string[]): Promise<CommandResult> {
    return this.inside(["cargo", ...args]);
  }

  /** Runs a command in the mirrored sources, with the target folder and cargo's home of the cache. */
  private inside(
    argv: readonly string[],
    out?: string,
    env: Readonly<Record<string, string>> = {},
  ): Promise<CommandResult> {
    return this.cache.shared("cargo", async (folder) => {
      const source = join(folder, "source");
      for (const name of ["source", "target", "home"])
        await mkdir(join(folder, name), { recursive: true });
      await mkdir(join(source, "target"), { recursive: true });
      await mirror(this.checkout, await this.files(TESTED), source);
      return this.sandbox.run(argv, {
        cwd: SOURCE_INSIDE,
        env: { CARGO_HOME: "/knem/cargo", CARGO_TERM_COLOR: "never", ...env },
        binds: [
          { from: source, to: SOURCE_INSIDE, write: true },
          { from: join(folder, "home"), to: "/knem/cargo", write: true },
          { from: this.checkout, to: CHECKOUT_INSIDE },
          ...(out ? [{ from: out, to: OUT_INSIDE, write: true }] : []),
        ],
      });
    });
  }

  private async files(names: readonly string[]): Promise<string[]> {
    const found = names.map((name) => sourceFiles(join(this.checkout, name)));
    return (await Promise.all(found)).flat();
  }
}

async function programsIn(folder: string): Promise<Programs> {
  return { folder, names: (await readdir(folder)).sort() };
}

/** The sums of cargo's `test result:` lines. */
export function countTests(output: string): { passed: number; failed: number } {
  const counts = { passed: 0, failed: 0 };
  for (const [, passed, failed] of output.matchAll(
    /^test result: .*?(\d+) passed; (\d+) failed/gm,
  )) {
    counts.passed += Number(passed);
    counts.failed += Number(failed);
  }
  return counts;
}

/** Copies a file to where others may be reading it: under another name first. */
async function place(from: string, to: string): Promise<void> {
  const old = await stat(to).catch(() => undefined);
  const fresh = await stat(from);
  if (old && old.size === fresh.size && old.mtimeMs >= fresh.mtimeMs) return;
  await mkdir(dirname(to), { recursive: true });
  await copyFile(from, `${to}.${process.pid}`);
  await rename(`${to}.${process.pid}`, to);
}

function cargoFailed(what: string, result: CommandResult): KnemError {
  return new KnemError({
    code: "CARGO_FAILED",
    what: `${what} failed`,
    why: tail(result.output, 60).trimStart(),
    remedy: "mend what is named; without a network, crates must have been fetched once before",
  });
}
