// SPDX-License-Identifier: BSD-3-Clause
export * from "./checkout.js";
export * from "./sources.js";
export * from "./tarball.js";
export * from "./command.js";
export * from "./deb.js";
export * from "./bench.js";
