// SPDX-License-Identifier: BSD-3-Clause
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Duplex } from "node:stream";
import { KnemError } from "@knem/kernels";

/** Is given a trace: what its program called it, and the file, which lasts until the promise is kept. */
export type OnTrace = (label: string, file: string) => Promise<void>;

/** QEMU's descriptors of the port on which traces are asked for, and of its own control. */
const [PORT, CONTROL] = [3, 4] as const;

/** How many descriptors QEMU is given for traces, after the first three. */
export const TRACER_STREAMS = 2;

/** What QEMU needs to know of them. */
export const tracerArguments: readonly string[] = [
  ...["-chardev", `socket,id=trace,fd=${PORT}`],
  ...["-device", "virtserialport,chardev=trace,name=knem.trace,nr=3"],
  ...["-chardev", `socket,id=control,fd=${CONTROL}`, "-mon", "chardev=control,mode=control"],
];

/**
 * Has QEMU record what the machine executes, where a program in the guest asks for it: a line "begin", answered by an
 * empty line, then what is to be recorded, then "end LABEL", answered likewise. Every line of a trace that begins with
 * "Trace" is one instruction, or one turn of a repeated one.
 */
export class Tracer {
  private readonly control: Control;
  private recorded = 0;
  private failure: unknown;

  constructor(
    streams: readonly Duplex[],
    private readonly folder: string,
    private readonly onTrace: OnTrace,
  ) {
    const [port, control] = streams;
    if (!port || !control) throw new Error("QEMU was started without the tracer's streams");
    this.control = new Control(control);
    void this.serve(port);
  }

  /** To be called when QEMU has ended. Errors: GUEST_TRACE_FAILED; those of `onTrace`. */
  end(): void {
    this.control.close();
    if (this.failure !== undefined) throw this.failure;
  }

  private async serve(port: Duplex): Promise<void> {
    port.on("error", () => {}); // QEMU's end is told by its status.
    try {
      for await (const line of createInterface({ input: port })) {
        const [, label] = /^end (.*)$/.exec(line) ?? [];
        if (label !== undefined) await this.finish(label);
        else await this.begin();
        port.write("\n");
      }
    } catch (error) {
      // The guest's program finds the port closed and ends; what happened is told after it.
      this.failure = error;
      port.destroy();
    }
  }

  private get file(): string {
    return join(this.folder, `trace${this.recorded}`);
  }

  /** The guest waits meanwhile, so that everything after it is recorded, instruction by instruction. */
  private async begin(): Promise<void> {
    this.recorded++;
    const file = JSON.stringify(this.file);
    for (const line of [`logfile ${file}`, "singlestep on", "log exec,nochain"])
      await this.control.say(line);
  }

  private async finish(label: string): Promise<void> {
    for (const line of ["log none", "singlestep off"]) await this.control.say(line);
    await this.onTrace(label, this.file);
    await rm(this.file, { force: true });
  }
}

/** QEMU's own control: one command at a time. */
class Control {
  private waiting: ((answer: Answer) => void) | undefined;
  private readonly ready: Promise<unknown>;

  constructor(private readonly stream: Duplex) {
    stream.on("error", () => {});
    createInterface({ input: stream }).on("line", (line) => this.hear(JSON.parse(line)));
    this.ready = this.ask({ execute: "qmp_capabilities" });
  }

  /** Carries out a line of QEMU's monitor, which must have nothing to say to it. Errors: GUEST_TRACE_FAILED. */
  async say(line: string): Promise<void> {
    await this.ready;
    const answer = await this.ask({
      execute: "human-monitor-command",
      arguments: { "command-line": line },
    });
    if (answer.return === "") return;
    throw new KnemError({
      code: "GUEST_TRACE_FAILED",
      what: "QEMU does not record what the guest executes",
      why: `it answers to "${line}": ${JSON.stringify(answer)}`,
      remedy: "use QEMU 7.2, with which this was made",
    });
  }

  close(): void {
    this.stream.destroy();
  }

  private ask(command: object): Promise<Answer> {
    return new Promise((resolve) => {
      this.waiting = resolve;
      this.stream.write(`${JSON.stringify(command)}\n`);
    });
  }

  /** Greetings and events are no answers. */
  private hear(message: Answer): void {
    if (!("return" in message) && !("error" in message)) return;
    this.waiting?.(message);
    this.waiting = undefined;
  }
}

interface Answer {
  readonly return?: unknown;
  readonly error?: unknown;
}
