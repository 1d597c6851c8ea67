#!/usr/bin/env node
// SPDX-License-Identifier: BSD-3-Clause
await import("../dist/cli/entry.js");
