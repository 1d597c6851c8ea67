// SPDX-License-Identifier: BSD-3-Clause
import { constants } from "node:os";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { $, type Shell } from "zx";
import { KnemError, systemCode } from "./errors.js";
import { interrupt } from "./interrupt.js";
import { packageOf } from "./needs.js";

export interface CommandOptions {
  readonly cwd?: string;
  /** Replaces the environment when given. */
  readonly env?: NodeJS.ProcessEnv;
  /** Written to the command's standard input, which is then closed. */
  readonly input?: string;
  /** Called with each line of standard output and standard error as it comes. */
  readonly onLine?: (line: string) => void;
  /** Ends the command when aborted; by default the process's own interrupt. */
  readonly signal?: AbortSignal;
}

export interface CommandResult {
  /** The exit status, or 128 + the number of the signal that ended the command. */
  readonly status: number;
  readonly stdout: string;
  /** Standard output and standard error in the order in which they came. */
  readonly output: string;
}

/**
 * Runs a program in a process group of its own and waits for its end. The program dies with this process, however
 * that ends (a kill -9 included), and the whole group is killed when `signal` is aborted.
 * Errors: PROGRAM_MISSING; the reason of an aborted signal. A status other than 0 is a result, not an error.
 */
export async function run(
  program: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult> {
  const { signal = interrupt, onLine } = options;
  signal.throwIfAborted();
  const child = shell(options)`setpriv --pdeathsig KILL ${program} ${[...args]}`;
  const stop = () => killGroup(child.pid);
  signal.addEventListener("abort", stop, { once: true });
  // A program need not read to the end.
  if (options.input) child.stdin.on("error", ignoreClosed);
  if (onLine) {
    eachLine(child.stdout, onLine);
    eachLine(child.stderr, onLine);
  }
  const ended = await child;
  signal.removeEventListener("abort", stop);
  signal.throwIfAborted();
  const { stdout, stdall: output } = ended;
  const status = ended.exitCode ?? 128 + (ended.signal ? constants.signals[ended.signal] : 0);
  const absent = status === 127 && /^setpriv: failed to execute|setpriv: not found/.test(output);
  if (absent) throw missing(program, output.trim());
  return { status, stdout, output };
}

/** zx's `$` that becomes the command (`exec`), so that the command's parent is this process and not a shell. */
function shell({ cwd, env, input }: CommandOptions): Shell {
  const where = { ...(cwd !== undefined && { cwd }), ...(env && { env }) };
  const fixed = { prefix: "exec ", nothrow: true, quiet: true, detached: true } as const;
  // Nothing is written where nothing is to be read: the program may be over before.
  if (!input) return $({ ...where, ...fixed, stdio: ["ignore", "pipe", "pipe"] });
  return $({ ...where, ...fixed, input: Buffer.from(input) });
}

/**
 * Like `run`, but a status other than 0 is an error (COMMAND_FAILED) that says `what` could not be done, with the
 * end of the command's output as the reason.
 */
export async function must(
  what: string,
  program: string,
  args: readonly string[],
  options: CommandOptions & { remedy?: string } = {},
): Promise<CommandResult> {
  const result = await run(program, args, options);
  if (result.status === 0) return result;
  throw new KnemError({
    code: "COMMAND_FAILED",
    what,
    why: `${program} ended with status ${result.status}${tail(result.output)}`,
    remedy:
      options.remedy ??
      "read the output above; what was finished is kept, so run it again once mended",
  });
}

/** The last lines of an output, on lines of their own. */
export function tail(output: string, lines = 20): string {
  const text = output.trimEnd();
  return text ? `\n${text.split("\n").slice(-lines).join("\n")}` : "";
}

function eachLine(stream: Readable, hear: (line: string) => void): void {
  createInterface({ input: stream }).on("line", hear);
}

function ignoreClosed(error: Error): void {
  if (systemCode(error) !== "EPIPE") throw error;
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch (error) {
    if (systemCode(error) !== "ESRCH") throw error;
  }
}

function missing(program: string, reason: unknown): KnemError {
  const name = packageOf(program);
  return new KnemError(
    {
      code: "PROGRAM_MISSING",
      what: `${program} cannot be run`,
      why: reason instanceof Error ? reason.message : String(reason),
      remedy: name ? `sudo apt-get install ${name}` : `install ${program} or put it on the PATH`,
    },
    { cause: reason },
  );
}
