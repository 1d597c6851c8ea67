// SPDX-License-Identifier: BSD-3-Clause
import { basename } from "node:path";
import { proven, unreported } from "@knem/contract";
import { parseTap, type TapProgram } from "@knem/guest";
import { type Count, type PlatformName, platformOf, variants, type Workshop } from "@knem/kernels";
import { type Bed, suits, variantOf } from "./beds.js";
import { CRATE_TESTS, crateFiles, EXAMPLES } from "./crate.js";
import { javascriptFiles, javascriptTests } from "./javascript.js";
import { BIN, outfit, placed } from "./outfit.js";

/** The programs, and the one that runs the others. */
const CRATE = "knem-check";
const TEST = "/opt/knem/test";
const MODULE = `${TEST}/knem.ko`;
const CLIENTS = "/opt/knem/clients";

/** One run of conformance programs in a guest. */
export interface Run {
  /** The programs that are built; all, if none is named. */
  readonly only?: readonly string[];
  /** Which of those run; all, if it is not said. */
  readonly wants?: (program: string) => boolean;
  /**
   * Whether the clients in C and C++ run, too, and, where the guest's machine is the builder's, the examples and tests of
   * the Rust crate, and the tests of the JavaScript API.
   */
  readonly clients?: boolean;
  /** Whether the tests of the JavaScript API take their time: ten times as often, and a gigabyte. */
  readonly long?: boolean;
  /** Virtual CPUs; default 2. */
  readonly cpus?: number;
  /** What the programs are built for; default the kernel's own. */
  readonly platform?: PlatformName;
}

/** Each client reports as a program of one point; they run as an ordinary user. */
const EACH_CLIENT = `for client in ${CLIENTS}/* ${EXAMPLES}/*; do
  [ -e $client ] || continue
  printf '# %s\\nTAP version 13\\n' "\${client##*/}"
  su alice -c "$client" && echo "ok 1 - it ends well" || echo "not ok 1 - it ends well"
  echo 1..1
done`;

/** What a run counted, and how long the guest took from start to end. */
export interface Conformance extends Count {
  readonly seconds: number;
}

/** Runs conformance programs in a guest and counts what holds; rules that they do not prove are failures. */
export async function conformance(workshop: Workshop, bed: Bed, run: Run): Promise<Conformance> {
  const { target } = bed;
  const native = platformOf(target.arch);
  const variant = variantOf(bed);
  const { slowness } = variant ? variants[variant] : { slowness: 1 };
  const { cpus = 2, platform = native, only = [], wants = () => true } = run;
  const { clients = false, long = false } = run;
  const choice = { crate: CRATE, platform, only: only.length > 0 ? [CRATE, ...only] : [] } as const;
  const guest = await outfit(workshop, bed, choice);
  const { names } = await workshop.programs(choice);
  const wanted = names.filter((name) => name !== CRATE && suits(bed, name) && wants(name));
  const drivers = guest.drivers.map(({ ko }) => ({ to: `${TEST}/${basename(ko)}`, from: ko }));
  const files = [
    ...javascriptFiles(workshop.checkout),
    { to: MODULE, from: guest.module.ko },
    ...drivers,
    ...placed(await workshop.clients(native), CLIENTS),
    ...(clients && guest.node ? await crateFiles(workshop) : []),
  ];
  // All of them run, whatever becomes of the first.
  const own = guest.node ? [CRATE_TESTS, `${javascriptTests(long)} || checked=1`] : [];
  const others = clients ? [EACH_CLIENT, ...own] : [];
  const commands = [
    "chmod 0666 /dev/knem",
    `${BIN}/${CRATE} ${wanted.join(" ")}; checked=$?`,
    ...others,
    "exit $checked",
  ];
  const { status, output, seconds } = await guest.run({
    memory: long ? 4096 : 2048,
    files,
    env: {
      ...{ KNEM_MODULE: MODULE, KNEM_SLOWNESS: String(slowness) },
      ...(drivers[0] && { KNEM_DMA_DRIVER: drivers[0].to }),
    },
    command: ["sh", "-c", commands.join("\n")],
    cpus,
    timeLimit: (long ? 2400 : 900) * slowness,
  });
  const { passed, failed, skipped, failures, programs } = parseTap(output);
  // The guest has everything that the programs need, but where User Mode Linux runs them all.
  const complete = bed.machine !== "uml-debug";
  const hollow = failed === 0 && (status !== 0 || (complete && skipped > 0));
  if (hollow) {
    const skipping = programs.filter((one) => one.skipped > 0).map(({ name }) => `${name} skipped`);
    const failures = [...skipping, output.slice(-2000)].join("\n");
    return { passed, failed: 1, failures, seconds };
  }
  const told = failures.map(({ program, name, detail }) => `${program}: ${name}\n${detail}`);
  // Some rules are about sizes that 32-bit programs do not have; and where something may be skipped, it proves nothing.
  const partial = programs.filter((one) => !complete && one.skipped > 0).map(({ name }) => name);
  const whole = platform === native ? wanted.filter((name) => !partial.includes(name)) : [];
  const silent = await unproven(workshop.checkout, whole, programs);
  const all = [...told, ...silent];
  return {
    passed,
    failed: failed + silent.length,
    seconds,
    ...(all.length > 0 && { failures: all.join("\n") }),
  };
}

/** The rules that programs of this run should have proven and did not. */
async function unproven(checkout: string, wanted: string[], programs: readonly TapProgram[]) {
  const { proofs } = await proven(checkout);
  const theirs = proofs.filter(({ file }) => wanted.some((name) => file.endsWith(`/${name}.rs`)));
  return unreported(theirs, programs);
}
