// SPDX-License-Identifier: BSD-3-Clause
import { Cache, type Kernel, Progress, resolve, table } from "@knem/kernels";
import { REVISION } from "./changelog.js";
import { epochOf, versionOf } from "./checkout.js";
import type { Kind, Order } from "./order.js";
import type { Release } from "./release.js";
import { machineKey, type SigningKey } from "./signing.js";

/** A file that is going to be made. */
export interface Product {
  /** Its name. */
  readonly file: string;
  /** What it is made from. */
  readonly from: string;
  /** What makes it. */
  readonly tool: string;
}

/** What is going to be made, from what, with what; nothing has been made yet. */
export interface Plan extends Release {
  readonly kind: Kind;
  readonly checkout: string;
  /** The folder that the products go to. */
  readonly out: string;
  readonly products: readonly Product[];
  /** The kernels that modules are built for, in the order of the products. */
  readonly kernels: readonly Kernel[];
  /** What modules are signed with. */
  readonly signing?: SigningKey;
}

/** Plans an order. Errors: NO_VERSION, BAD_EPOCH; for modules those of `resolve`, too. */
export async function plan(
  { kind, checkout, out, targets }: Order,
  cache = new Cache(),
  progress = new Progress(),
): Promise<Plan> {
  const release = { version: await versionOf(checkout), epoch: await epochOf(checkout) };
  const kernels = await Promise.all(targets.map((target) => resolve(cache, target, progress)));
  const signing = kernels.length > 0 ? await machineKey() : undefined;
  const products = productsOf[kind](release, kernels, signing);
  return { kind, checkout, out, ...release, products, kernels, ...(signing && { signing }) };
}

type Products = (
  release: Release,
  kernels: readonly Kernel[],
  signing: SigningKey | undefined,
) => Product[];

const productsOf: Readonly<Record<Kind, Products>> = {
  tarball: ({ version }) => [
    { file: `knem-${version}.tar.gz`, from: "the checkout", tool: "tar, gzip" },
  ],
  deb: ({ version }) => {
    const of = (name: string, arch: string, from: string): Product => ({
      file: `${name}_${version}-${REVISION}_${arch}.deb`,
      from: `knem-${version}.tar.gz${from}`,
      tool: "dpkg-buildpackage, lintian",
    });
    return [
      of("knem-dkms", "all", ""),
      of("knem-dev", "all", ""),
      of("knem", "amd64", " and the knem command"),
    ];
  },
  rpm: ({ version }) => {
    const of = (name: string, arch: string, from: string): Product => ({
      file: `${name}-${version}-${REVISION}.${arch}.rpm`,
      from: `knem-${version}.tar.gz${from}`,
      tool: "rpmbuild, rpmlint",
    });
    return [
      of("knem-dkms", "noarch", ""),
      of("knem-devel", "noarch", ""),
      of("knem", "x86_64", " and the knem command"),
    ];
  },
  kmod: ({ version }, kernels, signing) =>
    kernels.map(({ release, target }) => ({
      file: `knem-modules-${release}_${version}-${REVISION}_${target.arch}.deb`,
      from: `kernel-rs for ${release}, ${signing ? `signed with ${signing.key}` : "not signed"}`,
      tool: `make (${target.toolchain}), dpkg-buildpackage, lintian`,
    })),
};

/** A plan for people. */
export function planTable({ products, out }: Plan): string {
  const rows = products.map(({ file, from, tool }) => [file, from, tool]);
  return `${table(["file", "made from", "with"], rows)}\n\ninto ${out}`;
}

/** A plan for programs. The keys stay. */
export function planDocument({ kind, version, epoch, out, products, kernels, signing }: Plan) {
  const releases = kernels.map(({ release }) => release);
  return {
    kind,
    version,
    epoch,
    out,
    products,
    kernels: releases,
    signedWith: signing?.key ?? null,
  };
}
