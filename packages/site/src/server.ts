// SPDX-License-Identifier: BSD-3-Clause
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, normalize } from "node:path";

const types: Readonly<Record<string, string>> = {
  ".css": "text/css",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".json": "application/json",
  ".svg": "image/svg+xml",
  ".woff2": "font/woff2",
};

/** Serves a folder, and HTML by name besides, on an address of this machine for as long as `work` takes. */
export async function served<T>(
  folder: string,
  further: Readonly<Record<string, string>>,
  work: (address: string) => Promise<T>,
): Promise<T> {
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://localhost");
    const path = normalize(decodeURIComponent(pathname));
    const made = further[path.slice(1).replace(/\.html$/, "")];
    if (made !== undefined) {
      response.writeHead(200, { "content-type": types[".html"] });
      response.end(made);
      return;
    }
    const file = join(folder, path.endsWith("/") ? `${path}index.html` : path);
    const there = await stat(file).then(
      (found) => found.isFile(),
      () => false,
    );
    response.writeHead(there ? 200 : 404, {
      "content-type": types[extname(file)] ?? "application/octet-stream",
    });
    if (there) createReadStream(file).pipe(response);
    else response.end();
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address() as AddressInfo;
  try {
    return await work(`http://127.0.0.1:${port}`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}
