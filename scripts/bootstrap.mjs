// SPDX-License-Identifier: BSD-3-Clause
// Takes a fresh checkout to a running script with nothing but Node: pnpm, the workspace's packages, TypeScript, then
// scripts/.build/<name>.js. Usage: node scripts/bootstrap.mjs <start|test|build-kmod> [arguments]
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { constants, homedir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const top = resolve(dirname(fileURLToPath(import.meta.url)), "..");
const manifest = JSON.parse(readFileSync(join(top, "package.json"), "utf8"));
const cache = resolve(
  process.env.KNEM_CACHE ?? join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "knem"),
);

class BootstrapError extends Error {
  constructor(what, why, remedy) {
    super(`error: ${what}\n  why: ${why}\n  what to do: ${remedy}`);
  }
}

/** Runs a program to its end; its output is kept and shown only when it fails, unless `show`. */
function run(program, args, { show = false } = {}) {
  return new Promise((done, fail) => {
    const child = spawn(program, args, { cwd: top, stdio: show ? "inherit" : "pipe" });
    let output = "";
    child.stdout?.on("data", (chunk) => (output += chunk));
    child.stderr?.on("data", (chunk) => (output += chunk));
    // A script that is told to stop cleans up first; its parent must outlive it to pass its status on.
    const pass = (signal) => child.kill(signal);
    const signals = ["SIGTERM", "SIGHUP"];
    const wait = () => {};
    for (const signal of signals) process.on(signal, pass);
    process.on("SIGINT", wait);
    child.on("error", fail);
    child.on("close", (status, signal) => {
      for (const name of signals) process.off(name, pass);
      process.off("SIGINT", wait);
      done({ status: status ?? 128 + constants.signals[signal], output });
    });
  });
}

/** One line a step: what is done, and how long it took. */
async function step(name, work) {
  const begin = Date.now();
  await work();
  console.log(`${name}: ${((Date.now() - begin) / 1000).toFixed(1)} s`);
}

function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  throw new BootstrapError(
    `Node ${process.versions.node} is too old`,
    "TypeScript's and vitest's releases in use need Node 20.19 or newer",
    "install Node 20.19 or newer, then run this again",
  );
}

/** The pnpm that package.json pins, from the cache or fetched by npm (which checks its integrity). */
async function pnpm() {
  const version = manifest.packageManager.replace("pnpm@", "");
  const home = join(cache, "pnpm", version);
  const program = join(home, "node_modules", "pnpm", "bin", "pnpm.cjs");
  if (existsSync(program)) return program;
  await step(`fetched pnpm ${version}`, async () => {
    mkdirSync(dirname(home), { recursive: true });
    const half = mkdtempSync(`${home}.tmp-`);
    try {
      const { status, output } = await run("npm", [
        ...["install", "--prefix", half, "--no-save", "--ignore-scripts", "--no-audit"],
        ...["--no-fund", "--loglevel=error", `pnpm@${version}`],
      ]);
      if (status !== 0) {
        throw new BootstrapError(
          `npm could not fetch pnpm ${version}`,
          output.trim() || `npm ended with status ${status}`,
          "check the network and npm's registry setting (npm config get registry), then run this again",
        );
      }
      // Another run may have been quicker: its copy is as good as ours.
      if (!existsSync(program)) renameSync(half, home);
    } finally {
      rmSync(half, { recursive: true, force: true });
    }
  });
  return program;
}

/** Installs the workspace's packages when what they are made from has changed since they were last installed. */
async function install() {
  const hash = createHash("sha256").update(process.versions.node);
  const inputs = ["package.json", "pnpm-workspace.yaml", "pnpm-lock.yaml"];
  const packages = readdirSync(join(top, "packages")).map(
    (name) => `packages/${name}/package.json`,
  );
  for (const name of [...inputs, ...packages, "scripts/package.json"]) {
    // A folder without one is left over from another branch.
    if (existsSync(join(top, name))) hash.update(readFileSync(join(top, name)));
  }
  const wanted = hash.digest("hex");
  const stamp = join(top, "node_modules", ".knem-installed");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return;
  const program = await pnpm();
  await step("installed the workspace", async () => {
    const { status, output } = await run(process.execPath, [
      ...[program, "install", "--frozen-lockfile", "--config.confirmModulesPurge=false"],
    ]);
    if (status !== 0) {
      throw new BootstrapError(
        "pnpm could not install the workspace's packages",
        output.trim().split("\n").slice(-12).join("\n       "),
        "check the network; if the lockfile is out of date, run pnpm install and look at the difference",
      );
    }
    writeFileSync(stamp, wanted);
  });
}

async function compile() {
  const compiler = join(top, "node_modules", "typescript", "bin", "tsc");
  await step("compiled the TypeScript", async () => {
    const { status, output } = await run(process.execPath, [compiler, "-b"]);
    if (status === 0) return;
    throw new BootstrapError(
      "the TypeScript does not compile",
      output.trim(),
      "mend what is named",
    );
  });
}

/** Two runs in one checkout must not install or compile at once: the second waits, then finds all done. */
async function setUp() {
  const key = createHash("sha256").update(top).digest("hex").slice(0, 12);
  mkdirSync(join(cache, "checkout"), { recursive: true });
  const lock = join(cache, "checkout", `${key}.lock`);
  const self = [process.execPath, fileURLToPath(import.meta.url), "--set-up"];
  return (await run("flock", ["--no-fork", lock, ...self], { show: true })).status;
}

async function main([name, ...args]) {
  checkNode();
  if (name === "--set-up") {
    await install();
    return compile();
  }
  if (!name || !existsSync(join(top, "scripts", `${name}.ts`))) {
    throw new BootstrapError(
      `there is no script ${name ?? "named"}`,
      "the first argument names a script of scripts/",
      "use npm start, npm test or pnpm build:kmod",
    );
  }
  process.exitCode = await setUp();
  if (process.exitCode !== 0) return;
  const script = join(top, "scripts", ".build", `${name}.js`);
  process.exitCode = (await run(process.execPath, [script, ...args], { show: true })).status;
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof BootstrapError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
