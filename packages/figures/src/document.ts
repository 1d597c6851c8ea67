// SPDX-License-Identifier: BSD-3-Clause
import { pictureStyle } from "./drawing.js";
import { escaped } from "./markup.js";

/** The size of a picture, in units of its own. */
interface Canvas {
  readonly width: number;
  readonly height: number;
}

/** An SVG document that needs nothing else; opened by itself it brings its paper, within a page it takes the page's. */
export function svgDocument(title: string, canvas: Canvas, lines: readonly string[]): string {
  const { width, height } = canvas;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escaped(title)}">`,
    `<style>:root{color-scheme:light dark}\n${pictureStyle}</style>`,
    ...lines,
    "</svg>\n",
  ].join("\n");
}
