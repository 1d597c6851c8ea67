// SPDX-License-Identifier: BSD-3-Clause
import { join } from "node:path";
import type { GuestFile } from "@knem/guest";
import { CRATE_TEST, type Workshop } from "@knem/kernels";

/** Where a guest finds the Rust crate's examples and tests. */
const CRATE = "/opt/knem/crate";
const OUTPUT = "/tmp/crate.txt";

/** The examples, in a guest that has the crate's files. */
export const EXAMPLES = `${CRATE}/examples`;

/** The Rust crate's examples and its tests for a real module. */
export async function crateFiles(workshop: Workshop): Promise<GuestFile[]> {
  const built = await workshop.crate();
  return ["examples", CRATE_TEST].map((name) => ({
    to: `${CRATE}/${name}`,
    from: join(built, name),
  }));
}

/** What runs the tests, as an ordinary user, and makes a report of what Rust's harness says. */
export const CRATE_TESTS = `su alice -c ${CRATE}/${CRATE_TEST} > ${OUTPUT} 2>&1; ended=$?
printf '# the crate\\nTAP version 13\\n'
sed -n -e 's/^test \\(.*\\) \\.\\.\\. ok$/ok - \\1/p' -e 's/^test \\(.*\\) \\.\\.\\. FAILED$/not ok - \\1/p' ${OUTPUT}
echo 1..$(sed -n 's/^running \\([0-9]*\\) tests*$/\\1/p' ${OUTPUT})
[ $ended = 0 ] || sed 's/^/# /' ${OUTPUT}
echo "# exit $ended"`;
