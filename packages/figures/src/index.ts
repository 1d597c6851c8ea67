// SPDX-License-Identifier: BSD-3-Clause
export { type Page, page, type Sheet } from "./page.js";
export { type Plot, type Series, svg } from "./plot.js";
export { size } from "./size.js";
export { type Paint, terminalPlot } from "./terminal.js";
export { type Trace, timeline } from "./timeline.js";
