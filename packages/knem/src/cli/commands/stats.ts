// SPDX-License-Identifier: BSD-3-Clause
import { defineCommand } from "citty";
import { clearStatistics, type Statistics, statistics } from "../../statistics.js";
import { answer } from "../answer.js";
import { number } from "../number.js";
import { options } from "../options.js";
import { document } from "../stats/document.js";
import { alone, refuseUnknown } from "../usage.js";

const NAME = "knem stats";

export default defineCommand({
  meta: { name: "stats", description: "What the module has done since it was loaded or cleared" },
  args: {
    ...options,
    watch: { type: "boolean", description: "a line of rates, again and again" },
    interval: { type: "string", valueHint: "seconds", description: "watch: from line to line; 1" },
    count: { type: "string", valueHint: "number", description: "watch: end after so many lines" },
    prometheus: {
      type: "string",
      valueHint: "file",
      description: "write for node_exporter's textfile collector; - is standard output",
    },
    reset: { type: "boolean", description: "set all counters to 0, as root" },
  },
  async run(context) {
    refuseUnknown(context, NAME);
    const { json, device, watch, interval, count, prometheus, reset } = context.args;
    alone(NAME, { watch, prometheus, reset });
    alone(NAME, { json, prometheus });
    alone(NAME, { json, reset });
    if (!watch) alone(NAME, { interval, count }, "watch");
    if (reset) return clearStatistics(device);
    if (prometheus !== undefined) return expose(prometheus, () => statistics(device));
    if (watch) {
      const seconds = number(interval ?? "1", "interval", NAME);
      const times = count === undefined ? undefined : number(count, "count", NAME);
      return follow(() => statistics(device), json ?? false, seconds, times);
    }
    const answered = answer(() => statistics(device));
    if (json) console.log(JSON.stringify(document(answered), null, 2));
    if (answered.problem) throw answered.problem;
    if (!json) console.log((await import("../stats/text.js")).text(answered.told));
  },
});

async function follow(read: () => Statistics, json: boolean, interval: number, count?: number) {
  const { heading, line, row, watch } = await import("../stats/watch.js");
  const { unread } = await import("../unread.js");
  const how = { read, interval, count, over: unread(process.stdout), print: console.log };
  if (json) return watch(how, line);
  console.log(heading);
  await watch(how, row);
}

/** Where there is no module, that is what the file says, and the reason is still told. */
async function expose(file: string, ask: () => Statistics): Promise<void> {
  const { exposition } = await import("../stats/prometheus.js");
  const { writeWhole } = await import("../files.js");
  const put = (read?: Statistics) =>
    file === "-" ? process.stdout.write(exposition(read)) : writeWhole(file, exposition(read));
  let read: Statistics;
  try {
    read = ask();
  } catch (error) {
    put();
    throw error;
  }
  put(read);
}
