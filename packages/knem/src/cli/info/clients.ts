// SPDX-License-Identifier: BSD-3-Clause
import { basename, join } from "node:path";
import type { System } from "../system.js";

/** A library that programs communicate by. */
export interface Client {
  readonly name: string;
  /** As far as its files tell. */
  readonly version: string | null;
  /** The library that it is known by. */
  readonly library: string;
  /** The file that opens KNEM's device; null where it was built without. */
  readonly knem: string | null;
}

interface Kind {
  readonly name: string;
  /** The library that shows that it is there. */
  readonly library: RegExp;
  /** What of it may open the device. */
  readonly parts: RegExp;
  /** Its version in that library, or the name of its pkg-config file. */
  readonly version: RegExp;
  readonly pkgconfig: string;
}

/** Whatever opens the device has its path among its constants: nothing has to be run to find out. */
const DEVICE = "/dev/knem";

const kinds: readonly Kind[] = [
  {
    name: "Open MPI",
    library: /^libopen-pal\.so(\.|$)/,
    parts: /^(libopen-pal|libmpi)\.so|^mca_(smsc_knem|btl_vader|btl_sm)\.so/,
    version: /Open MPI v(\d[\w.]*)/,
    pkgconfig: "ompi",
  },
  {
    name: "UCX",
    library: /^libuct\.so(\.|$)/,
    parts: /^libuct(_knem)?\.so/,
    version: /UCX[ -]v?(\d+\.\d+\.\d+)/,
    pkgconfig: "ucx",
  },
  {
    name: "MPICH",
    library: /^libmpich\.so(\.|$)/,
    parts: /^libmpich\.so/,
    version: /MPICH[ -](?:Version:? *)?(\d+\.\d+[\w.]*)/,
    pkgconfig: "mpich",
  },
];

/** The communication libraries of a machine, and whether they are built with KNEM. */
export function clients(system: System, paths = process.env["LD_LIBRARY_PATH"] ?? ""): Client[] {
  const found: Client[] = [];
  const seen = new Set<string>();
  for (const folder of folders(system, paths)) {
    for (const kind of kinds) {
      const name = system.names(folder).find((file) => kind.library.test(file));
      if (name === undefined) continue;
      const library = system.real(join(folder, name)) ?? name;
      if (seen.has(library)) continue;
      seen.add(library);
      found.push(client(system, kind, folder, join(folder, name)));
    }
  }
  return found;
}

function client(system: System, kind: Kind, folder: string, library: string): Client {
  const files = ["", "ucx", "openmpi", ...plugIns(system, folder)].flatMap((part) =>
    system.names(join(folder, part)).map((name) => join(folder, part, name)),
  );
  const parts = files.filter((file) => kind.parts.test(basename(file)));
  const knem = parts.find((file) => system.bytes(file)?.includes(DEVICE)) ?? null;
  return { name: kind.name, version: versionOf(system, kind, folder, library), library, knem };
}

/** Where Debian has Open MPI's plug-ins, in a folder named by the release: openmpi3, openmpi40. */
function plugIns(system: System, folder: string): string[] {
  const within = "openmpi/lib";
  const names = system.names(join(folder, within)).filter((name) => /^openmpi\d*$/.test(name));
  return names.map((name) => `${within}/${name}`);
}

function versionOf(system: System, kind: Kind, folder: string, library: string): string | null {
  const described = system.text(join(folder, "pkgconfig", `${kind.pkgconfig}.pc`));
  const stated = /^Version: *(\S+)/m.exec(described ?? "")?.[1];
  const inside = () => kind.version.exec(system.bytes(library)?.toString("latin1") ?? "")?.[1];
  return stated ?? inside() ?? null;
}

/** Where libraries lie: the distribution's places, those of vendors, and those that the user added. */
function folders(system: System, paths: string): string[] {
  const below = (top: string) => system.names(top).map((name) => join(top, name));
  const libraries = (top: string) => [join(top, "lib"), join(top, "lib64")];
  const own = [...libraries("/usr"), ...libraries("/usr/local")];
  const vendors = ["/opt", "/usr/mpi", "/usr/mpi/gcc"].flatMap((top) =>
    below(top).flatMap((one) => [one, ...below(one)]),
  );
  return [
    ...paths.split(":").filter((path) => path.startsWith("/")),
    ...own,
    ...own.flatMap(below).filter((path) => /-linux-gnu[^/]*$/.test(path)),
    ...["openmpi", "mpich", "mvapich2"].map((name) => `/usr/lib64/${name}/lib`),
    ...vendors.flatMap(libraries),
  ];
}
