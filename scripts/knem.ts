// SPDX-License-Identifier: BSD-3-Clause
// npm run knem -- <arguments>: the knem command of this checkout.
await import(new URL("../../packages/knem/bin/knem.js", import.meta.url).href);

export {};
