// SPDX-License-Identifier: BSD-3-Clause
import { main } from "./main.js";

// A reader that has seen enough (knem stats | head -1) is no failure. What goes on without end heeds it by itself;
// what has something to do besides printing (knem install | head -1) is not left half done.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
});

process.exitCode = await main(process.argv.slice(2));
