// SPDX-License-Identifier: BSD-3-Clause
import { access, constants } from "node:fs/promises";
import { userInfo } from "node:os";
import { delimiter, join } from "node:path";
import { must, run } from "./command.js";
import { KnemError } from "./errors.js";
import { type Need, needsFor } from "./needs.js";
import type { Progress } from "./progress.js";

/** Where a missing thing is looked for, and for whom. */
export interface Host {
  readonly path: string;
  readonly root: boolean;
}

const here = (): Host => ({ path: process.env["PATH"] ?? "", root: process.getuid?.() === 0 });

/** The packages that bring what is missing, sorted, each once. */
export async function missingPackages(
  host: Host = here(),
  wanted: readonly Need[] = needsFor(),
): Promise<string[]> {
  const missing = new Set<string>();
  for (const need of wanted) {
    if (need.unprivileged && host.root) continue;
    if (!(await present(need.name, host.path))) missing.add(need.package);
  }
  return [...missing].sort();
}

/**
 * Sees to it that the host has what is needed, for guests of an architecture too if one is named: as root missing
 * packages are installed, saying so.
 * Errors: SYSTEM_INCOMPLETE (an ordinary user; the remedy is the one command to run), USERNS_FORBIDDEN,
 * COMMAND_FAILED (apt could not install them).
 */
export async function ensureSystem(
  progress: Progress,
  host: Host = here(),
  arch?: string,
): Promise<void> {
  const packages = await missingPackages(host, needsFor(arch));
  if (packages.length > 0) {
    if (!host.root) throw incomplete(packages);
    await progress.step(`installing ${packages.join(" ")} with apt`, () => aptInstall(packages));
  }
  if (!host.root) await checkNamespaces();
}

/** The error for an ordinary user, whose remedy is one command. */
export function incomplete(packages: readonly string[]): KnemError {
  return new KnemError({
    code: "SYSTEM_INCOMPLETE",
    what: "packages of the system are missing",
    why: packages.join(", "),
    remedy: `sudo apt-get install ${packages.join(" ")}`,
  });
}

async function aptInstall(packages: readonly string[]): Promise<void> {
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const remedy = "check the network and the machine's apt sources (apt-get update)";
  await must("the package lists could not be updated", "apt-get", ["update"], { env, remedy });
  const args = ["install", "--yes", "--no-install-recommends", ...packages];
  await must(`${packages.join(" ")} could not be installed`, "apt-get", args, { env, remedy });
}

/** Whether this user may make the namespaces that stand in for root. */
async function checkNamespaces(): Promise<void> {
  const result = await run("unshare", ["--user", "--map-root-user", "--map-auto", "true"]);
  if (result.status === 0) return;
  const { username } = userInfo();
  throw new KnemError({
    code: "USERNS_FORBIDDEN",
    what: "this user may not make user namespaces",
    why: result.output.trim(),
    remedy:
      `sudo usermod --add-subuids 100000-165535 --add-subgids 100000-165535 ${username} if /etc/subuid lacks the user; ` +
      "sudo sysctl kernel.unprivileged_userns_clone=1 if the kernel forbids it; or run this as root",
  });
}

async function present(name: string, path: string): Promise<boolean> {
  // /usr/sbin is searched too: an ordinary user's PATH lacks it.
  const places = name.startsWith("/")
    ? [name]
    : [...path.split(delimiter), "/usr/sbin", "/sbin"].filter(Boolean).map((p) => join(p, name));
  const mode = name.startsWith("/") ? constants.R_OK : constants.X_OK;
  const found = await Promise.all(places.map((file) => access(file, mode).then(yes, no)));
  return found.includes(true);
}

const yes = () => true;
const no = () => false;
