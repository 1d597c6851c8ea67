// SPDX-License-Identifier: BSD-3-Clause
import { boot } from "@knem/guest";
import { KnemError, type Sandbox, type Target, together, type Workshop } from "@knem/kernels";
import type { BenchDocument } from "../document.js";
import { sameKernels } from "../kernels.js";
import { BIN, parts } from "../measure.js";
import type { Profile } from "./profile.js";
import { Recorder } from "./record.js";
import { type Subject, subjectText } from "./subject.js";

/** Profiles, and the kernel that they are of. */
export interface Profiled {
  readonly release: string;
  readonly profiles: readonly Profile[];
}

/**
 * Has every instruction of some calls recorded on a target's stock kernel, with this checkout's module or with another
 * build of it.
 * Errors: BENCH_FAILED with what knem-bench said; BENCH_TRACE_INVALID; those of building and booting.
 */
export async function profiles(
  workshop: Workshop,
  target: Target,
  subjects: readonly Subject[],
  module?: string,
): Promise<Profiled> {
  const [kernel, { base, files, sandbox }, ko] = await together([
    workshop.kernelFiles(target),
    parts(workshop, target),
    module ? Promise.resolve(module) : workshop.module(target).then(({ ko }) => ko),
  ]);
  const recorder = new Recorder();
  const job = {
    kernel,
    base,
    files,
    modules: [{ file: ko }],
    memory: 1024,
    counted: true,
    timeLimit: 1800,
    command: ["sh", "-c", script(subjects)],
    onTrace: (label: string, file: string) => recorder.take(label, file),
  };
  const name = `recording calls on ${kernel.release}`;
  const { status, output } = await workshop.progress.step(name, () => boot(job));
  if (status !== 0) throw failed(status, output);
  return {
    release: kernel.release,
    profiles: recorder.profiles(output, await readable(sandbox, output)),
  };
}

/** A document with profiles in place of its own. Errors: BENCH_KERNELS_DIFFER. */
export function withProfiles(document: BenchDocument, made: Profiled): BenchDocument {
  const qemu = made.release;
  sameKernels(document.kernels, { qemu }, "profiles");
  return { ...document, kernels: { ...document.kernels, qemu }, profiles: made.profiles };
}

/** The shell's command: the calls, then what lies where. */
function script(subjects: readonly Subject[]): string {
  const calls = subjects.map(subjectText).join(",");
  return `echo 0 >/proc/sys/kernel/kptr_restrict && ${BIN} --trace ${calls} && cat /proc/kallsyms`;
}

/** A function that makes Rust's names readable; the module's own begin where its files do. */
async function readable(sandbox: Sandbox, kallsyms: string): Promise<(name: string) => string> {
  const names = [...new Set(kallsyms.match(/\b_R\w+/g))];
  const argv = ["c++filt", "--format=rust"];
  const { stdout } = await sandbox.must("Rust's names cannot be read", argv, {
    input: names.join("\n"),
  });
  const plain = stdout.split("\n").map((name) => name.replace(/\bmain\[\w+\]::|\[\w+\]/g, ""));
  const known = new Map(names.map((name, index) => [name, plain[index] ?? name]));
  return (name) => known.get(name) ?? name;
}

function failed(status: number, output: string): KnemError {
  return new KnemError({
    code: "BENCH_FAILED",
    what: "the calls were not recorded",
    why: `knem-bench ended with status ${status}\n${output.trim()}`,
    remedy: "run npm test, whose conformance programs look closer",
  });
}
