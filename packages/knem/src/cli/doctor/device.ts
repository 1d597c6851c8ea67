// SPDX-License-Identifier: BSD-3-Clause
import type { Stats } from "node:fs";
import { isLoaded } from "../params/values.js";
import type { System } from "../system.js";
import { type Check, note, ok, problem, type User } from "./finding.js";

const DEVICE = "/dev/knem";

/** Whether the node is where programs look for it. */
export const node: Check = ({ system }) => {
  const name = "device";
  const stat = system.stat(DEVICE);
  if (stat) return ok(name, `${DEVICE}, mode ${octal(stat)}, group ${groupName(system, stat.gid)}`);
  if (!isLoaded(system)) return problem(name, `there is no ${DEVICE}`, "load the module first");
  const contained = system.exists("/.dockerenv") || system.exists("/run/.containerenv");
  return contained
    ? problem(
        name,
        `${DEVICE} is not in this container`,
        `start the container with --device ${DEVICE}`,
      )
    : problem(name, `the module is loaded, but there is no ${DEVICE}`, "look at udev and devtmpfs");
};

/** Whether this user may open it. */
export const access: Check = ({ system, user }) => {
  const name = "access";
  const stat = system.stat(DEVICE);
  if (!stat) return undefined;
  // The permissions tell of anybody; the kernel knows better where it is this process that is asked about.
  const asked = user.uid === process.getuid?.() && system.open(DEVICE);
  if (permitted(stat, user) || asked) return ok(name, "this user may read and write it");
  const group = groupName(system, stat.gid);
  if ((stat.mode & 0o060) !== 0o060 || stat.gid === 0) {
    const remedy =
      "install the udev rule (see below), then as root: udevadm trigger --name-match=knem";
    return problem(name, `only root may, and no group is let in (mode ${octal(stat)})`, remedy);
  }
  const member = members(system, stat.gid).includes(userName(system, user.uid));
  if (member)
    return problem(
      name,
      `this user is in ${group}, but was not when this session began`,
      "log in again",
    );
  const remedy = `as root: usermod -aG ${group} ${userName(system, user.uid)}; then log in again`;
  return problem(name, `this user is not in the group ${group}`, remedy);
};

/** Whether a rule gives the node its group whenever it appears. */
export const rule: Check = ({ system }) => {
  const name = "udev rule";
  const folders = ["/etc", "/run", "/usr/lib", "/lib"].map((top) => `${top}/udev/rules.d`);
  const files = folders.flatMap((folder) =>
    system.names(folder).map((file) => `${folder}/${file}`),
  );
  const about = files.filter((file) => /^[^#\n]*KERNEL=="knem"/m.test(system.text(file) ?? ""));
  const [first] = about;
  if (first === undefined) {
    if (!system.exists("/run/udev")) return note(name, "there is no udev here");
    const remedy = "install the package knem, or copy 60-knem.rules to /etc/udev/rules.d";
    return problem(name, "no rule gives the device to a group", remedy);
  }
  const text = system.text(first) ?? "";
  if (/MODE="0666"/.test(text))
    return note(
      name,
      `${first} lets everybody pin memory`,
      "prefer a group: 60-knem.rules of the package knem",
    );
  return ok(name, first);
};

function permitted({ mode, uid, gid }: Stats, user: User): boolean {
  if (user.uid === 0) return true;
  const shift = uid === user.uid ? 6 : user.groups.includes(gid) ? 3 : 0;
  return ((mode >> shift) & 0o6) === 0o6;
}

const octal = ({ mode }: Stats): string => (mode & 0o7777).toString(8).padStart(4, "0");

/** Lines of /etc/passwd or /etc/group: name, password, number, and more. */
function entry(system: System, file: string, id: number): string[] | undefined {
  const lines = (system.text(file) ?? "").split("\n").map((line) => line.split(":"));
  return lines.find(([, , number]) => number === String(id));
}

const groupName = (system: System, gid: number) =>
  entry(system, "/etc/group", gid)?.[0] ?? String(gid);
const userName = (system: System, uid: number) => entry(system, "/etc/passwd", uid)?.[0] ?? "USER";
const members = (system: System, gid: number) =>
  entry(system, "/etc/group", gid)?.[3]?.split(",") ?? [];
