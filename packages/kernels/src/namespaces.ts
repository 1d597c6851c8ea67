// SPDX-License-Identifier: BSD-3-Clause

/**
 * The arguments of `unshare` for mounts and processes that end with their command, whatever happens to it. For an
 * ordinary user also a user namespace in which that user is root and the subordinate ids are the others.
 */
export function namespaces(root: boolean = process.getuid?.() === 0): string[] {
  const user = root ? [] : ["--user", "--map-root-user", "--map-auto"];
  return [...user, "--mount", "--pid", "--fork", "--kill-child=KILL"];
}
