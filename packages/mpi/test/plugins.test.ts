// SPDX-License-Identifier: BSD-3-Clause
import { describe, expect, it } from "vitest";
import { aboutKnem } from "../src/plugins.js";

describe("what configure tells about KNEM", () => {
  it("is told apart from the rest of its log", () => {
    const log = [
      "configure:100: checking for stdio.h",
      "configure:101: result: yes",
      "configure:200: checking whether KNEM_CMD_GET_INFO is declared",
      "configure:300: gcc -I/opt/knem/include conftest.c",
      "KNEM_CPPFLAGS='-I/opt/knem/include'",
      "#define OPAL_BTL_VADER_HAVE_KNEM 1",
    ];
    expect(aboutKnem(log.join("\n")).split("\n")).toEqual([log[2], log[4], log[5]]);
  });
});
