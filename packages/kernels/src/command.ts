// SPDX-License-Identifier: BSD-3-Clause
import { type ChildProcess, spawn } from "node:child_process";
import { constants } from "node:os";
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
export function run(
  program: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult> {
  const signal = options.signal ?? interrupt;
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const child = spawn("setpriv", ["--pdeathsig", "KILL", program, ...args], {
      cwd: options.cwd,
      env: options.env ?? process.env,
      detached: true,
      stdio: "pipe",
    });
    const stop = () => killGroup(child);
    signal.addEventListener("abort", stop, { once: true });
    const heard = listen(child, options.onLine);
    child.stdin.on("error", () => {}); // A program may end without reading its input.
    child.stdin.end(options.input ?? "");
    child.on("error", (error) => reject(missing(program, error)));
    child.on("close", (code, name) => {
      signal.removeEventListener("abort", stop);
      if (signal.aborted) return reject(signal.reason);
      const { stdout, output } = heard();
      const status = code ?? 128 + (name ? constants.signals[name] : 0);
      const absent = status === 127 && output.startsWith("setpriv: failed to execute");
      if (absent) return reject(missing(program, output.trim()));
      resolve({ status, stdout, output });
    });
  });
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

function listen(child: ChildProcess, onLine?: (line: string) => void) {
  const outputs = { stdout: "", output: "" };
  for (const name of ["stdout", "stderr"] as const) {
    let rest = "";
    child[name]?.setEncoding("utf8").on("data", (chunk: string) => {
      if (name === "stdout") outputs.stdout += chunk;
      outputs.output += chunk;
      const lines = (rest + chunk).split("\n");
      rest = lines.pop() ?? "";
      if (onLine) for (const line of lines) onLine(line);
    });
    child[name]?.on("end", () => {
      if (rest && onLine) onLine(rest);
    });
  }
  return () => outputs;
}

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, "SIGKILL");
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
