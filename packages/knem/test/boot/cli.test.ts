// SPDX-License-Identifier: BSD-3-Clause
import { beforeAll, describe, expect, it } from "vitest";
import { KNEM } from "../../../../scripts/outfit.js";
import { valid } from "../schema.js";
import { shown } from "../terminal.js";
import { inGuest, type Left, OUT } from "./guest.js";

/** The built command on a stock kernel with the real module; one boot for all of it. */
let left: (name: string) => Left;
beforeAll(async () => {
  left = await inGuest({
    fresh: "knem stats --json",
    info: "knem info --json",
    infoText: "knem info",
    doctor: "knem doctor; true",
    params: "knem params --json",
    unlisted: "knem regions",
    set: "knem params statsverbose=1",
    refused: "knem params memlock=never",
    start: "copier",
    regions: "knem regions",
    regionsJson: "knem regions --json",
    alice: `chmod 0666 /dev/knem; su alice -c 'node ${KNEM} regions'`,
    aliceResets: `su alice -c 'node ${KNEM} stats --reset'`,
    stats: "knem stats",
    statsJson: "knem stats --json",
    watchJson: "knem stats --watch --json --interval 0.5 --count 2",
    prometheus:
      "knem stats --prometheus /tmp/knem.prom && cat /tmp/knem.prom && ls /tmp/knem.prom*",
    top: `terminal 80 24 'node ${KNEM} top --interval 1 --count 3'`,
    quits: `when 'q quits' ${OUT}/quits.out 'printf q >/tmp/keys' &
      terminal 80 24 'node ${KNEM} top --interval 30; echo status $?; stty'`,
    resized: `when 'q quits' ${OUT}/resized.out 'stty -F /dev/pts/0 cols 120 rows 10; sleep 2; printf q >/tmp/keys' &
      terminal 80 24 'node ${KNEM} top --interval 30'`,
    ended: `when 'q quits' ${OUT}/ended.out 'kill $(pgrep -f "top --interval 31" | tail -1)' &
      terminal 80 24 'node ${KNEM} top --interval 31; echo status $?'`,
    stop: "kill $(cat /tmp/copier); while [ -e /proc/$(cat /tmp/copier) ]; do sleep 0.1; done",
    reset: "knem stats --reset && knem stats --json",
    gone: "rmmod knem; knem stats",
    goneDoctor: "knem doctor",
  });
}, 1_000_000);

describe("with the module", () => {
  it("all is told in JSON as the schemas say", () => {
    expect(valid("stats", left("fresh").stdout)).toMatchObject({ activity: { regions: 0 } });
    expect(valid("info", left("info").stdout)).toMatchObject({ abi: 13, problem: null });
    expect(valid("params", left("params").stdout)).toMatchObject({ loaded: true });
    expect(valid("regions", left("regionsJson").stdout)).toMatchObject({ hidden: 0 });
    valid("stats", left("statsJson").stdout);
  });

  it("the parameters are those that the module has, with the defaults that it has", () => {
    const { parameters } = JSON.parse(left("params").stdout);
    for (const { name, value, default: usual } of parameters)
      expect([name, value]).toEqual([name, usual]);
  });
});
it("dump", async () => {
  const { writeFileSync } = await import("node:fs");
  const names = [
    "fresh",
    "info",
    "infoText",

    "doctor",
    "params",
    "unlisted",
    "set",
    "refused",

    "start",
    "regions",
    "regionsJson",
    "alice",

    "aliceResets",
    "stats",
    "statsJson",

    "watchJson",
    "prometheus",
    "top",
    "quits",
    "resized",
    "ended",
    "stop",
    "reset",
    "gone",
    "goneDoctor",
  ];
  writeFileSync(
    "/tmp/dump.json",
    JSON.stringify(Object.fromEntries(names.map((n) => [n, left(n)]))),
  );
  void shown;
});
