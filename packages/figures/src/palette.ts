// SPDX-License-Identifier: BSD-3-Clause

/** How a colour looks on white and on nearly black; as text, at least 4.5 times as dark or as light as that. */
interface Shade {
  readonly light: string;
  readonly dark: string;
}

/** What pages are written on. */
export const paper: Shade = { light: "#ffffff", dark: "#15181c" };

/** What pages are written in: words, words beside them, lines that only guide the eye. */
export const ink = {
  text: { light: "#1f2328", dark: "#e3e6ea" },
  soft: { light: "#5c636b", dark: "#a2a9b1" },
  line: { light: "#d9dde1", dark: "#33383f" },
} as const satisfies Record<string, Shade>;

/** What was reached, and what was not. */
export const outcome = {
  yes: { light: "#00704a", dark: "#3fcf9b" },
  no: { light: "#b3261e", dark: "#ff8f85" },
} as const satisfies Record<string, Shade>;

/** Of series: the hues that Okabe and Ito found to be told apart in any kind of colour vision. */
export const hues: readonly Shade[] = [
  { light: "#b84a00", dark: "#ff9350" },
  { light: "#0868a8", dark: "#62b8f0" },
  { light: "#00784f", dark: "#35c796" },
  { light: "#866000", dark: "#e2b340" },
  { light: "#a63d78", dark: "#ea93c4" },
  { light: "#5d51c2", dark: "#aca2f7" },
  { light: "#4d6a2f", dark: "#a9c97f" },
];

/** Of what others are measured against. */
export const grey: Shade = ink.soft;

/** The rules that `rule` makes of each shade: as they are on white, and again for readers in the dark. */
export function inBothLights<T extends string>(
  shades: Readonly<Record<T, Shade>>,
  rule: (name: T, colour: string) => string,
): string {
  const rules = (light: keyof Shade) =>
    (Object.keys(shades) as T[]).map((name) => rule(name, shades[name][light])).join("");
  return `${rules("light")}\n@media(prefers-color-scheme:dark){${rules("dark")}}`;
}
