// SPDX-License-Identifier: BSD-3-Clause
import { Progress, Workshop } from "@knem/kernels";
import { describe, expect, it } from "vitest";
import { askings, PluginBuilder, type PluginName, plugins, systems } from "../../src/index.js";

/** What each library's own configure asks about KNEM. */
const checks: Readonly<Record<PluginName, readonly string[]>> = {
  ucx: ["ac_cv_have_decl_KNEM_CMD_GET_INFO"],
  vader: ["ac_cv_header_knem_io_h"],
  smsc: ["ac_cv_header_knem_io_h", "opal_check_knem_cv_abi_version"],
};

describe.each(Object.keys(plugins) as PluginName[])("configure accepts KNEM: %s", (name) => {
  it.each(askings)("%s", async (asking) => {
    const workshop = await Workshop.open(new Progress());
    const { cache, checkout, progress } = workshop;
    const { suite, packages } = systems[plugins[name].system];
    const sandbox = await workshop.sandbox({ suite, packages });
    const found = await new PluginBuilder(cache, sandbox, checkout, progress).checks(name, asking);
    expect(found).toEqual(Object.fromEntries(checks[name].map((check) => [check, "yes"])));
  });
});
