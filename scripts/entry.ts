// SPDX-License-Identifier: BSD-3-Clause
import { catchInterrupts, interrupt, Progress, render } from "@knem/kernels";

/** What every script shares: interrupts end it cleanly, errors are told once, and the exit code is set here alone. */
export async function entryPoint(main: (progress: Progress) => Promise<number>): Promise<void> {
  catchInterrupts();
  try {
    process.exitCode = await main(new Progress());
  } catch (error) {
    console.error(render(error));
    process.exitCode = interrupt.aborted ? 130 : 1;
  }
}
