// SPDX-License-Identifier: BSD-3-Clause
import { MEMBER, OTHER } from "./people.js";
import { launch, MPI, type Stack, type StackName, stacks } from "./stacks.js";
import type { SystemName } from "./systems.js";
import { type Attempt, quote } from "./trial.js";

/** The stacks of a system. */
export function stacksOf(system: SystemName): [StackName, Stack][] {
  return (Object.entries(stacks) as [StackName, Stack][]).filter(
    ([, stack]) => stack.system === system,
  );
}

/** A program on that many ranks of a stack, as an attempt named by the stack and what it is about. */
export function attempt(
  name: StackName,
  about: string,
  program: readonly string[],
  { ranks = 2, user = MEMBER } = {},
): Attempt {
  return { name: `${name}: ${about}`, user, command: launch(stacks[name], ranks, ...program) };
}

/** The program that validates, in a stack's own build. */
export const validate = (name: StackName, about: string, options = {}): Attempt =>
  attempt(name, about, [`${MPI}/validate.${stacks[name].programs}`], options);

/** NetPIPE checks what it sends; up to that many bytes. */
export const netpipe = (name: StackName): Attempt => {
  const program = stacks[name].programs === "mpich" ? "NPmpich2" : "NPopenmpi";
  return attempt(name, "NetPIPE", [program, "-i", "-u", "1048577", "-o", "/tmp/np.out"]);
};

/** HPC Challenge, which needs its input in the folder it runs in and has its results there. */
export function hpcc(name: StackName): Attempt {
  const folder = `/tmp/hpcc-${name}`;
  const enter = `mkdir ${folder} && cp ${MPI}/hpccinf.txt ${folder} && cd ${folder}`;
  const run = launch(stacks[name], 2, "hpcc").map(quote).join(" ");
  const script = `${enter} && ${run} && cat hpccoutf.txt`;
  return { name: `${name}: hpcc`, user: MEMBER, command: ["sh", "-c", script] };
}

/** UCX's own benchmark over KNEM alone: `put_bw` or `get`. */
export function perftest(test: "put_bw" | "get", bytes = 65536, rounds = 50): Attempt {
  const command = ["sh", `${MPI}/perftest.sh`, test, String(bytes), String(rounds)];
  return { name: `ucx: ${test}`, user: MEMBER, command };
}

/** Our client in the ways of old. */
export const legacy: Attempt = { name: "legacy", user: MEMBER, command: [`${MPI}/legacy`] };

/** As somebody who may not use the device. */
export const outside = (name: StackName): Attempt => validate(name, "outside", { user: OTHER });

/** The line of a guest's script that kills one of a stack's two ranks. */
export function killLine(name: StackName): string {
  const command = launch(stacks[name], 2, `${MPI}/endure.${stacks[name].programs}`);
  return ["kill_one", ...[`${name}: kill`, MEMBER, ...command].map(quote)].join(" ");
}
