// SPDX-License-Identifier: BSD-3-Clause
import { Progress, Workshop } from "@knem/kernels";
import { expect, it } from "vitest";
import {
  installed,
  PluginBuilder,
  type PluginName,
  plugins,
  type SystemName,
  systems,
} from "../../src/index.js";

/** What each library's own configure asks about KNEM. */
const asked: Readonly<Record<PluginName, readonly string[]>> = {
  ucx: ["ac_cv_have_decl_KNEM_CMD_GET_INFO"],
  vader: ["ac_cv_header_knem_io_h"],
  smsc: ["ac_cv_header_knem_io_h", "opal_check_knem_cv_abi_version"],
};

it.each(Object.keys(plugins) as PluginName[])("configure accepts KNEM: %s", async (name) => {
  const workshop = await Workshop.open(new Progress());
  const { suite, packages } = systems[plugins[name].system satisfies SystemName];
  const sandbox = await workshop.sandbox({ suite, packages });
  const prefix = await installed(workshop.checkout);
  const builder = new PluginBuilder(workshop.cache, sandbox, prefix, workshop.progress);
  const { checks } = await builder.build(name);
  expect(checks).toEqual(Object.fromEntries(asked[name].map((check) => [check, "yes"])));
});
