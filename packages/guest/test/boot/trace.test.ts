// SPDX-License-Identifier: BSD-3-Clause
import { readFile } from "node:fs/promises";
import { beforeAll, describe, expect, it } from "vitest";
import { boot } from "../../src/index.js";
import { type Bed, makeBed } from "./bed.js";

let bed: Bed;
beforeAll(async () => {
  bed = await makeBed();
});

// Asks for a trace of a shell that calls for its parent's number: a few thousand instructions of the kernel's.
const script = `
  for name in /sys/class/virtio-ports/*/name; do
    [ "$(cat "$name")" = knem.trace ] && port=\${name%/name}
  done
  exec 3<>"/dev/\${port##*/}"
  echo 0 >/proc/sys/kernel/kptr_restrict
  for label in one two; do
    echo begin >&3; read -r _ <&3 || exit 9
    read -r _ </proc/self/stat
    echo "end $label" >&3; read -r _ <&3 || exit 9
  done
  grep ' do_syscall_64$' /proc/kallsyms`;

describe("a traced guest", () => {
  it("has every instruction recorded while its program wants it, and goes on", async () => {
    const traces = new Map<string, string>();
    const verdict = await boot(
      bed.job({
        command: ["sh", "-c", script],
        counted: true,
        onTrace: async (label, file) => {
          traces.set(label, await readFile(file, "utf8"));
        },
      }),
    );
    expect(verdict.status).toBe(0);
    const [start = ""] = verdict.output.split(" ");
    expect([...traces.keys()]).toEqual(["one", "two"]);
    for (const trace of traces.values()) {
      const lines = trace.split("\n");
      expect(lines.length).toBeGreaterThan(1000);
      // Open, read, and what the shell does around them.
      expect(lines.filter((line) => line.includes(`/${start}/`)).length).toBeGreaterThan(3);
    }
  });

  it("ends with what the receiver of a trace throws", async () => {
    const onTrace = () => Promise.reject(new Error("there is no room"));
    const job = bed.job({ command: ["sh", "-c", script], counted: true, onTrace });
    await expect(boot(job)).rejects.toThrow("there is no room");
  });

  it("is as any other when nobody asks", async () => {
    const job = { command: ["true"], counted: true } as const;
    const onTrace = () => Promise.reject(new Error("nobody asked"));
    expect(await boot(bed.job({ ...job, onTrace }))).toMatchObject({ status: 0, output: "" });
  });
});
