// SPDX-License-Identifier: BSD-3-Clause
import type { Release } from "./release.js";

/** Who answers for the packages. */
export const MAINTAINER = "KNEM developers <knem-developers@example.org>";

/** The number of the packaging, after the version's. */
export const REVISION = 1;

const CHANGE = "KNEM in Rust for Linux; see the documents of the package.";

/** debian/changelog of a source package. */
export function debianChangelog(source: string, { version, epoch }: Release): string {
  const date = new Date(epoch * 1000).toUTCString().replace("GMT", "+0000");
  return `${source} (${version}-${REVISION}) unstable; urgency=medium\n\n  * ${CHANGE}\n\n -- ${MAINTAINER}  ${date}\n`;
}

/** The entries below %changelog of a spec. */
export function rpmChangelog({ version, epoch }: Release): string {
  const [day = "", date, month, year] = new Date(epoch * 1000).toUTCString().split(" ");
  const head = `* ${day.replace(",", "")} ${month} ${date} ${year}`;
  return `${head} ${MAINTAINER} - ${version}-${REVISION}\n- ${CHANGE}`;
}
