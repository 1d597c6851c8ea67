// SPDX-License-Identifier: BSD-3-Clause

/** The options that all commands share. */
export const options = {
  json: { type: "boolean", description: "one JSON object for programs" },
  device: { type: "string", valueHint: "path", description: "another node than /dev/knem" },
} as const;
