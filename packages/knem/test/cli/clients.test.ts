// SPDX-License-Identifier: BSD-3-Clause
import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { clients } from "../../src/cli/info/clients.js";
import { System } from "../../src/cli/system.js";
import { machine } from "./machine.js";

const lib = "/usr/lib/x86_64-linux-gnu";
const found = (files: Parameters<typeof machine>[0], paths = "") =>
  clients(new System(machine({ [`${lib}/libopen-pal.so.80`]: null, ...files })), paths);

it("none are found where there are none", () => expect(found({})).toEqual([]));

it("who opens the device by a plug-in is built with KNEM", () => {
  const files = {
    [`${lib}/libopen-pal.so.40`]: "Open MPI v4.1.4, no devices",
    [`${lib}/openmpi/lib/openmpi3/mca_btl_vader.so`]: Buffer.from("\0open\0/dev/knem\0"),
    [`${lib}/libuct.so.0`]: "transports",
    [`${lib}/ucx/libuct_knem.so.0`]: "\0/dev/knem\0",
    [`${lib}/pkgconfig/ucx.pc`]: "Name: ucx\nVersion: 1.13.1\n",
  };
  expect(found(files)).toEqual([
    {
      name: "Open MPI",
      version: "4.1.4",
      library: `${lib}/libopen-pal.so.40`,
      knem: `${lib}/openmpi/lib/openmpi3/mca_btl_vader.so`,
    },
    {
      name: "UCX",
      version: "1.13.1",
      library: `${lib}/libuct.so.0`,
      knem: `${lib}/ucx/libuct_knem.so.0`,
    },
  ]);
});

it("plug-ins are found whatever the release that their folder is named by", () => {
  for (const release of ["openmpi", "openmpi3", "openmpi40"]) {
    const plugIn = `${lib}/openmpi/lib/${release}/mca_smsc_knem.so`;
    const files = { [`${lib}/libopen-pal.so.80`]: "Open MPI", [plugIn]: "\0/dev/knem\0" };
    expect(found(files)).toMatchObject([{ knem: plugIn }]);
  }
});

it("who does not is told as well", () => {
  const files = {
    "/opt/mpich/4.0/lib/libmpich.so.12": "MPICH",
    [`${lib}/libuct.so.0`]: "transports",
    [`${lib}/ucx/libuct_cma.so.0`]: "cma",
  };
  expect(found(files)).toEqual([
    { name: "UCX", version: null, library: `${lib}/libuct.so.0`, knem: null },
    { name: "MPICH", version: null, library: "/opt/mpich/4.0/lib/libmpich.so.12", knem: null },
  ]);
});

it("a library is told once, whatever ways lead to it", () => {
  const root = machine();
  symlinkSync("usr/lib", join(root, "also"));
  const system = new System(root);
  expect(clients(system, `${lib}:/also/x86_64-linux-gnu:relative`)).toHaveLength(1);
});
