// SPDX-License-Identifier: BSD-3-Clause
import xterm from "@xterm/headless";

/** What a terminal shows after it was told something: its lines, without what is blank at the end. */
export async function shown(told: string | Uint8Array, columns: number, rows: number) {
  const terminal = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true });
  await new Promise<void>((done) => terminal.write(told, done));
  const { active } = terminal.buffer;
  const lines = Array.from({ length: rows }, (_, at) =>
    (active.getLine(active.viewportY + at)?.translateToString(true) ?? "").trimEnd(),
  );
  return { lines, alternate: active.type === "alternate" };
}
