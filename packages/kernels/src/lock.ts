// SPDX-License-Identifier: BSD-3-Clause
import { type ChildProcess, spawn } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { KnemError } from "./errors.js";
import { interrupt } from "./interrupt.js";

/** A lock that is held; it goes away with this process, however that ends. */
export interface Lock {
  release(): Promise<void>;
}

/**
 * Takes the lock of `file` (created if need be), waiting for whoever holds it; `wait: false` gives undefined instead
 * of waiting. The kernel keeps the lock (flock) for a child that ends with this process, so kill -9 frees it.
 * Errors: LOCK_FAILED; the interrupt's reason while waiting.
 */
export async function lock(file: string): Promise<Lock>;
export async function lock(file: string, options: { wait: false }): Promise<Lock | undefined>;
export async function lock(file: string, options = { wait: true }): Promise<Lock | undefined> {
  await mkdir(dirname(file), { recursive: true });
  interrupt.throwIfAborted();
  const how = options.wait ? ["--exclusive"] : ["--exclusive", "--nonblock"];
  // Detached: a Ctrl-C in the terminal must not free the lock before the half-made work is removed.
  const child = spawn("flock", [...how, "--no-fork", file, "sh", "-c", "echo held; exec cat"], {
    detached: true,
    stdio: ["pipe", "pipe", "inherit"],
  });
  return (await held(child, file)) ? { release: () => release(child) } : undefined;
}

/** Does `work` while holding the lock of `file`. */
export async function locked<T>(file: string, work: () => Promise<T>): Promise<T> {
  const held = await lock(file);
  try {
    return await work();
  } finally {
    await held.release();
  }
}

function held(child: ChildProcess, file: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      child.kill("SIGKILL");
      reject(interrupt.reason);
    };
    const settle = (end: () => void) => {
      interrupt.removeEventListener("abort", stop);
      end();
    };
    interrupt.addEventListener("abort", stop, { once: true });
    child.on("error", (error) => settle(() => reject(failed(file, error.message))));
    child.stdout?.once("data", () => settle(() => resolve(true)));
    // flock's status for "somebody else holds it" is 1.
    child.once("close", (status) =>
      settle(() =>
        status === 1 ? resolve(false) : reject(failed(file, `flock ended: ${status}`)),
      ),
    );
  });
}

function release(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.once("close", () => resolve());
    child.stdin?.end();
  });
}

function failed(file: string, why: string): KnemError {
  return new KnemError({
    code: "LOCK_FAILED",
    what: `the lock ${file} could not be taken`,
    why,
    remedy: "install util-linux (which has flock) and check that the folder can be written to",
  });
}
