// SPDX-License-Identifier: BSD-3-Clause
import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type OnTrace, Tracer } from "../src/tracer.js";

/** The tracer's end of a connection, and QEMU's. */
async function pair(name: string): Promise<[Socket, Socket]> {
  const path = join(tmpdir(), `knem-tracer-${process.pid}-${name}`);
  const server = createServer().listen(path);
  const [ours] = await Promise.all([once(server, "connection"), connected(connect(path))]);
  server.close();
  return [ours[0] as Socket, peers.pop() as Socket];
}

const peers: Socket[] = [];
async function connected(socket: Socket): Promise<void> {
  peers.push(socket);
  await once(socket, "connect");
}

let [port, guest, control, qemu]: Socket[] = [];
const said: string[] = [];
let answer: (line: string) => object = () => ({ return: "" });

beforeEach(async () => {
  [port, guest] = await pair("port");
  [control, qemu] = await pair("control");
  said.length = 0;
  answer = () => ({ return: "" });
  qemu?.write('{"QMP": {"version": {}}}\n');
  createInterface({ input: qemu as Socket }).on("line", (text) => {
    const { execute, arguments: given } = JSON.parse(text);
    const line: string = given?.["command-line"] ?? execute;
    said.push(line);
    qemu?.write('{"event": "RESUME"}\n');
    qemu?.write(
      `${JSON.stringify(execute === "qmp_capabilities" ? { return: {} } : answer(line))}\n`,
    );
  });
});
afterEach(() => {
  for (const socket of [port, guest, control, qemu]) socket?.destroy();
});

const traced = (onTrace: OnTrace) => new Tracer([port as Socket, control as Socket], "/t", onTrace);

async function ask(line: string): Promise<string> {
  guest?.write(`${line}\n`);
  return String(await once(guest as Socket, "data"));
}

describe("a tracer", () => {
  it("has QEMU record from the answer to a begin to an end", async () => {
    const onTrace = vi.fn(async () => {});
    const tracer = traced(onTrace);
    expect(await ask("begin")).toBe("\n");
    const begun = ["qmp_capabilities", 'logfile "/t/trace1"', "singlestep on", "log exec,nochain"];
    expect(said).toEqual(begun);
    expect(onTrace).not.toHaveBeenCalled();
    expect(await ask("end a call: 8")).toBe("\n");
    expect(said).toEqual([...begun, "log none", "singlestep off"]);
    expect(onTrace).toHaveBeenCalledExactlyOnceWith("a call: 8", "/t/trace1");
    await ask("begin");
    expect(said).toContain('logfile "/t/trace2"');
    tracer.end();
  });

  it("tells what went wrong when the guest has ended, whose program finds the port closed", async () => {
    answer = (line) => ({ return: line.startsWith("log ") ? "no such thing" : "" });
    const tracer = traced(async () => {});
    guest?.write("begin\n");
    await once(guest as Socket, "close");
    expect(() => tracer.end()).toThrow(
      expect.objectContaining({
        code: "GUEST_TRACE_FAILED",
        why: expect.stringContaining('"log exec,nochain": {"return":"no such thing"}'),
      }),
    );
  });

  it("passes on what its receiver throws", async () => {
    const tracer = traced(() => Promise.reject(new Error("no room")));
    await ask("begin");
    guest?.write("end x\n");
    await once(guest as Socket, "close");
    expect(() => tracer.end()).toThrow("no room");
  });
});
