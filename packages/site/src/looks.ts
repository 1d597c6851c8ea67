// SPDX-License-Identifier: BSD-3-Clause
import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import axe from "axe-core";
import type { Browser, Page } from "playwright-core";

/** A way of looking at pages. */
export interface View {
  readonly width: number;
  readonly height: number;
  readonly scheme: "light" | "dark";
}

/** A desk's screen and a hand's, by day and by night. */
export const views: readonly View[] = (["light", "dark"] as const).flatMap((scheme) => [
  { width: 1280, height: 900, scheme },
  { width: 390, height: 844, scheme },
]);

/** Rules of accessibility that pages keep. */
const RULES = ["color-contrast", "image-alt", "link-name", "html-has-lang", "document-title"];

/** What is looked at. */
export interface Subject {
  readonly name: string;
  readonly address: string;
}

/**
 * Opens every subject in every view, leaves pictures of it in `folder`, and tells what is wrong: requests and scripts that
 * fail, pictures that do not load, pages wider than the screen, and rules of accessibility that are broken.
 */
export async function lookAt(
  browser: Browser,
  subjects: readonly Subject[],
  folder: string,
): Promise<string[]> {
  const problems: string[] = [];
  for (const view of views) {
    const { width, height, scheme } = view;
    const context = await browser.newContext({
      viewport: { width, height },
      colorScheme: scheme,
      reducedMotion: "reduce",
    });
    for (const { name, address } of subjects) {
      const title = `${name} at ${width} px, ${scheme}`;
      const page = await context.newPage();
      const found = await look(page, address);
      const file = join(folder, `${name}-${width}-${scheme}.png`);
      await mkdir(dirname(file), { recursive: true });
      await page.screenshot({ path: file });
      await page.close();
      problems.push(...found.map((problem) => `${title}: ${problem}`));
    }
    await context.close();
  }
  return problems;
}

async function look(page: Page, address: string): Promise<string[]> {
  const heard: string[] = [];
  page.on("pageerror", (error) => heard.push(`a script failed: ${error.message}`));
  page.on("console", (message) => {
    if (message.type() === "error") heard.push(`the console says: ${message.text()}`);
  });
  page.on("response", (response) => {
    if (response.status() >= 400) heard.push(`${response.status()} for ${response.url()}`);
  });
  page.on("requestfailed", (request) => heard.push(`no answer for ${request.url()}`));
  await page.goto(address, { waitUntil: "networkidle" });
  return [...heard, ...(await page.evaluate(inspect)), ...(await accessibility(page))];
}

/** Runs in the page. */
function inspect(): string[] {
  const { scrollWidth, clientWidth } = document.documentElement;
  const wide = scrollWidth > clientWidth ? [`it is ${scrollWidth - clientWidth} px too wide`] : [];
  const pictures = [...document.images]
    .filter((image) => image.complete && image.naturalWidth === 0)
    .map((image) => `a picture does not load: ${image.src}`);
  return [...wide, ...pictures];
}

async function accessibility(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const broken = await page.evaluate(async (rules) => {
    const { violations } = await (globalThis as unknown as { axe: typeof axe }).axe.run(document, {
      runOnly: rules,
    });
    return violations.flatMap(({ id, nodes }) =>
      nodes.slice(0, 3).map((node) => `${id}: ${node.html.slice(0, 120)}`),
    );
  }, RULES);
  return broken;
}
