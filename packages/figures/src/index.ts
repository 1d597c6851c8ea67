// SPDX-License-Identifier: BSD-3-Clause
export { type Folder, type Page, page } from "./page.js";
export { svg } from "./picture.js";
export type { Plot, Series } from "./plot.js";
export { numeric, type Sheet } from "./sheet.js";
export { size } from "./size.js";
export { type Paint, terminalPlot } from "./terminal.js";
export { type Trace, timeline } from "./timeline.js";
