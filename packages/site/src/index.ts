// SPDX-License-Identifier: BSD-3-Clause
export { withBrowser } from "./browser.js";
export { buildSite, type Site } from "./build.js";
export { lookAt, type Subject, views } from "./looks.js";
export type { Place } from "./settings.js";
export { buildHere, type Reports, type Visit, visitSite } from "./visit.js";
