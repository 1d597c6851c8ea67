// SPDX-License-Identifier: BSD-3-Clause

/** Runs checks, by what they say, in turn, and reports as TAP. */
export async function report(program, checks) {
  console.log(`# ${program}\nTAP version 13`);
  let number = 0;
  for (const [text, check] of Object.entries(checks)) {
    number += 1;
    try {
      await check();
      console.log(`ok ${number} - ${text}`);
    } catch (error) {
      console.log(`not ok ${number} - ${text}`);
      console.log(String(error.stack ?? error).replace(/^/gm, "# "));
      process.exitCode = 1;
    }
  }
  console.log(`1..${number}`);
}
