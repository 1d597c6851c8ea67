// SPDX-License-Identifier: BSD-3-Clause
import { expect, it } from "vitest";
import { checksIn } from "../src/plugins.js";

it("what configure found of KNEM is told apart from the rest of its log", () => {
  const log = [
    "configure:200: checking whether KNEM_CMD_GET_INFO is declared",
    "configure:300: gcc -I/opt/knem/include conftest.c",
    "ac_cv_header_stdio_h=yes",
    "ac_cv_header_knem_io_h=yes",
    "ac_cv_have_decl_KNEM_CMD_GET_INFO=no",
    "KNEM_CPPFLAGS='-I/opt/knem/include'",
  ];
  expect(checksIn(log.join("\n"))).toEqual({
    ac_cv_header_knem_io_h: "yes",
    ac_cv_have_decl_KNEM_CMD_GET_INFO: "no",
  });
});
