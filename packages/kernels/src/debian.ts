// SPDX-License-Identifier: BSD-3-Clause
import { networkSettings, patience } from "./archive.js";
import { must } from "./command.js";
import { KnemError } from "./errors.js";
import { hostMirror } from "./mirror.js";
import { namespaces } from "./namespaces.js";

/** What a Debian system is made of. */
export interface DebianSystem {
  readonly suite: string;
  /** Suites that packages may come from besides; apt's own rules say which is preferred. */
  readonly further?: readonly string[];
  /** Besides the essential ones. */
  readonly packages: readonly string[];
  /** Leaves out what is only for people: documents, manuals, translations. */
  readonly lean?: boolean;
}

const KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg";

/**
 * Makes a Debian system in the folder `tree`, with mmdebstrap. Errors: ARCHIVE_UNREACHABLE, COMMAND_FAILED.
 */
export async function makeDebian(system: DebianSystem, tree: string, what: string): Promise<void> {
  const { suite, further = [] } = system;
  const mirror = await hostMirror();
  const lines = [suite, ...further].map(
    (one) => `deb [signed-by=${KEYRING}] ${mirror} ${one} main`,
  );
  const options = await optionsOf(system);
  const remedy = "check the network and the machine's apt sources, then run this again";
  const make = async () => {
    if (process.getuid?.() === 0) {
      // In namespaces of their own, mounts and daemons of an interrupted run go away with it.
      const args = ["--mode=root", "--format=directory", ...options, suite, tree, ...lines];
      await must(what, "unshare", [...namespaces(), "mmdebstrap", ...args], { remedy });
    } else {
      // mmdebstrap's own user namespace cannot see into a private home: its tar is unpacked in one of ours.
      const tar = `${tree}.tar`;
      const args = ["--mode=unshare", "--format=tar", ...options, suite, "-", ...lines];
      await must(what, "sh", ["-c", 'exec mmdebstrap "$@" > "$0"', tar, ...args], { remedy });
      const unpack = 'mkdir "$1" && tar -C "$1" --exclude="./dev/*" -xf "$0" && rm "$0"';
      await must(what, "unshare", [...namespaces(), "sh", "-c", unpack, tar, tree], { remedy });
    }
  };
  await make().catch(told);
}

/** mmdebstrap has one status for all; what apt could not fetch is told apart by its words. */
function told(error: unknown): never {
  const unreachable = /Failed to fetch|Could not (resolve|connect)|Temporary failure resolving/;
  if (!(error instanceof KnemError) || !unreachable.test(error.why)) throw error;
  const { what, why, remedy } = error;
  throw new KnemError({ code: "ARCHIVE_UNREACHABLE", what, why, remedy }, { cause: error });
}

/** Nothing is flushed to the disk: a system that was cut short is never used. */
async function optionsOf(system: DebianSystem): Promise<string[]> {
  const { suite, further = [], packages, lean = false } = system;
  const forPeople = lean ? ["doc", "man", "locale", "info"] : [];
  const dpkg = [...forPeople.map((name) => `path-exclude=/usr/share/${name}/*`), "force-unsafe-io"];
  const patient = Object.entries(Object.assign({}, ...[suite, ...further].map(patience)));
  const apt = [
    ...['Acquire::Languages "none";', 'Acquire::Retries "2";'],
    ...patient.map(([key, value]) => `${key} "${value}";`),
    ...(await networkSettings()),
  ];
  return [
    "--variant=minbase",
    ...dpkg.map((option) => `--dpkgopt=${option}`),
    ...apt.map((option) => `--aptopt=${option}`),
    ...(packages.length > 0 ? [`--include=${packages.join(",")}`] : []),
  ];
}
