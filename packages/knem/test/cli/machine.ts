// SPDX-License-Identifier: BSD-3-Clause
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll } from "vitest";

const scratch = mkdtempSync(join(tmpdir(), "knem-machine-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
let machines = 0;

/** Files of a machine by their paths; null leaves one out that would be there. */
export type Files = Readonly<Record<string, string | Buffer | null>>;

/** What the module's statistics say there. */
export const STATISTICS = `knem 2.0.0
 Driver ABI=0xd
 Features: 0xe
 Flags: forcing 0x0, ignoring 0x0
 DMAEngine: NoKernelSupport
 Requests Submitted                           : 0
`;

/** A machine on which everything is as it should be, for a user of the group rdma. */
const healthy: Files = {
  "/proc/sys/kernel/osrelease": "7.3.4-amd64\n",
  "/proc/sys/kernel/yama/ptrace_scope": "0\n",
  "/proc/self/status":
    "Name:\tnode\nUid:\t4711\t4711\t4711\t4711\nGid:\t4711\t4711\nGroups:\t105 4711 \n",
  "/proc/self/limits":
    "Limit                     Soft Limit           Hard Limit           Units\nMax locked memory         8388608              8388608              bytes\n",
  "/proc/meminfo": "HugePages_Total:       0\n",
  "/sys/kernel/mm/transparent_hugepage/enabled": "always [madvise] never\n",
  "/sys/module/knem/version": "2.0.0\n",
  "/sys/module/knem/parameters/memlock": "count\n",
  "/lib/modules/7.3.4-amd64/modules.dep": "kernel/fs/fat.ko:\nupdates/dkms/knem.ko.xz:\n",
  "/dev/knem": STATISTICS,
  "/etc/group": "root:x:0:\nrdma:x:105:alice\n",
  "/etc/passwd": "root:x:0:0::/root:/bin/sh\nalice:x:4711:4711::/home/alice:/bin/sh\n",
  "/usr/lib/udev/rules.d/60-knem.rules":
    '# The device.\nKERNEL=="knem", GROUP="rdma", MODE="0660"\n',
  "/usr/lib/modules-load.d/knem.conf": "# Loaded at the start.\nknem\n",
  "/run/udev/control": "",
  "/usr/lib/x86_64-linux-gnu/libopen-pal.so.80": "\u007fELF Open MPI v5.0.7, /dev/knem\0",
};

/** A folder that looks like the healthy machine, but for some of its files. */
export function machine(changes: Files = {}): string {
  machines += 1;
  const root = join(scratch, String(machines));
  for (const [path, content] of Object.entries({ ...healthy, ...changes })) {
    if (content === null) continue;
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
  return root;
}
