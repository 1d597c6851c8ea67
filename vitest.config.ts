// SPDX-License-Identifier: BSD-3-Clause
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

// "unit" is quick and needs nothing but Node, "binding" needs the built Node binding, "guest" boots kernels in QEMU,
// "mpi" runs MPI libraries in such guests, "packages" installs, upgrades and removes what users get, in systems of its own.
export default defineConfig({
  // One copy of each class, the sources': a test that mixes src and the package's name sees the same errors.
  resolve: {
    alias: {
      "@knem/kernels": fileURLToPath(new URL("packages/kernels/src/index.ts", import.meta.url)),
    },
  },
  test: {
    pool: "forks",
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          include: ["packages/*/test/**/*.test.ts", "scripts/test/*.test.ts"],
          exclude: ["packages/*/test/{binding,boot,stacks,system}/**", "**/node_modules/**"],
          // What is told is compared without colours, wherever it is told.
          env: { NO_COLOR: "1" },
          // Some run shell scripts, which take their time on a busy machine.
          testTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          name: "binding",
          include: ["packages/*/test/binding/**/*.test.ts"],
          // They run the built command again and again.
          testTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          name: "guest",
          include: ["packages/*/test/boot/**/*.test.ts", "scripts/test/boot/**/*.test.ts"],
          testTimeout: 180_000,
          hookTimeout: 600_000,
          // A guest of one CPU leaves the other idle.
          maxWorkers: 2,
        },
      },
      {
        extends: true,
        test: {
          name: "mpi",
          include: ["packages/mpi/test/stacks/**/*.test.ts"],
          testTimeout: 900_000,
          hookTimeout: 1_800_000,
          fileParallelism: false,
        },
      },
      {
        extends: true,
        test: {
          name: "packages",
          include: ["packages/packaging/test/system/**/*.test.ts"],
          testTimeout: 900_000,
          hookTimeout: 900_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
