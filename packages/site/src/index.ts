// SPDX-License-Identifier: BSD-3-Clause
export { buildSite, type Site } from "./build.js";
