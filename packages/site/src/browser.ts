// SPDX-License-Identifier: BSD-3-Clause
import { KnemError, type Sandbox, type Toolchain, type Workshop } from "@knem/kernels";
import { type Browser, chromium } from "playwright-core";

/** A browser without a screen, and a font for what pages do not bring. */
const BROWSER: Toolchain = {
  suite: "trixie",
  packages: ["chromium-headless-shell", "fonts-dejavu-core"],
};

/** How long it may take to start. */
const PATIENCE = 60_000;

/**
 * Gives `work` a browser of Debian's in a root of its own, which ends with it.
 * Errors: BROWSER_FAILED, those of `toolchainRoot`, and what `work` throws.
 */
export async function withBrowser<T>(
  workshop: Workshop,
  work: (browser: Browser) => Promise<T>,
): Promise<T> {
  const sandbox = await workshop.sandbox(BROWSER);
  const end = new AbortController();
  const { address, ended } = start(sandbox, end.signal);
  try {
    const browser = await chromium.connectOverCDP(await address);
    return await work(browser).finally(() => browser.close());
  } finally {
    end.abort();
    await ended;
  }
}

/** Starts the browser; its address is known when it says so. */
function start(sandbox: Sandbox, signal: AbortSignal) {
  const argv = [
    "chromium-headless-shell",
    ...["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars"],
    ...["--remote-debugging-port=0", "about:blank"],
  ];
  let listening = (_: string) => {};
  const said = new Promise<string>((resolve) => {
    listening = resolve;
  });
  const onLine = (line: string) => {
    const address = /^DevTools listening on (ws:\S+)/.exec(line)?.[1];
    if (address) listening(address);
  };
  const run = sandbox.run(argv, { onLine, signal });
  const ended = run.then(
    ({ output }) => output,
    () => "",
  );
  const failed = ended.then((output) => Promise.reject(browserFailed(output)));
  const late = new Promise<never>((_, reject) => {
    setTimeout(() => reject(browserFailed("it said nothing")), PATIENCE).unref();
  });
  const address = Promise.race([said, failed, late]);
  // Whoever waits for the address hears of it; later ends are as they should be.
  failed.catch(() => {});
  late.catch(() => {});
  return { address, ended };
}

function browserFailed(why: string): KnemError {
  return new KnemError({
    code: "BROWSER_FAILED",
    what: "the browser did not start",
    why: why.trim().split("\n").slice(-8).join("\n"),
    remedy: "run this again; if it stays, remove the cache's root of the browser",
  });
}
