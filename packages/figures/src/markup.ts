// SPDX-License-Identifier: BSD-3-Clause

/** Words as they are written in HTML and SVG, in attributes, too. */
export const escaped = (words: string): string =>
  words
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
