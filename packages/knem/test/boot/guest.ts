// SPDX-License-Identifier: BSD-3-Clause
import { join } from "node:path";
import type { GuestFile } from "@knem/guest";
import { Progress, targets, Workshop } from "@knem/kernels";
import { KNEM, LIB, outfit } from "../../../../scripts/outfit.js";
import { folder } from "../package.js";

/** What a command left behind in the guest. */
export interface Left {
  readonly status: number;
  /** Standard output; for a terminal all that it was told. */
  readonly stdout: string;
  readonly stderr: string;
}

/** Commands by names that tests ask for; each is a line of shell in which ``knem` is the command. */
export type Commands = Readonly<Record<string, string>>;

const COPIER = "/opt/knem/test/copier.mjs";
const MODULE = "/opt/knem/test/knem.ko";

/** Where what a command left is kept while the guest runs: NAME.out, NAME.err, NAME.status. */
export const OUT = "/tmp/left";

/**
 * What commands may use: `knem`; `terminal COLUMNS ROWS COMMAND`, whose keys come from /tmp/keys; `when WORDS FILE
 * COMMAND`, which waits until the file has the words; `terminate WORDS`, which ends the programs that were started with
 * them; and `copier`, which starts a process to look at.
 */
const FUNCTIONS = `
knem() { node ${KNEM} "$@"; }
terminal() {
  TERM=xterm SHELL=/bin/sh /opt/knem/test/script -qefc "stty cols $1 rows $2; $3" /dev/null <>/tmp/keys
}
when() {
  until grep -q "$1" "$2" 2>/dev/null; do sleep 0.2; done
  eval "$3"
}
terminate() {
  for one in /proc/[0-9]*; do
    if tr '\\0' ' ' <$one/cmdline | grep -q "^node .*$1"; then kill "\${one#/proc/}"; fi
  done
}
copier() {
  node ${COPIER} ${LIB} >/tmp/ready &
  echo $! >/tmp/copier
  when ready /tmp/ready :
}
`;
const RC = "/opt/knem/test/functions.sh";

/** Boots a guest with the module and the built command, runs all commands there in turn, and tells what each left. */
export async function inGuest(commands: Commands): Promise<(name: string) => Left> {
  const workshop = await Workshop.open(new Progress());
  const [target] = targets;
  if (!target) throw new Error("the table of targets is empty");
  const guest = await outfit(workshop, { target }, { crate: "knem-bench" });
  const { root } = await workshop.sandbox();
  const files: GuestFile[] = [
    { to: MODULE, from: guest.module.ko },
    { to: RC, content: FUNCTIONS },
    { to: COPIER, from: join(folder, "test/guest/copier.mjs") },
    { to: "/opt/knem/test/script", from: join(root.tree, "usr/bin/script"), mode: 0o755 },
  ];
  // Whatever waits for something that never comes does not take the others with it.
  const steps = Object.entries(commands).map(([name, line]) => {
    const [file, out] = [`/opt/knem/test/${name}.sh`, `${OUT}/${name}`];
    files.push({ to: file, content: `. ${RC}\n${line}\n` });
    const progress = `echo "# ${name} $(cat ${out}.status), $(cut -d ' ' -f 1 /proc/uptime) s"`;
    return `timeout -s KILL 120 sh ${file} >${out}.out 2>${out}.err; echo $? >${out}.status; ${progress}`;
  });
  const told = Object.keys(commands).flatMap((name) =>
    ["status", "out", "err"].map((kind) => `base64 -w 0 ${OUT}/${name}.${kind}; echo`),
  );
  // The guest unloads the module at its end, whether commands have done so or not.
  const loaded = `[ -e /sys/module/knem ] || insmod ${MODULE}`;
  const script = [`mkdir ${OUT}; mkfifo /tmp/keys`, ...steps, loaded, ...told].join("\n");
  const command = ["sh", "-c", script];
  const verdict = await guest.run({ files, memory: 1536, command, timeLimit: 900 });
  const lines = verdict.output
    .split("\n")
    .filter((line) => !line.startsWith("#"))
    .map((line) => Buffer.from(line, "base64").toString());
  return (name) => {
    const at = Object.keys(commands).indexOf(name) * 3;
    const [status, stdout = "", stderr = ""] = lines.slice(at, at + 3);
    if (at < 0 || status === undefined) throw new Error(`${name} did not run\n${verdict.output}`);
    return { status: Number(status), stdout, stderr };
  };
}
