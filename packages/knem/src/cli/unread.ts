// SPDX-License-Identifier: BSD-3-Clause
import type { Writable } from "node:stream";

/** Aborted when whoever read a stream has seen enough. */
export function unread(stream: Writable): AbortSignal {
  const over = new AbortController();
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") over.abort();
  });
  return over.signal;
}
